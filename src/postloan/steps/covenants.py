"""Covenants: which tests fall on which days, how each came out, and what people decided of it."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.rules.covenants import Covenants
from postloan.rules.figures import ONE_E8
from postloan.tables.covenants import DECISIONS, OPERATORS, RESULTS, UNTESTED_WHY, CovenantTest
from postloan.tables.decided import has_begun
from postloan.tables.ratios import RATIOS, exact_e8, sides

_MONTHS, _DAYS = 12, 10**7
_RESULT, _WHY = pl.Enum(RESULTS), pl.Enum(UNTESTED_WHY)
_TERMS = pl.Struct({"covenant_id": pl.String, "period_end_on": pl.String})
_DECIDED = ["covenant_id", "period_end_on"]


def covenant_tests(
    covenants: pl.DataFrame,
    facilities: pl.DataFrame,
    loans: pl.DataFrame,
    statements: pl.DataFrame,
    decisions: pl.DataFrame,
    *,
    law: Covenants | None,
    on: date,
) -> dy.DataFrame[CovenantTest]:
    """Test every covenant that binds a loan on the book, period by period, and the period under way.

    Reads   covenants, facilities, statements, decisions: facts; loans: of the book, with facility_id. What became known
            after the day does not count. A facility's covenant binds while a loan drawn under it is on the book.
    Writes  CovenantTest, by debtor, covenant and period. A period without a statement is told if the bank knew of
            the covenant when it ended: nobody had asked for the statements before.
    Source  rulebook: covenants; the ratio set of tables/ratios.

    The comparison is of whole numbers: A over B keeps `<= t` where A is at most t times B. So nothing is rounded, and
    debts against an equity below 0 break their bound instead of having no ratio. A breach is known from the day on
    which the last of its items was known, and its cure runs from there; a statement delivered anew is tested anew.
    """
    if covenants.is_empty() or law is None:
        return CovenantTest.create_empty()
    bound = _bound(covenants.filter(pl.col("known_on") <= on), facilities, loans)
    periods = _periods(bound, law, on)
    tested = _tested(periods, statements.filter((pl.col("known_on") <= on) & (pl.col("period_end_on") <= on)))
    told = _decided(tested, decisions, on).filter(
        pl.col("untested_why").is_null() | (pl.col("period_end_on") >= pl.col("known_on"))
    )
    judged = _judged(told, on).sort("debtor_no", "covenant_id", "period_end_on")
    rows = judged.with_columns(is_latest=_stands())
    return CovenantTest.validate(rows.select(CovenantTest.column_names()))


def _bound(covenants: pl.DataFrame, facilities: pl.DataFrame, loans: pl.DataFrame) -> pl.DataFrame:
    """Each covenant beside the loan that it binds, and the day from which it does."""
    whose = ["debtor_id", "org_id", "officer_id"]
    of_loan = loans.select("loan_id", *whose, begins_on="disbursed_on")
    of_facility = (
        loans.drop_nulls("facility_id")
        .sort("outstanding_cents", "loan_no", descending=[True, False])
        .unique("facility_id", keep="first", maintain_order=True)
        .join(facilities.select("facility_id", facility_begins_on="begins_on"), on="facility_id", how="left")
        .select("facility_id", "loan_id", *whose, begins_on=pl.coalesce("facility_begins_on", "disbursed_on"))
    )
    named = covenants.select(
        "covenant_id", "debtor_no", "loan_id", "facility_id", "metric", "operator", "test_every_months", "cure_days",
        "known_on", threshold_e8=(pl.col("threshold") * ONE_E8).round().cast(pl.Int128),
    )  # fmt: skip
    parts = [
        named.drop_nulls("loan_id").join(of_loan, on="loan_id"),
        named.drop_nulls("facility_id").drop("loan_id").join(of_facility, on="facility_id"),
    ]
    return pl.concat(part.select(*named.columns, *whose, "begins_on") for part in parts)


def _periods(bound: pl.DataFrame, law: Covenants, on: date) -> pl.DataFrame:
    """A row for each covenant and period: those that have ended since it begins or is told, and the one under way."""
    every = pl.col("test_every_months").cast(pl.Int32)
    today = on.year * _MONTHS + on.month
    begins = (pl.col("begins_on").dt.year() * _MONTHS + pl.col("begins_on").dt.month()).cast(pl.Int32)
    first = pl.max_horizontal(begins, pl.lit(today - law.told.months, pl.Int32))
    # The month of the day itself may have ended with it; where it has not, its period is the one under way.
    last = today if _is_month_end(on) else today - 1
    at = pl.int_ranges((first + every - 1) // every, pl.lit(last, pl.Int32) // every + 2)
    rows = bound.with_columns(at=at).explode("at").drop_nulls("at")
    month = pl.col("at").cast(pl.Int32) * every - 1
    ends = pl.date(month // _MONTHS, month % _MONTHS + 1, 1).dt.month_end()
    days = pl.when(ends.dt.month() == _MONTHS).then(law.statement.year_within_days).otherwise(law.statement.within_days)
    return rows.with_columns(period_end_on=ends, due_on=ends + pl.duration(days=days)).drop("at", "test_every_months")


def _is_month_end(on: date) -> bool:
    return bool(pl.select(pl.lit(on).dt.month_end() == on).item())


def _tested(periods: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """Put the ratio of each period beside it, metric by metric: above and below the line, and when it was known."""
    asked = statements.join(periods.select("debtor_no", "period_end_on").unique(), on=["debtor_no", "period_end_on"],
                            how="semi", maintain_order="left")  # fmt: skip
    parts = []
    for (metric,), rows in periods.partition_by("metric", as_dict=True, maintain_order=True).items():
        ratio = RATIOS.get(str(metric))
        if ratio is None:
            parts.append(_untested(rows))
            continue
        of = asked.filter(pl.col("item").is_in(ratio.items)).group_by("debtor_no", "period_end_on")
        items = {item: pl.col("value_cents").filter(pl.col("item") == item).last() for item in ratio.items}
        above, below = sides(ratio)
        wide = of.agg(**items, notice_on=pl.col("known_on").max()).select(
            "debtor_no", "period_end_on", "notice_on", above=above, below=below
        )
        found = rows.join(wide, on=["debtor_no", "period_end_on"], how="left", maintain_order="left")
        is_known = pl.col("above").is_not_null() & pl.col("below").is_not_null()
        why = pl.when(is_known).then(None).when(pl.col("notice_on").is_null()).then(pl.lit("no_statement"))
        parts.append(found.with_columns(untested_why=why.otherwise(pl.lit("item_missing")).cast(_WHY)))
    columns = [*periods.columns, "above", "below", "notice_on", "untested_why"]
    return pl.concat(part.select(columns) for part in (_untested(periods.clear()), *parts))


def _untested(rows: pl.DataFrame) -> pl.DataFrame:
    """Periods of a metric that is none of the set."""
    nothing = dict.fromkeys(("above", "below"), pl.lit(None, pl.Int128))
    why = pl.lit("metric_unknown", _WHY)
    return rows.with_columns(**nothing, notice_on=pl.lit(None, pl.Date), untested_why=why)


def _decided(tested: pl.DataFrame, decisions: pl.DataFrame, on: date) -> pl.DataFrame:
    """Put beside each test the waiver or cure that holds of it on the day; a cure before a waiver, then the latest."""
    is_open = pl.col("ends_on").is_null() | (pl.col("ends_on") >= on)
    begun = decisions.filter(pl.col("kind").is_in(DECISIONS) & has_begun(on) & is_open)
    said = begun.with_columns(pl.col("terms").str.json_decode(_TERMS).alias("terms")).unnest("terms")
    held = (
        said.with_columns(pl.col("period_end_on").str.to_date())
        .sort("kind", "effective_on", "decision_id", descending=[False, True, True])
        .unique(_DECIDED, keep="first", maintain_order=True)
        .select(*_DECIDED, "decision_id", decided="kind", waived_to_on="ends_on")
    )
    return tested.join(held, on=_DECIDED, how="left", maintain_order="left")


def _stands() -> pl.Expr:
    """Whether a row says how its covenant stands: the worst of the last test done and of what is late since.

    A statement that does not come ends no breach.
    """
    period, is_done = pl.col("period_end_on"), pl.col("untested_why").is_null()
    is_late = ~is_done & (pl.col("untested_why") != "not_due")
    last_on = period.filter(is_done).max().over("covenant_id")
    speaks = (is_done & (period == last_on)) | (is_late & (last_on.is_null() | (period > last_on)))
    place = pl.col("result").to_physical().cast(pl.Int64) * _DAYS + period.to_physical()
    worst = place.filter(speaks).max().over("covenant_id")
    return (speaks & (place == worst)).fill_null(value=False)


def _judged(tested: pl.DataFrame, on: date) -> pl.DataFrame:
    """Say how each test came out on the day."""
    above, bound, below = pl.col("above"), pl.col("threshold_e8"), pl.col("below")
    left, right = above * ONE_E8, bound * below
    keeps = {"<": left < right, "<=": left <= right, "=": left == right, ">=": left >= right, ">": left > right}
    is_kept = pl.lit(value=False)
    for operator in OPERATORS:
        is_kept = pl.when(pl.col("operator") == operator).then(keeps[operator]).otherwise(is_kept)
    is_tested = pl.col("untested_why").is_null()
    cure_ends = pl.col("notice_on") + pl.duration(days=pl.col("cure_days"))
    is_breach = is_tested & ~is_kept
    result = (
        pl.when(is_tested & is_kept).then(pl.lit("met"))
        .when(pl.col("decided") == "covenant_cure").then(pl.lit("cured"))
        .when(pl.col("decided") == "covenant_waiver").then(pl.lit("waived"))
        .when(~is_tested).then(pl.lit("not_tested"))
        .when(pl.lit(on) <= cure_ends).then(pl.lit("curing"))
        .otherwise(pl.lit("breached"))
    )  # fmt: skip
    value = exact_e8(above, below)
    room = pl.when(pl.col("operator").is_in(["<", "<="])).then(bound - value).otherwise(value - bound)
    room = pl.when(pl.col("operator") == "=").then((value - bound).abs() * -1).otherwise(room)
    not_due = pl.col("untested_why").is_in(["no_statement", "item_missing"]) & (pl.col("due_on") >= on)
    is_decided = result.is_in(["cured", "waived"])
    return tested.with_columns(
        result=result.cast(_RESULT),
        untested_why=pl.when(not_due).then(pl.lit("not_due", _WHY)).otherwise("untested_why"),
        value_e8=value, headroom_e8=room.cast(pl.Int64, strict=False),
        threshold_e8=bound.cast(pl.Int64, strict=False),
        notice_on=pl.when(is_breach).then("notice_on"), cure_ends_on=pl.when(is_breach).then(cure_ends),
        decision_id=pl.when(is_decided).then("decision_id"), waived_to_on=pl.when(is_decided).then("waived_to_on"),
    )  # fmt: skip
