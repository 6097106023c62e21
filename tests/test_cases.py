"""Runs the cases of the rulebook: each is a sentence of law turned into rows, and read without Python."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import dataframely as dy
import polars as pl
import pytest
from pydantic import Field, TypeAdapter

from clock_cases import CLOCK_STEPS
from collateral_cases import COLLATERAL_STEPS
from disposal_cases import DISPOSAL_STEPS
from engine_rows import debtor, inputs, kept_by, loan
from loss_cases import LOSS_STEPS
from postloan.errors import PostloanError
from postloan.plan.night import assess
from postloan.rules.figures import Cite, Strict
from postloan.rules.reading import read_yaml
from postloan.rules.rulebook import LAW, Policy, load_rulebook, policy_on
from postloan.steps.days_past_due import in_buckets
from postloan.steps.debtor_floor import debtor_floor
from postloan.steps.decisions import technical_delays
from postloan.steps.extension_limit import extension_limit
from postloan.steps.interest_standing import interest_standing
from postloan.steps.overdue_floor import overdue_floor
from postloan.tables.inputs import FEED_TABLES
from postloan.tables.results import Balances, DaysPastDue, DebtorView
from proceeds_cases import PROCEEDS_STEPS
from provision_cases import PROVISION_STEPS
from tier_cases import PLAIN, TIER_STEPS

Rows = list[dict[str, Any]]

FOLDER = Path(__file__).parents[1] / "rulebook" / "cases"
BANKS = [folder for folder in FOLDER.iterdir() if folder.is_dir()]
RULEBOOKS = {None: load_rulebook(home=None)} | {bank.name: load_rulebook(home=bank) for bank in BANKS}
DECISION = {"loan_no": pl.Int64()} | dict(FEED_TABLES["decision"].create_empty().schema)
LOAN = {"loan_no": pl.Int64(), "debtor_no": pl.Int64()} | dict(FEED_TABLES["loan"].create_empty().schema)
DEBTOR = {"debtor_no": pl.Int64()} | dict(FEED_TABLES["debtor"].create_empty().schema)


class Case(Strict):
    """One case, as written.

    covers   the requirements that it shows, as the rules name them.
    at_edge  it stands on both sides of a bound.
    """

    case: str
    covers: Annotated[tuple[str, ...], Field(strict=False)] = ()
    at_edge: bool = False
    bank: str | None = None
    rule: str
    step: str
    day: date
    because: Cite
    given: dict[str, Rows]
    expect: dict[str, Any]


def cases_in(folder: Path) -> list[Case]:
    written = [read_yaml(path.read_bytes()) for path in sorted(folder.glob("*.yaml"))]
    return [case for file in written for case in TypeAdapter(list[Case]).validate_python(file)]


def frame(rows: Rows, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The rows of a case as a table; what a case leaves out is no, none or empty."""
    for row in rows:
        assert row.keys() <= schema.keys(), f"{row.keys() - schema.keys()} are no columns of this table"
    zero = {name: False if dtype == pl.Boolean else 0 if dtype.is_integer() else None for name, dtype in schema.items()}
    return pl.DataFrame([zero | row for row in rows], schema=schema)


def typed(rows: Rows, schema: type[dy.Schema]) -> dy.DataFrame[Any]:
    dtypes = dict(schema.create_empty().schema)
    blank = {name: None for name, column in schema.columns().items() if column.nullable}
    best = {name: dtype.categories[0] for name, dtype in dtypes.items() if isinstance(dtype, pl.Enum)}
    return schema.validate(frame([best | blank | row for row in rows], dtypes))


def zero(schema: type[dy.Schema]) -> dict[str, int]:
    return {name: 0 for name, dtype in schema.create_empty().schema.items() if dtype == pl.Int64}


def run_technical_delay(given: dict[str, Rows], policy: Policy) -> pl.DataFrame:
    written = [row | {"terms": json.dumps(row["terms"])} for row in given["decisions"]]
    delays = technical_delays(frame(written, DECISION), on=policy.on)
    excused = set(delays["loan_no"])
    overdue = [row | {"delay_is_technical": row["loan_no"] in excused} for row in given["loans_overdue"]]
    return overdue_floor(typed(overdue, DaysPastDue), floors=policy.tier_law.overdue_floors)


def run_overdue_loan(given: dict[str, Rows], policy: Policy) -> pl.DataFrame:
    """What a night finds of loans that fell due whole on 15 February 2024 and were not paid."""
    terms = {"matures_on": date(2024, 2, 15), "method": "interest_only", "penalty_factor_e8": 150_000_000}
    loans = [loan(debtor_no=1, **(terms | row)) for row in given["loans"]]
    assessed = assess(inputs(loan=loans, debtor=[debtor()]), policy, on=policy.on)
    return assessed.loans.select("loan_no", "days_past_due", "penalty_cents")


def run_change_of_terms(given: dict[str, Rows], policy: Policy) -> pl.DataFrame:
    """What a night makes of changes of terms, one a loan, where the bank keeps the balance itself."""
    decided = [
        row | {"decision_id": f"D{row['loan_no']}", "terms": json.dumps(row["terms"])} for row in given["decisions"]
    ]
    debtors = [debtor(), *(debtor(**row) for row in given.get("debtors", ()))]
    loans = [loan(**({"debtor_no": 1} | row)) for row in given["loans"]]
    own = kept_by(policy, "postloan")
    assessed = assess(inputs(loan=loans, debtor=debtors, decision=decided), own, on=policy.on)
    last = assessed.dues.group_by("loan_no").agg(last_due_on=pl.col("due_on").max())
    return (
        assessed.loans.join(assessed.instructions.select("loan_no", "state"), on="loan_no")
        .join(last, on="loan_no")
        .select("loan_no", "state", "last_due_on", "extension_latest_on", "extension_cite")
        .sort("loan_no")
    )


STEPS: dict[str, Callable[[dict[str, Rows], Policy], pl.DataFrame]] = {
    "overdue_floor": lambda given, policy: overdue_floor(
        typed(given["days_past_due"], DaysPastDue), floors=policy.tier_law.overdue_floors
    ),
    "technical_delay": run_technical_delay,
    "debtor_floor": lambda given, policy: debtor_floor(
        typed(given["debtor_view"], DebtorView), contamination=policy.tier_law.contamination
    ),
    "is_retail": lambda given, policy: frame(given["debtors"], DEBTOR).select(
        "debtor_no", is_retail=policy.tier_law.retail.is_retail()
    ),
    "interest_standing": lambda given, policy: interest_standing(
        typed([zero(Balances) | row for row in given["owed"]], Balances),
        typed(given["days_past_due"], DaysPastDue),
        bounds=policy.interest_bounds,
    ),
    "extension_limit": lambda given, policy: extension_limit(
        frame(given["loans"], LOAN), frame(given["debtors"], DEBTOR), limits=policy.extension_limits
    ),
    "overdue_loan": run_overdue_loan,
    "change_of_terms": run_change_of_terms,
    "bucket": lambda given, policy: in_buckets(
        typed(given["days_past_due"], DaysPastDue).drop("bucket"), policy.dpd_buckets.frame()
    ),
}
OF_WHOLE_BOOK = (
    PROVISION_STEPS | TIER_STEPS | LOSS_STEPS | PROCEEDS_STEPS | CLOCK_STEPS | COLLATERAL_STEPS | DISPOSAL_STEPS
)
CASES = cases_in(FOLDER)
KEY_COLUMNS = {"loan_no", "debtor_no", "on", "bank", "point", "decision", "clock"}
KEYS = (("loan_no", "on"), ("loan_no",), ("debtor_no",))
"""What the rows of a result speak of: the first of these whose columns are there, else its first column."""


def run(case: Case) -> pl.DataFrame:
    if (of_whole_book := OF_WHOLE_BOOK.get(case.step)) is not None:
        return of_whole_book(case.given, RULEBOOKS[case.bank], case.day)
    return STEPS[case.step](case.given, policy_on(RULEBOOKS[case.bank], case.day))


def named(row: dict[str, Any], key: Sequence[str]) -> tuple[Any, ...]:
    """What a row speaks of; a case of one loan need not number it."""
    return tuple(row.get(name, PLAIN.get(name)) for name in key)


def outcomes(case: Case) -> Rows:
    """What a case expects, row by row."""
    (expected,) = case.expect.values()
    return expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
def test_case(case: Case) -> None:
    if "refused" in case.expect:
        with pytest.raises(PostloanError) as refusal:
            run(case)
        assert refusal.value.code == case.expect["refused"]
        assert refusal.value.where["rule"] in LAW
        return
    result = run(case)
    key = next((key for key in KEYS if set(key) <= set(result.columns)), result.columns[:1])
    actual = {named(row, key): row for row in result.to_dicts()}
    expected = outcomes(case)
    for row in expected:
        assert row == {name: actual[named(row, key)][name] for name in row}
    given = next(iter(case.given.values()))
    assert list(actual) == [named(row, key) for row in given], "a step may not lose, invent or reorder rows"
    assert list(actual) == [named(row, key) for row in expected], "a case says what it expects of every row"


def test_every_case_has_its_own_name() -> None:
    names = [case.case for case in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
def test_every_case_argues_from_a_registered_text(case: Case) -> None:
    assert case.because.text in RULEBOOKS[case.bank].texts
    assert case.rule in RULEBOOKS[case.bank].in_force
    assert case.step in STEPS.keys() | OF_WHOLE_BOOK.keys()


REQUIREMENTS = sorted({each for file in RULEBOOKS[None].written for each in file.covers})


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_every_requirement_has_a_plain_case_and_one_at_its_bound(requirement: str) -> None:
    shown = [case.at_edge for case in CASES if requirement in case.covers]
    assert False in shown, "no plain case"
    assert True in shown, "no case at a bound"


@pytest.mark.parametrize("case", [case for case in CASES if case.at_edge], ids=lambda case: case.case)
def test_a_case_at_a_bound_stands_on_both_its_sides(case: Case) -> None:
    found = {str({name: value for name, value in row.items() if name not in KEY_COLUMNS}) for row in outcomes(case)}
    assert len(found) > 1


def test_a_case_covers_what_rules_cover() -> None:
    assert {each for case in CASES for each in case.covers} == set(REQUIREMENTS)


def test_every_rule_of_classification_has_cases() -> None:
    assert {case.rule for case in CASES} >= LAW.keys() - {"allocation_order", "working_days", "forms"}


def test_there_are_as_many_cases_as_were_promised() -> None:
    assert len(CASES) >= 120
