"""Schedules published by regulators, agencies, textbooks and banks, compared with ours to the cent.

Taken: level loans with a nominal rate divided by the periods of a year, half-up rounding and one rate for life, whether
the source gives the instalment, some rows, or all of them. Left out, each with its reason: `LEFT_OUT` below.
"""

import csv
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from postloan.kernels.daycount import CODES
from postloan.kernels.exact import level_instalment
from postloan.kernels.schedule import INTEREST_ONLY, LEVEL, build, count_rows

FOLDER = Path(__file__).parents[3] / "shared" / "oracles" / "amortization_schedules"

LEFT_OUT = {
    "ecampus_finmath_4_4_1_297500_380_q_36mo_term_240mo": "compounds half-yearly",
    "ecampus_finmath_4_4_1_renewal_265830p61_250_q_204mo": "compounds half-yearly",
    "fanniemae_mf_1103_25m_550_360mo": "a balloon: its term is shorter than its amortization; the feed brings those",
    "olivier_chans_350100_490_36mo_term_240mo": "compounds half-yearly",
    "olivier_chans_renewal_316593p49_585_204mo": "compounds half-yearly",
    "openstax_contemp_6_ak_6_100_1_48mo_675_18325": "rounds the instalment up",
    "openstax_contemp_6_ak_6_100_2_72mo_390_41633": "rounds the instalment up",
    "openstax_contemp_6_ak_6_110ak_240mo_421_153899": "rounds the instalment up",
    "openstax_contemp_6_ak_6_114ak_360mo_575_159195p50": "rounds the instalment up",
    "openstax_contemp_home_180mo_575_136700": "rounds the instalment up",
    "proeducate_arm_pmt_cap_65k_10pct_to_12pct_360mo": "its rate changes and its payment is capped",
    "rbc_accelerated_biweekly_350k_5pct_25yr": "pays every two weeks and compounds half-yearly",
    "skinner_1913_42_ex3_500_6pct_5yr_monthly": "compounds yearly, pays monthly",
    "synthetic_halfcent_halfeven_360_480_100001p25": "rounds interest half to even",
}
ONLY_THE_INSTALMENT = {
    "fhlbb_1935_plan_a_3k_6pct_30_per_mo": "its balance is carried with fractions of a cent",
    "geltner_ch20_cpm_1m_1200_360mo": "its balance is carried with fractions of a cent",
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the published schedules are not in this checkout")


LOANS = [pytest.param(path, id=path.stem) for path in sorted(FOLDER.glob("*.toml")) if path.stem not in LEFT_OUT]


def read(path: Path) -> tuple[dict[str, Any], dict[str, str], list[dict[str, str]]]:
    said = tomllib.loads(path.read_text())
    with path.with_suffix(".csv").open() as file:
        return said["loan"], said.get("expected", {}), list(csv.DictReader(file))


def minor(text: str, unit: str) -> int:
    """Money in the smallest unit the source counts in: cents, or whole won and yen."""
    cents = Decimal(text) / Decimal(unit)
    assert cents == int(cents)
    return int(cents)


def built(loan: dict[str, Any]) -> list[tuple[int, int]]:
    """Our rows of principal and interest."""
    months = 12 if loan.get("payment_frequency") == "annual" else 1
    unit = loan.get("currency_unit", "0.01")
    start = (date(2000, 1, 1) - date(1970, 1, 1)).days
    years, odd = divmod(loan["term_months"], 12)
    end = (date(2000 + years, 1 + odd, 1) - date(1970, 1, 1)).days
    method = LEVEL if "interest_only_months" not in loan else INTEREST_ONLY
    calendar = [np.array([value], np.int32) for value in (start, end, months, 1, method)]
    lent = np.array([minor(loan["principal"], unit)])
    first = count_rows(np.array([start], np.int32), *calendar)
    _, _, principal, interest = build(
        first, lent, lent, *calendar, np.array([rate_e8(loan)]), np.array([CODES["30/360"]], np.int32),
        np.array([minor(loan["payment_override"], unit) if "payment_override" in loan else 0]),
    )  # fmt: skip
    return [(int(part), int(rent)) for part, rent in zip(principal, interest, strict=True)]


def rate_e8(loan: dict[str, Any]) -> int:
    rate = Decimal(loan["annual_rate"]) * 10**6
    assert rate == int(rate)
    return int(rate)


@pytest.mark.parametrize("path", LOANS)
def test_the_instalment_is_the_published_one(path: Path) -> None:
    loan, expected, _ = read(path)
    published = minor(
        expected.get("periodic_payment") or expected["monthly_payment"], loan.get("currency_unit", "0.01")
    )
    assert sum(built(loan)[0]) == published
    if "payment_override" not in loan and "interest_only_months" not in loan:
        months = 12 if loan.get("payment_frequency") == "annual" else 1
        lent = minor(loan["principal"], loan.get("currency_unit", "0.01"))
        assert level_instalment(lent, rate_e8(loan), months, loan["term_months"] // months) == published


@pytest.mark.parametrize("path", [param for param in LOANS if param.id not in ONLY_THE_INSTALMENT])
def test_every_published_row_is_ours_to_the_cent(path: Path) -> None:
    loan, _, rows = read(path)
    unit = loan.get("currency_unit", "0.01")
    ours = built(loan)
    left = minor(loan["principal"], unit)
    balances = []
    for principal, _ in ours:
        left -= principal
        balances.append(left)
    assert balances[-1] == 0
    for row in rows:
        seq = int(row["payment"]) - 1
        if seq < 0:
            continue
        principal, interest = ours[seq]
        compared = {
            "payment_amount": principal + interest + minor(row.get("fee") or "0", unit),
            "principal": principal,
            "interest": interest,
            "balance": balances[seq],
        }
        said = {name: minor(row[name], unit) for name in compared if row.get(name)}
        assert said == {name: compared[name] for name in said}, f"row {row['payment']}"


def test_where_the_source_carries_fractions_for_eleven_years_interest_differs_by_a_cent_at_most() -> None:
    loan, _, rows = read(FOLDER / "fhlbb_1935_plan_a_3k_6pct_30_per_mo.toml")
    differences = [
        abs(minor(row["interest"], "0.01") - interest) for row, (_, interest) in zip(rows, built(loan), strict=True)
    ]
    assert len(differences) == 139
    assert max(differences) <= 1
    assert differences.count(0) >= 136


def test_every_published_schedule_is_compared_or_left_out_for_a_reason() -> None:
    found = {path.stem for path in FOLDER.glob("*.toml")}
    assert {*LEFT_OUT, *ONLY_THE_INSTALMENT} <= found
    assert len(found - LEFT_OUT.keys()) == 16
    rows = [len(read(param.values[0])[2]) for param in LOANS if param.id not in ONLY_THE_INSTALMENT]
    assert sum(rows) == 31, "rows compared to the cent; most sources publish the instalment alone"
