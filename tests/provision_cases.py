"""Steps of the cases about provisions: each asks the rulebook for the one rule it needs, so that any day will do."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

import polars as pl

from postloan.errors import PostloanError
from postloan.plan.provision_tests import (
    Portfolio,
    accuracy_test,
    capital_test,
    coverage_test,
    months_below,
    ratings_test,
    reserve_test,
    unexplained,
)
from postloan.rules.overlay import BankFile
from postloan.rules.provision_overlay import chosen
from postloan.rules.provisions import CapitalProvisions, Chosen, GeneralReserve, ProvisionCoverage, ProvisionRates
from postloan.rules.rulebook import Rulebook
from postloan.rules.sources import SourceFile
from postloan.steps.provisions import provisions
from postloan.tables.inputs import FEED_TABLES
from postloan.tables.inputs.figures import BANK_FIGURES
from postloan.tables.results import Funding, Standing
from postloan.tables.units import TIERS

Row = dict[str, Any]
Given = dict[str, list[Row]]

CITE = {"text": "bank", "at": "s. 1"}
LOAN = {"loan_no": pl.Int64(), "debtor_no": pl.Int64()} | dict(FEED_TABLES["loan"].create_empty().schema)
DEBTOR = {"debtor_no": pl.Int64()} | dict(FEED_TABLES["debtor"].create_empty().schema)


def facts(rows: Iterable[Row], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


def provisions_of(rows: list[Row], rates: ProvisionRates, reserve: GeneralReserve | None) -> pl.DataFrame:
    """The provisions of loans given by tier and cents; a debtor each, active loans unless the row says otherwise."""
    full = [
        {"status": "active", "exposure_kind": None, "industry": None, "use": None, "region": None} | r for r in rows
    ]
    for row in full:
        row |= {"debtor_no": row["loan_no"]}
    loans = facts(({k: r[k] for k in ("loan_no", "debtor_no", "exposure_kind")} | {"use_industry_code": r["use"]}
                   for r in full), LOAN)  # fmt: skip
    debtors = facts(
        ({"debtor_no": r["debtor_no"], "industry_code": r["industry"], "region_code": r["region"]} for r in full),
        DEBTOR,
    )
    frame = pl.DataFrame(full, infer_schema_length=None)
    zero = pl.lit(0, pl.Int64)
    standing = frame.select(
        "loan_no", "status", outstanding_cents="cents", own_outstanding_cents="cents",
        core_outstanding_cents=pl.lit(None), balance_break_cents=pl.lit(None), core_days_past_due=pl.lit(None),
        written_off_cents=zero, transferred_cents=zero, asset_cents=zero, recovered_cents=zero,
        last_recovered_on=pl.lit(None, pl.Date),
    )  # fmt: skip
    shares = frame.select(
        "loan_no", own_share_outstanding_cents="cents", partner_outstanding_cents=zero,
        own_share_overdue_principal_cents=zero, own_share_overdue_interest_cents=zero,
    )  # fmt: skip
    tiers = frame.select("loan_no", pl.col("tier").cast(pl.Enum(TIERS)))
    return provisions(
        loans, debtors, Standing.validate(standing, cast=True), Funding.validate(shares, cast=True),
        tiers, rates=rates, reserve=reserve,
    )  # fmt: skip


def _provisions(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    reserve = rulebook.version_if_any("general_reserve", GeneralReserve, day)
    return provisions_of(given["loans"], rulebook.version("provision_rates", ProvisionRates, day), reserve)


def _chosen(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    """The bank's points, one by one: the share in force, or the code of the refusal."""
    rates = rulebook.version("provision_rates", ProvisionRates, day)
    coverage = rulebook.version("provision_coverage", ProvisionCoverage, day)
    figures: dict[str, Any] = {rate.tier: rate for rate in rates.specific} | {"general": rates.general}
    figures |= {"coverage": coverage.coverage, "loan_provision_ratio": coverage.loan_provision_ratio}
    file = BankFile(SourceFile("bank/x.yaml", "bank/x.yaml", b""), ("choose share",))
    rows = []
    for row in given["points"]:
        try:
            point = Chosen.model_validate({"share": row["share"], "cite": CITE})
            held = chosen(figures[row["of"]], point, file, row["of"])
            rows.append({"point": row["point"], "in_force_e8": held.share_e8, "refused": None})
        except PostloanError as refusal:
            rows.append({"point": row["point"], "in_force_e8": None, "refused": refusal.code})
    return pl.DataFrame(rows, infer_schema_length=None)


def portfolio(row: Row) -> Portfolio:
    """What the loans of a bank add up to; what a case leaves out is nothing."""
    names = ("loans_cents", "npl_cents", "general_cents", "specific_cents", "special_cents", "standard_method_cents")
    return Portfolio(**{name: row.get(name, 0) for name in names})


def stated(row: Row) -> dict[str, int]:
    """What a bank states; what a case leaves out is not stated."""
    return {name: row[name] for name in BANK_FIGURES if name in row}


def _per_bank(given: Given, found: Callable[[Row], Row]) -> pl.DataFrame:
    rows = [{"bank": row["bank"]} | found(row) for row in given["banks"]]
    return pl.DataFrame(rows, infer_schema_length=None)


def _coverage(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    law = rulebook.version("provision_coverage", ProvisionCoverage, day)

    def found(row: Row) -> Row:
        test = coverage_test(portfolio(row), stated(row), law)
        return asdict(test) | {"governing": str(test.governing.cite), "is_below": test.is_below} | {
            "governs": "coverage" if test.governing is law.coverage else "loan_provision_ratio"
        }  # fmt: skip

    return _per_bank(given, found)


def _months(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    """Months are written newest first: b for below, m for met, ? for not known."""
    law = rulebook.version("provision_coverage", ProvisionCoverage, day)

    def found(row: Row) -> Row:
        below = months_below(({"b": True, "m": False, "?": None}[each] for each in row["newest_first"]), law)
        named = below.consequence and {
            "consequence": below.consequence.consequence,
            "cite": str(below.consequence.cite),
        }
        return {"months": below.months, "is_known": below.is_known, "consequence": None, "cite": None} | (named or {})

    return _per_bank(given, found)


def _reserve(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    law = rulebook.version("general_reserve", GeneralReserve, day)
    return _per_bank(given, lambda row: asdict(reserve_test(portfolio(row), stated(row), law)))


def _capital(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    law = rulebook.version("capital_provisions", CapitalProvisions, day)

    def found(row: Row) -> Row:
        test = asdict(capital_test(portfolio(row), stated(row), law))
        kinds = {kind: test.pop(kind) or {} for kind in ("loans", "other")}
        names = ("floor_cents", "gap_cents", "surplus_cents")
        return test | {f"{kind}_{name}": held.get(name) for kind, held in kinds.items() for name in names}

    return _per_bank(given, found)


def _accuracy(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    law = rulebook.version("provision_coverage", ProvisionCoverage, day)

    def found(row: Row) -> Row:
        test = accuracy_test(row["long_overdue_cents"], row["of_it_npl_cents"], law)
        step = test.step if test else None
        return {
            "is_asked": test is not None, "accuracy_e8": test.accuracy_e8 if test else None,
            "coverage_e8": step.coverage_e8 if step else None,
            "ratio_e8": step.loan_provision_ratio_e8 if step else None,
        }  # fmt: skip

    return _per_bank(given, found)


def _ratings(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    law = rulebook.version("capital_provisions", CapitalProvisions, day)

    def found(row: Row) -> Row:
        test = ratings_test(stated(row), law)
        names = ("difference_cents", "cet1_deduction_cents", "tier2_cap_cents", "tier2_cents")
        return {"is_asked": test is not None} | (asdict(test) if test else dict.fromkeys(names))

    return _per_bank(given, found)


def _movement(given: Given, _rulebook: Rulebook, _day: date) -> pl.DataFrame:
    return _per_bank(given, lambda row: {"unexplained_cents": unexplained(row.get("opening_cents"), stated(row))})


PROVISION_STEPS: dict[str, Callable[[Given, Rulebook, date], pl.DataFrame]] = {
    "provisions": _provisions,
    "chosen": _chosen,
    "coverage_test": _coverage,
    "months_below": _months,
    "reserve_test": _reserve,
    "capital_test": _capital,
    "movement": _movement,
    "accuracy_test": _accuracy,
    "ratings_test": _ratings,
}
