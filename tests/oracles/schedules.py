"""Published schedules against ours: `python -m tests.oracles.schedules DIR` compares every NAME.toml and NAME.csv.

A toml says the loan and what its source expects; the csv beside it has the published rows, or the header alone. Ours
come from the kernel alone. What the kernel does not know of a source's convention is arithmetic on its terms or rows:

    another compounding    the rate of one period, worked out in 50 digits
    fractions of a cent    the kernel counts in a finer unit, and rows are rounded when shown
    a changed rate with a capped payment    a new version from that payment on, as an event would make it
"""

import csv
import sys
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Any

import numpy as np

from postloan.kernels.daycount import CODES as DAY_COUNTS
from postloan.kernels.daycount import months_later
from postloan.kernels.exact import HALF_UP, ROUNDINGS, rounded_over
from postloan.kernels.methods import LEVEL
from postloan.kernels.pricing import no_changes
from postloan.kernels.roll import NO_MOVES
from postloan.kernels.schedule import Rounding, lay_out
from postloan.kernels.terms import count, terms_of

EPOCH = date(1970, 1, 1)
A_YEAR = {"annual": 1, "semi_annual": 2, "quarterly": 4, "monthly": 12, "biweekly": 26, "weekly": 52}
DAYS = {"biweekly": 14, "weekly": 7}
KNOWN = {
    "principal", "annual_rate", "term_months", "amortization_period_months", "interest_only_months", "day_count",
    "payment_rounding", "interest_rounding", "compounding", "payment_frequency", "balance_tracking", "payment_override",
    "currency_unit", "fee_per_period", "rate_schedule", "start_date",
}  # fmt: skip


class Unoffered(Exception):
    """The source has a convention that we do not offer."""


@dataclass(frozen=True)
class Row:
    """One instalment, in the smallest unit its source counts in."""

    instalment: int
    principal: int
    interest: int
    balance: int


@dataclass(frozen=True)
class Published:
    """What a source says: the loan, what it expects of it, and rows by number."""

    name: str
    loan: dict[str, Any]
    expected: dict[str, str]
    rows: list[dict[str, str]]


def read(path: Path) -> Published:
    """Read a toml and the csv beside it."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    with path.with_suffix(".csv").open(encoding="utf-8") as file:
        return Published(path.stem, said["loan"], said.get("expected", {}), list(csv.DictReader(file)))


def minor(text: str, loan: dict[str, Any]) -> int:
    """Money in the smallest unit the source counts in: cents, or whole won and yen."""
    units = Decimal(text) / Decimal(loan.get("currency_unit", "0.01"))
    if units != int(units):
        raise Unoffered(f"{text} has fractions of the smallest unit")
    return int(units)


def laid_out(loan: dict[str, Any]) -> list[Row]:
    """Our rows of a loan."""
    strange = loan.keys() - KNOWN
    if strange:
        raise Unoffered(f"its loan has {', '.join(sorted(strange))}, which we do not know")
    rows = _version(loan, minor(loan["principal"], loan), loan["annual_rate"], 0, None)
    for change in loan.get("rate_schedule", ()):
        gone = change["effective_payment_number"] - 1
        before = rows[gone - 1]
        kept = before.instalment if not change.get("recast", False) else None
        version = _version(loan, before.balance, change["new_annual_rate"], gone, kept)
        cap = _exact_e8(change["payment_cap_factor"]) if "payment_cap_factor" in change else None
        if cap is not None:
            capped = rounded_over(before.instalment, cap, 10**8, HALF_UP)
            if capped < version[0].instalment:
                version = _version(loan, before.balance, change["new_annual_rate"], gone, capped)
        rows = rows[:gone] + version
    return rows


def _version(loan: dict[str, Any], lent: int, percent: str, gone: int, fixed: int | None) -> list[Row]:
    """Rows of a version that begins after `gone` instalments; `fixed` is its instalment, where that is said."""
    frequency = loan.get("payment_frequency", "monthly")
    days, months = DAYS.get(frequency, 0), 12 // A_YEAR[frequency] if frequency not in DAYS else 0
    start = (date.fromisoformat(loan.get("start_date", "2000-01-01")) - EPOCH).days
    begins_on = start + gone * days if days else months_later(start, gone * months, 1)
    matures_on = months_later(start, loan["term_months"], 1)
    whole = loan.get("amortization_period_months", loan["term_months"])
    rounding = Rounding(_rounding(loan, "interest_rounding"), _rounding(loan, "payment_rounding"))
    free = loan.get("interest_only_months", 0) // (months or 1)
    if fixed is None and "payment_override" in loan:
        fixed = minor(loan["payment_override"], loan)
    period_e18 = _period_e18(percent, loan.get("compounding"), frequency)
    fine = 1
    if _carries_fractions(loan):
        if days or free or loan.get("rate_schedule"):
            raise Unoffered("fractions of a cent are carried by level loans of months alone")
        fine = 10 ** (17 - len(str(lent)))
    terms = terms_of(
        disbursed_on=np.array([begins_on]), matures_on=matures_on, period_months=months, period_days=days, due_day=1,
        lent_cents=lent * fine, rate_e8=_exact_e8(percent) // 100, method=LEVEL,
        day_count=DAY_COUNTS[loan.get("day_count", "30/360").replace("actual", "ACT")],
        fixed_cents=(fixed or 0) * fine, plan_periods=0 if days else whole // months - gone, free_periods=free,
        may_grow=any("payment_cap_factor" in change for change in loan.get("rate_schedule", ())),
        period_e18=period_e18,
    )  # fmt: skip
    spans = count(terms.disbursed_on, terms, NO_MOVES)
    laid = lay_out(spans, terms, no_changes(1), NO_MOVES, rounding)
    return _shown(lent, fine, laid.principal_cents.tolist(), laid.interest_cents.tolist())


def _shown(lent: int, fine: int, principals: list[int], interests: list[int]) -> list[Row]:
    """Rows in the source's unit: instalment, interest and balance are rounded, the principal is their difference."""
    rows, left = [], lent * fine
    for principal, interest in zip(principals, interests, strict=True):
        if left == 0:
            break
        left -= principal
        instalment, rent, balance = (rounded_over(amount, 1, fine, HALF_UP) if amount >= 0 else amount // fine
                                     for amount in (principal + interest, interest, left))  # fmt: skip
        rows.append(Row(instalment, instalment - rent, rent, balance))
    return rows


def _carries_fractions(loan: dict[str, Any]) -> bool:
    """Sources that count days carry the balance unrounded; the others say so where they do."""
    by_default = "carry_precision" if loan.get("day_count", "30/360").startswith("actual") else "round_each"
    return bool(loan.get("balance_tracking", by_default) == "carry_precision")


def _period_e18(percent: str, compounding: str | None, frequency: str) -> int:
    """Rate of one period in 1e-18 where interest is compounded at another pace than it is paid; else 0."""
    if compounding in {None, frequency}:
        return 0
    with localcontext(prec=50):
        per_year = A_YEAR[compounding]
        grown = (1 + Decimal(percent) / 100 / per_year) ** (Decimal(per_year) / A_YEAR[frequency])
        return int(((grown - 1) * 10**18).to_integral_value(ROUND_HALF_UP))


def _exact_e8(number: str) -> int:
    scaled = Decimal(number) * 10**8
    if scaled != int(scaled):
        raise Unoffered(f"{number} has more than eight decimals")
    return int(scaled)


def _rounding(loan: dict[str, Any], name: str) -> int:
    return ROUNDINGS[loan.get(name, "ROUND_HALF_UP").removeprefix("ROUND_").lower()]


def differences(said: Published) -> list[str]:
    """What our schedule says otherwise than its source, to the smallest unit."""
    ours = laid_out(said.loan)
    found = []

    def compare(what: str, mine: int, text: str | None) -> None:
        if text and mine != minor(text, said.loan):
            found.append(f"{what}: ours {mine}, published {minor(text, said.loan)}")

    anchor = said.expected.get("periodic_payment") or said.expected.get("monthly_payment")
    compare("instalment", ours[0].instalment, anchor)
    last, before = ours[-1], ours[-2]
    # The balloon is what the last instalment is above a regular one.
    compare("balloon", last.instalment - before.instalment, said.expected.get("balloon_at_term"))
    fee = minor(said.loan.get("fee_per_period", "0"), said.loan)
    for line in said.rows:
        seq = int(line["payment"])
        if seq == 0:
            continue
        if seq > len(ours):
            found.append(f"row {seq}: ours ends at {len(ours)}")
            continue
        row = ours[seq - 1]
        compare(f"row {seq} payment", row.instalment + fee, line.get("payment_amount"))
        for name in ("principal", "interest", "balance"):
            compare(f"row {seq} {name}", getattr(row, name), line.get(name))
    if not anchor and not said.rows:
        found.append("its source gives nothing to compare")
    return found


def main(folder: Path) -> int:
    """Compare every schedule of a folder; the exit code is 0 where all are reproduced."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        print(f"no schedules in {folder}")
        return 1
    reproduced = 0
    for path in paths:
        said = read(path)
        try:
            found = differences(said)
        except Unoffered as why:
            print(f"{path.stem}: not offered: {why}")
            continue
        reproduced += not found
        for line in found:
            print(f"{path.stem}: {line}")
    print(f"reproduced {reproduced} of {len(paths)}")
    return 0 if reproduced == len(paths) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
