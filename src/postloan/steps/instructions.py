"""Instructions: decisions that the system which keeps the balance must carry out, and how far each has come."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import dataframely as dy
import polars as pl

from postloan.tables.published import Instruction
from postloan.tables.units import INSTRUCTION_STATES

_CHANGES = ("restructure", "prepayment", "extension", "rate_change", "deferral", "capitalise", "reamortise", "split")
_KINDS = (*_CHANGES, "write_off", "waiver", "misuse", "accelerate")
# What a decision alone brings into force where we keep the balance; of the others it is told what was done.
_TAKEN_BY_US = ("restructure", "write_off", "misuse", "accelerate")
_ON_THE_LEDGER = {"interest": "overdue_interest_cents", "penalty": "penalty_cents"}
_SIGN = {"decision_id": pl.String(), "confirmed_by": pl.String(), "confirmed_on": pl.Date()}


def instructions(
    loans: pl.DataFrame,
    decisions: pl.DataFrame,
    instalments: pl.DataFrame,
    written_off: pl.DataFrame,
    ledger: pl.DataFrame,
    payments: pl.DataFrame,
    *,
    book_of_record: Literal["core", "postloan"],
    taken: Sequence[str],
    refused: Sequence[str],
    on: date,
) -> dy.DataFrame[Instruction]:
    """Say of each change of terms, write-off and waiver begun by the day whether it waits, holds, or is confirmed.

    Reads   loans: facts of the loans in the book; decisions and the feed tables that may confirm them: facts;
            payments: those taken back left out; taken, refused: the changes of terms and waivers that are made, or that
            the law forbids.
    Writes  Instruction, by loan and decision. Of several signs the one of the table first asked is told.
    Source  design: whose balance governs; docs/decisions/0020 says what confirms what.
    """
    told = decisions.filter(pl.col("kind").is_in(_KINDS) & (pl.col("effective_on") <= on)).join(
        loans.select("loan_no", "loan_id", "org_id", "matures_on", "annual_rate_e8"),
        on="loan_no",
        maintain_order="left",
    )
    if told.is_empty():
        return Instruction.create_empty()
    told = told.with_columns(*_amounts(), pl.col("is_withdrawn").fill_null(value=False))
    changes = told.filter(pl.col("kind").is_in(_CHANGES))
    signs = pl.concat(
        [
            _new_versions(changes, instalments, on),
            _new_terms(changes),
            _rows_written_off(told.filter(pl.col("kind") == "write_off"), written_off, on),
            _falls_of_the_ledger(told.filter(pl.col("kind") == "waiver"), ledger, payments, on),
        ]
    ).unique("decision_id", keep="first", maintain_order=True)
    is_ours = pl.col("kind").is_in(_TAKEN_BY_US) | pl.col("decision_id").is_in(list(taken))
    holds_alone = pl.lit(book_of_record == "postloan") & is_ours
    state = (
        pl.when("is_withdrawn")
        .then(pl.lit("withdrawn"))
        .when(pl.col("decision_id").is_in(list(refused)))
        .then(pl.lit("refused"))
        .when(pl.col("confirmed_by").is_not_null())
        .then(pl.lit("confirmed"))
        .when(holds_alone)
        .then(pl.lit("in_force"))
        .otherwise(pl.lit("pending"))
    )
    return Instruction.validate(
        told.join(signs, on="decision_id", how="left")
        .with_columns(state=state.cast(pl.Enum(INSTRUCTION_STATES)))
        .sort("loan_no", "effective_on", "decision_id")
    )


def written_off_by_all(
    written_off: pl.DataFrame,
    told: dy.DataFrame[Instruction],
    balances: pl.DataFrame,
    payments: pl.DataFrame,
    *,
    on: date,
) -> pl.DataFrame:
    """Add to the facts of `written_off` the write-offs that hold by decision alone; what a row confirms counts once.

    Reads   balances: outstanding_cents by our walk, which no write-off lessens; payments: those taken back left out.
    Writes  of a decision no more principal than there was: what is outstanding with what came in since its first day,
            less what was written off before it.
    """
    columns = ["loan_no", "on", "principal_cents", "transferred_cents", "asset_cents"]
    by_decision = told.filter((pl.col("kind") == "write_off") & (pl.col("state") == "in_force"))
    if by_decision.is_empty():
        return written_off.select(columns)
    since = payments.join(by_decision.select("loan_no", "decision_id", "effective_on"), on="loan_no")
    came_in = since.filter(pl.col("paid_on").is_between("effective_on", on)).group_by("decision_id")
    fed = written_off.filter(pl.col("on") <= on).group_by("loan_no").agg(fed_cents=pl.col("principal_cents").sum())
    principal = pl.col("principal_cents")
    there = pl.col("outstanding_cents") + pl.col("came_cents").fill_null(0) - pl.col("fed_cents").fill_null(0)
    taken = (
        by_decision.join(balances.select("loan_no", "outstanding_cents"), on="loan_no", how="left")
        .join(fed, on="loan_no", how="left")
        .join(came_in.agg(came_cents=pl.col("amount_cents").sum()), on="decision_id", how="left")
        .sort("loan_no", "effective_on", "decision_id")
        .with_columns(there_cents=there - (principal.cum_sum() - principal).over("loan_no"))
        .with_columns(principal_cents=pl.min_horizontal(principal, pl.col("there_cents").clip(lower_bound=0)))
        .with_columns(pl.col("transferred_cents", "asset_cents").fill_null(0))
        .with_columns(transferred_cents=pl.min_horizontal("transferred_cents", principal))
        .with_columns(asset_cents=pl.min_horizontal("asset_cents", principal - pl.col("transferred_cents")))
    )
    return pl.concat([written_off.select(columns), taken.rename({"effective_on": "on"}).select(columns)])


def _amounts() -> tuple[pl.Expr, ...]:
    kind, principal, interest = pl.col("kind"), _whole("principal", 2), _whole("interest", 2)
    return (
        pl.when(kind == "write_off").then(principal).when(kind == "waiver").then(0).alias("principal_cents"),
        pl.when(kind == "write_off")
        .then(principal + interest)
        .when(kind == "waiver")
        .then(_whole("amount", 2))
        .alias("amount_cents"),
        pl.when(kind == "write_off").then(_whole("transferred", 2)).alias("transferred_cents"),
        pl.when(kind == "write_off").then(_whole("asset", 2)).alias("asset_cents"),
    )


def _whole(name: str, decimals: int) -> pl.Expr:
    """A decimal of the terms in whole units of its last decimal, without a float."""
    written = pl.col("terms").str.json_path_match(f"$.{name}")
    scaled = written.cast(pl.Decimal(38, decimals), strict=False) * pl.lit(10**decimals)
    return scaled.cast(pl.Int64)


def _new_versions(changes: pl.DataFrame, instalments: pl.DataFrame, on: date) -> pl.DataFrame:
    """The first later version of the instalments that begins on or after the decision."""
    versions = (
        instalments.join(changes.select("loan_no").unique(), on="loan_no", how="semi")
        .group_by("loan_no", "version")
        .agg(confirmed_on=pl.col("effective_on").min())
        .filter(pl.col("version") > pl.col("version").min().over("loan_no"), pl.col("confirmed_on") <= on)
    )
    return _sign(
        changes.join(versions, on="loan_no")
        .filter(pl.col("confirmed_on") >= pl.col("effective_on"))
        .group_by("decision_id")
        .agg(pl.col("confirmed_on").min()),
        "instalment",
    )


def _new_terms(changes: pl.DataFrame) -> pl.DataFrame:
    """The loan row carries every new term that the decision names; since which day, it does not say."""
    matures_on, rate_e8 = pl.col("terms").str.json_path_match("$.matures_on"), _whole("annual_rate", 8)
    is_named = matures_on.is_not_null() | rate_e8.is_not_null()
    has_maturity = (matures_on == pl.col("matures_on").dt.to_string("%Y-%m-%d")).fill_null(value=True)
    has_rate = (rate_e8 == pl.col("annual_rate_e8")).fill_null(value=True)
    return _sign(
        changes.filter(is_named & has_maturity & has_rate).select("decision_id", confirmed_on=pl.lit(None, pl.Date)),
        "loan",
    )


def _rows_written_off(decided: pl.DataFrame, written_off: pl.DataFrame, on: date) -> pl.DataFrame:
    """A row of the same amounts on or after the decision's first day; one row confirms one decision.

    The first decision of a loan and amount meets the first such row that is not older, the second the second.
    """
    alike = ["loan_no", "principal_cents", "interest_cents"]
    asked = (
        decided.with_columns(interest_cents=pl.col("amount_cents") - pl.col("principal_cents"))
        .sort("is_withdrawn", "effective_on", "decision_id")
        .with_columns(turn=pl.int_range(pl.len()).over(alike), first_on=pl.col("effective_on").min().over(alike))
    )
    rows = (
        written_off.filter(pl.col("on") <= on)
        .join(asked.select(*alike, "first_on").unique(), on=alike)
        .filter(pl.col("on") >= pl.col("first_on"))
        .sort("on")
        .with_columns(turn=pl.int_range(pl.len()).over(alike))
        .select(*alike, "turn", confirmed_on="on")
    )
    met = asked.join(rows, on=[*alike, "turn"]).filter(pl.col("confirmed_on") >= pl.col("effective_on"))
    return _sign(met, "written_off")


def _falls_of_the_ledger(waived: pl.DataFrame, ledger: pl.DataFrame, payments: pl.DataFrame, on: date) -> pl.DataFrame:
    """The core's amount fell since its last word before the decision by what was waived, cash not counted."""
    words = (
        ledger.join(waived.select("loan_no").unique(), on="loan_no", how="semi")
        .filter(pl.col("on") <= on)
        .select("loan_no", "on", **_ON_THE_LEDGER)
        .unpivot(list(_ON_THE_LEDGER), index=["loan_no", "on"], variable_name="component", value_name="core_cents")
        .drop_nulls("core_cents")
    )
    heard = waived.with_columns(component=pl.col("terms").str.json_path_match("$.component")).join(
        words, on=["loan_no", "component"]
    )
    before = (
        heard.filter(pl.col("on") < pl.col("effective_on"))
        .sort("on")
        .group_by("decision_id", maintain_order=True)
        .agg(before_on=pl.col("on").last(), before_cents=pl.col("core_cents").last())
    )
    since = heard.filter(pl.col("on") >= pl.col("effective_on")).join(before, on="decision_id")
    is_between = (pl.col("paid_on") > pl.col("before_on")) & (pl.col("paid_on") <= pl.col("on"))
    fell_cents = pl.col("before_cents").first() - pl.col("core_cents").first()
    return _sign(
        since.join(payments.select("loan_no", "paid_on", paid_cents="amount_cents"), on="loan_no", how="left")
        .group_by("decision_id", "on")
        .agg(
            unpaid_fall_cents=fell_cents - pl.col("paid_cents").filter(is_between).sum(),
            amount_cents=pl.col("amount_cents").first(),
        )
        .filter(pl.col("unpaid_fall_cents") >= pl.col("amount_cents"))
        .group_by("decision_id")
        .agg(confirmed_on=pl.col("on").min()),
        "ledger",
    )


def _sign(met: pl.DataFrame, table: str) -> pl.DataFrame:
    return met.select("decision_id", pl.lit(table).alias("confirmed_by"), "confirmed_on").cast(_SIGN)  # type: ignore[arg-type]
