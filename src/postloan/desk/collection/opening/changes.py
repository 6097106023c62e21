"""What a published day changes of the cases there are; nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db.models import Count

from postloan.desk.collection.models import CollectionCase, Promise
from postloan.desk.core.days import BusinessDay
from postloan.plan.collection import came_in, collection_plan, past_due, promises_judged, received
from postloan.rules.collection import Collection

_RUNNING = {
    "pk": pl.Int64, "debtor_id": pl.String, "state": pl.String, "told_on": pl.Date, "team": pl.String,
    "bucket": pl.String, "past_due_cents": pl.Int64, "officer_id": pl.Int64, "org_id": pl.String,
    "collected_cents": pl.Int64,
}  # fmt: skip
_PROMISED = {
    "promise": pl.String, "case": pl.Int64, "debtor_id": pl.String, "amount_cents": pl.Int64, "due_on": pl.Date,
    "base_cents": pl.Int64,
}  # fmt: skip
CURED_BUCKET, GONE_BUCKET = "M0", "gone"


@dataclass(frozen=True)
class Changes:
    """What a day says of collection.

    plan    every debtor past due, as the plan has it, one row each.
    held    the running cases with what their debtor is now: collected_cents, and bucket_now, empty where it is cured or
            gone; why says which.
    judged  open promises whose state is settled by now: promise, case, state, paid_cents.
    loans   by debtor and loan: what it received so far, and 1 where it is past due.
    """

    plan: pl.DataFrame
    held: pl.DataFrame
    judged: pl.DataFrame
    loans: Mapping[str, Mapping[str, Sequence[int]]]

    @property
    def fresh(self) -> pl.DataFrame:
        """Debtors past due without a running case."""
        return self.plan.join(self.held, on="debtor_id", how="anti", maintain_order="left")

    @property
    def ended(self) -> pl.DataFrame:
        """Running cases whose debtor is past due no more, and that wait for nobody's agreement."""
        return self.held.filter(pl.col("bucket_now").is_null(), pl.col("state").is_in(CollectionCase.ENDS))


def changes_of(day: BusinessDay, rules: Collection) -> Changes:
    """Hold a day against the running cases and open promises; a few reads, whatever their number."""
    late = past_due(day.home, day.on)
    rows = CollectionCase.objects.filter(state__in=CollectionCase.RUNNING).order_by("pk")
    told = list(rows.values_list(*_RUNNING, "counted"))
    running = frame((row[:-1] for row in told), _RUNNING)
    paid = received(day.home, day.on, [*running["debtor_id"], *late["debtor_id"]])
    loans = _by_debtor(paid)
    came = [came_in(row[-1], loans.get(row[1], {}))[0] for row in told]
    is_off = (~pl.col("is_active")).all() & (~(pl.col("is_active") | pl.col("is_settled"))).any()
    why = pl.when(pl.col("is_off").fill_null(value=True)).then(pl.lit("gone")).otherwise(pl.lit("cured"))
    held = (
        running.with_columns(pl.col("collected_cents") + pl.Series(came, dtype=pl.Int64))
        .join(paid.group_by("debtor_id").agg(is_off=is_off), on="debtor_id", how="left", maintain_order="left")
        .join(late.select("debtor_id", bucket_now="bucket", now_cents="past_due_cents"), on="debtor_id", how="left",
              maintain_order="left")
        .with_columns(why=why)
    )  # fmt: skip
    judged = _judged(held, day, rules)
    return Changes(collection_plan(late, _broken(judged), rules), held, judged, loans)


def _by_debtor(paid: pl.DataFrame) -> dict[str, dict[str, Sequence[int]]]:
    found = dict[str, dict[str, Sequence[int]]]()
    for debtor_id, loan_id, cents, late in paid.select(
        "debtor_id", "loan_id", "received_cents", pl.col("is_late").cast(pl.Int64)
    ).iter_rows():
        found.setdefault(debtor_id, {})[loan_id] = (cents, late)
    return found


def _judged(held: pl.DataFrame, day: BusinessDay, rules: Collection) -> pl.DataFrame:
    rows = Promise.objects.filter(state=Promise.State.OPEN).order_by("case_id")
    fields = ("pk", "case_id", "debtor_id", "amount_cents", "due_on", "base_cents")
    promises = frame(([str(row[0]), *row[1:]] for row in rows.values_list(*fields)), _PROMISED)
    known = promises.join(held.select("debtor_id", "collected_cents", "bucket_now", "why"), on="debtor_id")
    is_cured = pl.col("bucket_now").is_null() & (pl.col("why") == "cured")
    told = promises_judged(known.with_columns(is_cured=is_cured), day.on, rules)
    return told.filter(pl.col("state") != "open").select("promise", "case", "debtor_id", "state", "paid_cents")


def _broken(judged: pl.DataFrame) -> pl.DataFrame:
    """How many promises each debtor broke so far, those of today too: debtor_id, broken_count."""
    rows = Promise.objects.filter(state=Promise.State.BROKEN).order_by().values_list("debtor_id")
    known = frame(rows.annotate(n=Count("pk")), {"debtor_id": pl.String, "broken_count": pl.Int64})
    today = judged.filter(pl.col("state") == "broken").select("debtor_id", broken_count=pl.lit(1, pl.Int64))
    return pl.concat([known, today]).group_by("debtor_id").agg(pl.col("broken_count").sum())


def rolls_of(changes: Changes, day: BusinessDay) -> pl.DataFrame:
    """From which bucket to which the running cases went since they were told last, by office and team."""
    before = changes.held.filter(pl.col("told_on") < day.on)
    ended = pl.when(pl.col("why") == "gone").then(pl.lit(GONE_BUCKET)).otherwise(pl.lit(CURED_BUCKET))
    return (
        before.with_columns(bucket_to=pl.coalesce("bucket_now", ended))
        .group_by("org_id", "team", "bucket", "bucket_to")
        .agg(case_count=pl.len().cast(pl.Int64), past_due_cents=pl.col("past_due_cents").sum())
        .sort("org_id", "team", "bucket", "bucket_to")
    )


def frame(rows: Iterable[Any], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Rows of the database as a table."""
    return pl.DataFrame([list(row) for row in rows], schema=dict(schema), orient="row")
