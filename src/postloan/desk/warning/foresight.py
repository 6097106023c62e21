"""What the warning model says of a debtor on a page: probability, reasons in words, and the model's own record."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from django.db.models import Count, Q

from postloan.desk.core.pages import Desk
from postloan.desk.warning.evidence import probability, reasons_told
from postloan.desk.warning.models import WarningCase
from postloan.desk.warning.queries import cases_seen
from postloan.errors import NothingPublished
from postloan.models.card import Card, card_of
from postloan.models.foresight import Foreseen, foreseen
from postloan.plan.published_day import published_day
from postloan.rules.scores import ModelInForce
from postloan.snapshot.read import scan_warning_scores


@dataclass(frozen=True)
class ModelRecord:
    """How the model did: on its fit, and in the desk's offices.

    auc    on debtors held out of the fit, or on those fitted where none was; empty where there is none.
    rows, bads, first, last   of the fit: debtor-months, how many went bad, and from when to when.
    cases  that its signal is or was in; of them found true, found false alarms, and not looked into yet.
    """

    name: str
    auc: str
    rows: int
    bads: int
    first: str
    last: str
    cases: int
    found_true: int
    found_false: int
    open: int


@dataclass(frozen=True)
class ModelTold:
    """What the model says of a debtor, what it looks ahead for, and its record; level: empty below the first."""

    probability: str
    level: str
    reasons: Sequence[tuple[str, str]]
    ahead: Foreseen
    record: ModelRecord


def model_told(desk: Desk, debtor_id: str) -> ModelTold | None:
    """Tell what the model says of a debtor on the day; None where no model is named or it does not score the debtor."""
    named = _named(desk)
    if named is None:
        return None
    rows = _scores(desk).filter(pl.col("debtor_id") == debtor_id).collect()
    card = card_of(named.card.content, named.card.name)
    ahead = foreseen(card.training.label)
    if rows.is_empty() or ahead is None:
        return None
    (row,) = rows.to_dicts()
    reasons = reasons_told(json.loads(row["reasons"]))
    return ModelTold(
        probability(row["pd_ratio"]), row["level"] or "", reasons, ahead, _record(desk, named.signal.id, card)
    )


def _named(desk: Desk) -> ModelInForce | None:
    day = published_day(desk.day.home, desk.day.on)
    return day.rulebook.warning_model(day.law_of)


def _scores(desk: Desk) -> pl.LazyFrame:
    try:
        return scan_warning_scores(desk.day.home, desk.day.on)
    except NothingPublished:
        return pl.LazyFrame(schema={"debtor_id": pl.String})


def _record(desk: Desk, signal: str, card: Card) -> ModelRecord:
    areas = {each.sample: each.value for each in card.metrics if each.name == "auc"}
    area = areas.get("held_out", areas.get("fit"))
    told = card.training
    is_false = Q(state=WarningCase.State.DISMISSED)
    found = cases_seen(desk).filter(signal_ids__contains=f" {signal} ").aggregate(
        cases=Count("pk"),
        found_true=Count("pk", filter=Q(verified_on__isnull=False) & ~is_false),
        found_false=Count("pk", filter=is_false),
        open=Count("pk", filter=Q(verified_on=None, state__in=WarningCase.RUNNING)),
    )  # fmt: skip
    return ModelRecord(
        f"{card.model_id}/{card.version}", "" if area is None else f"{area:.3f}", told.rows, told.bads or 0,
        told.first or "", told.last or "", **found,
    )  # fmt: skip
