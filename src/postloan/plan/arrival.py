"""What an event means on arrival: a debtor's facts of a published day, the events since, and the signals that hold."""

from datetime import date
from pathlib import Path

import dataframely as dy
import polars as pl

from postloan.intake.number import shard_of
from postloan.plan.inputs import law_day, read_debtor
from postloan.plan.published_day import PublishedDay, published_day
from postloan.plan.warnings import features_again
from postloan.rules.rulebook import policy_on
from postloan.rules.warnings import WarningRule
from postloan.steps.warnings import warnings
from postloan.tables.event_kinds import LIFTED
from postloan.tables.features import CircleFeatures, TiedFeatures
from postloan.tables.warnings import PublishedWarning

_ROW = ("debtor_no", "happened_on", "kind", "amount_cents")


def signals_on_arrival(
    home: Path, debtor_id: str, debtor_no: int, arrived: pl.DataFrame, *, known: date, on: date
) -> dy.DataFrame[PublishedWarning]:
    """Ask the rules that these kinds of events bear on of one debtor, as the next night will.

    arrived  event_id, happened_on, kind, amount_cents: what no night knew yet; an id that a feed brought is corrected.
    known    the published day whose facts and loans count.
    on       the day to judge: that of the next night, or of the latest event where that is later.

    Returns the rows that the night would publish. Raises NothingPublished, NoRuleInForce.
    """
    day = published_day(home, known)
    shard = shard_of(debtor_id, day.facts.layout.shards)
    is_its = pl.col("debtor_no") == debtor_no
    held = day.facts.read("event", shard, ("event_id", *_ROW), is_its)
    # A correction may change a kind: the rules that asked the earlier one are asked again, too.
    touched = pl.concat([arrived["kind"], held.join(arrived, on="event_id", how="semi")["kind"]])
    rules = _asking(day, set(touched.str.strip_suffix(LIFTED)), on)
    if not rules:
        return PublishedWarning.create_empty()
    of_others = {*CircleFeatures.column_names(), *TiedFeatures.column_names()}
    asks_others = not all(of_others.isdisjoint(rule.evidence) for rule in rules)
    inputs = read_debtor(day.facts, shard, debtor_no, day.neighbours, with_guarantors=asks_others)
    since = arrived.with_columns(debtor_no=pl.lit(debtor_no, pl.Int64)).select(_ROW)
    events = pl.concat([held.join(arrived, on="event_id", how="anti").select(_ROW), since])
    features = features_again(day, shard, inputs.with_events(events), is_its, on=on)
    return warnings(features, pl.DataFrame(), rules=rules)


def _asking(day: PublishedDay, kinds: set[str], on: date) -> list[WarningRule]:
    """The rules of debtors that ask a feature of some kinds of events."""
    names = {name for kind in kinds for name in (f"days_since_{kind}", f"{kind}_cents", f"{kind}_times")}
    in_force = policy_on(day.rulebook, law_day(on, day.facts)).warnings
    return [rule for rule in in_force if rule.of == "debtor" and not names.isdisjoint(rule.asks)]
