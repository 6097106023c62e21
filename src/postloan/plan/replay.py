"""The replay: published days judged again under another rulebook. Rows in, rows out; nothing published is touched.

What the night found out about a loan on a day is published with it, so its tier can be found anew without its facts.
Between two published days the rows say little: how late the loan was within the month, and the dates of the latest
upgrade and merger. Where the published tier shows that more happened, the replay goes by that, see `Between`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import dataframely as dy
import polars as pl

from postloan.errors import RequestWrong
from postloan.plan.classify import classify
from postloan.rules.judging import FACTS
from postloan.rules.rulebook import Policy, Rulebook, policy_on
from postloan.rules.shapes import RestructuringFloors
from postloan.rules.tier_law import RULES as TIER_RULES
from postloan.rules.tier_law import TierLaws
from postloan.steps.provisions import set_aside
from postloan.tables.replayed import ReplayCell, ReplayMove
from postloan.tables.results import LOSS_PROVISIONS
from postloan.tables.tiers import Between, LoanDay
from postloan.tables.units import NON_PERFORMING

_FLAGS = (*FACTS, "is_restructured", "is_repeat_restructured", "is_refinanced", "is_no_principal_renewal")
_OF_DAY = ("status", "tier", "days_past_due", "month_worst_days_past_due", "own_share_outstanding_cents")
_OF_DEBTOR = ("all_banks_cents", "all_banks_over_90_cents", "other_bank_npl")
_MADE = ("on", "is_on_book", "debt_cents", "worst_days_past_due", *_OF_DEBTOR)
_PARTS = ("general", "specific", "special")

QUIET_COLUMNS = (
    "loan_no", "debtor_no", "legal_form", "size_class", "tier", "days_past_due", "month_worst_days_past_due",
    "manual_tier", *_FLAGS,
)  # fmt: skip
"""What tells whether anything is published of a loan that may bear on a tier."""
FACT_COLUMNS = tuple(
    dict.fromkeys(
        (*(name for name in LoanDay.column_names() if name not in _MADE), *_OF_DAY, "item_tier", "is_held", "tier_rule",
         "loan_id")
    )
)  # fmt: skip
"""What the published row of a loan must say for its tier to be found anew."""
BOOK_COLUMNS = (
    "loan_no", "org_id", "product", "status", "exposure_kind", "industry_code", "region_code", "tier",
    "own_share_outstanding_cents", *LOSS_PROVISIONS,
)  # fmt: skip
"""What is counted of every loan on the book."""
DEBTOR_COLUMNS = ("debtor_no", *_OF_DEBTOR)


class Laws(NamedTuple):
    """The two laws of a replay: of which days the published tiers are, and by which they are judged anew.

    policies        of the replayed rulebook, by published day.
    tried           the replayed laws of classification; bad_then_days: the fewest days past due that the published
                    ones call non-performing.
    """

    policies: Mapping[date, Policy]
    tried: TierLaws
    bad_then_days: int


def laws_of(days: Mapping[date, date], then: Rulebook, now: Rulebook) -> Laws:
    """Find the laws of some published days, each with the day whose law it was computed under.

    Raises NoRuleInForce; RequestWrong where some days were computed under their own law and others were not.
    """
    return Laws(
        policies={on: policy_on(now, law_of) for on, law_of in days.items()},
        tried=_tier_laws(days, now),
        bad_then_days=_tier_laws(days, then).bad_after_days(),
    )


def _tier_laws(days: Mapping[date, date], rulebook: Rulebook) -> TierLaws:
    last = policy_on(rulebook, max(days.values())).tier_laws
    if all(on == law_of for on, law_of in days.items()):
        return last
    if len(set(days.values())) > 1:
        raise RequestWrong(
            message="Some of the days were computed under their own law, and others under the law of another day.",
            hint="Replay them apart: give --from and --to so that all days are of one kind.",
            where={"first": min(days), "last": max(days)},
        )
    return last.only_the_last()


def is_quiet(laws: Laws) -> pl.Expr:
    """Whether nothing is published of a loan, by QUIET_COLUMNS, that could class it worse than pass by its own facts.

    No law can: the fewest days past due it may ask for are more than none, and no fact is known.
    """
    no_fact = ~pl.any_horizontal(_FLAGS) & (pl.col("manual_tier").fill_null("pass") == "pass")
    is_on_time = (pl.col("days_past_due") == 0) & (pl.col("month_worst_days_past_due") <= laws.tried.bad_after_days())
    return (pl.col("tier") == "pass") & no_fact & is_on_time


def is_one_by_one(laws: Laws) -> pl.Expr:
    """Whether a loan's debtor is retail by all of the laws: then its other loans need not be known."""
    return laws.tried.is_always_retail()


def rejudge(facts: pl.DataFrame, debtors: pl.DataFrame, laws: Laws) -> pl.DataFrame:
    """Judge published loans again.

    Reads   facts: FACT_COLUMNS and on, of some published days, together; of a debtor that is not retail all its loans;
            debtors: DEBTOR_COLUMNS and on of the same days.
    Writes  on, loan_no, loan_id, days_past_due, tier_now, rule_now, cite_now.
    """
    rows = facts.sort("loan_no", "on").pipe(_since_the_row_before, laws.bad_then_days)
    rows = rows.join(debtors, on=["debtor_no", "on"], how="left").sort("debtor_no", "on", "loan_no")
    is_on_book = pl.col("status") == "active"
    days = rows.with_columns(
        pl.col("other_bank_npl").fill_null(value=False),
        is_on_book=is_on_book,
        debt_cents=pl.when(is_on_book).then("own_share_outstanding_cents").otherwise(0),
        days_past_due=pl.when(is_on_book).then("days_past_due").otherwise(0),
    ).select(LoanDay.column_names())
    between = rows.select(Between.column_names())
    judged = classify(LoanDay.validate(days, cast=True), laws=laws.tried, between=Between.validate(between, cast=True))
    return judged.select(
        "on", "loan_no", rows["loan_id"], "days_past_due", tier_now="tier", rule_now="tier_rule", cite_now="tier_cite"
    )


def _since_the_row_before(rows: pl.DataFrame, bad_then_days: int) -> pl.DataFrame:
    """Say what happened to each loan since its row before, by what was published: rows by loan and day."""
    is_same = (pl.col("loan_no") == pl.col("loan_no").shift(1)) & (pl.col("status").shift(1) == "active")
    is_same = is_same.fill_null(value=False)
    before = {name: pl.when(is_same).then(pl.col(name).shift(1)) for name in ("on", "item_tier", "tier")}
    stood_bad, stood_item_bad = (
        before[name].is_in(NON_PERFORMING).fill_null(value=False) for name in ("tier", "item_tier")
    )
    rows = rows.with_columns(
        worst_days_past_due="month_worst_days_past_due",
        stood_bad=stood_bad, stood_item_bad=stood_item_bad, before_on=before["on"], before_tier=before["tier"],
    )  # fmt: skip
    was_late = pl.col("worst_days_past_due") > bad_then_days
    is_first = pl.col("before_on").is_null()
    is_settled_above = (pl.col("tier_rule") == "upgrade") & (pl.col("tier") > pl.col("item_tier"))
    sank, rose = pl.col("before_tier") < pl.col("tier"), pl.col("before_tier") > pl.col("tier")
    was_merged = pl.col("merged_on") > pl.col("before_on")
    was_decided = pl.col("upgrade_decided_on") > pl.col("before_on")
    is_good = ~pl.col("tier").is_in(NON_PERFORMING)
    return rows.with_columns(
        was_bad=pl.col("is_held") & (is_first | ~(pl.col("stood_item_bad") | was_late)),
        was_tier=pl.when(is_settled_above & (is_first | sank | (was_merged & rose))).then("tier"),
        was_upgraded=was_decided.fill_null(value=False) & (pl.col("stood_bad") | was_late) & is_good,
        improved_first=(was_merged & rose).fill_null(value=False),
    )


def count_day(
    book: pl.DataFrame, rejudged: pl.DataFrame, policy: Policy, on: date
) -> tuple[dy.DataFrame[ReplayCell], dy.DataFrame[ReplayMove]]:
    """Count what a published day would have been.

    Reads   book: BOOK_COLUMNS of all loans, in their order; rejudged: those judged again on the day, the others stay
            pass; policy: the replayed rules of the day.
    Writes  cells of the loans on the book, and the loans whose tier is another.
    """
    active = book.filter(pl.col("status") == "active")
    rows = active.join(rejudged.drop("on"), on="loan_no", how="left", maintain_order="left").with_columns(
        tier_now=pl.coalesce("tier_now", "tier")
    )
    replayed = set_aside(
        rows.with_columns(tier="tier_now"), rates=policy.provision_rates, reserve=policy.general_reserve
    )
    rows = rows.select(
        "loan_no", "loan_id", "org_id", "product", "days_past_due", "tier_now", "rule_now", "cite_now",
        pl.lit(on).alias("on"),
        policy.provision_rates.counted.is_counted().alias("is_counted"),
        balance_cents="own_share_outstanding_cents",
        tier_then="tier",
        **{f"{part}_then_cents": f"{part}_provision_cents" for part in _PARTS},
        **{f"{part}_now_cents": replayed[f"{part}_provision_cents"] for part in _PARTS},
    )  # fmt: skip
    cells = rows.group_by("on", "org_id", "product", "is_counted", "tier_then", "tier_now").agg(
        pl.len().cast(pl.Int64).alias("loans"),
        pl.col("balance_cents", *(f"{part}_{when}_cents" for when in ("then", "now") for part in _PARTS)).sum(),
    )
    moves = rows.filter(pl.col("tier_then") != pl.col("tier_now")).with_columns(
        pl.sum_horizontal(f"{part}_{when}_cents" for part in _PARTS).alias(f"provisions_{when}_cents")
        for when in ("then", "now")
    )
    return ReplayCell.validate(cells), ReplayMove.validate(moves)


def together(cells: Sequence[pl.DataFrame]) -> dy.DataFrame[ReplayCell]:
    """Add up the cells of shards."""
    keys = ["on", "org_id", "product", "is_counted", "tier_then", "tier_now"]
    summed = pl.concat(cells).group_by(keys).agg(pl.exclude(keys).sum()).sort(keys)
    return ReplayCell.validate(summed)


def changed_rules(then: Rulebook, now: Rulebook) -> tuple[str, ...]:
    """Name the rules of which some version in force differs."""
    return tuple(rule for rule in sorted(now.in_force) if then.in_force[rule] != now.in_force[rule])


def is_replayed(rule: str, then: Rulebook, now: Rulebook) -> bool:
    """Whether a replay follows a rule that changed; what it rests on besides is taken as it was published."""
    if rule == "restructuring_floors":
        return _observations(then) == _observations(now)
    return rule in {*TIER_RULES, "transition", "provision_rates"}


def _observations(rulebook: Rulebook) -> list[object]:
    versions = rulebook.in_force["restructuring_floors"]
    return [(each.since, each.observation) for each in versions if isinstance(each, RestructuringFloors)]
