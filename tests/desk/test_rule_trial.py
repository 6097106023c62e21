"""Trials of rules: the figures are those of a slow and plain count, and features kept are features reckoned."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from studying import OUTCOME, written

from postloan.desk.book import features as kept
from postloan.desk.studio.drafts import rule_tried
from postloan.plan.rule_trial import history, hits_on, records, trial_days, trials
from postloan.plan.warnings import features_of_day
from postloan.snapshot.read import published_days, read_loans, scan_warnings

RULE = rule_tried(written("WS-RPY-01", yellow="exposure_cents > 20000000", red="exposure_cents > 90000000"))
OTHER = rule_tried(written("WS-RPY-01", yellow="exposure_cents > 40000000"))


@pytest.fixture(scope="module")
def features(bank: Path):
    held = {on: features_of_day(bank, on) for on in published_days(bank)}
    return lambda on: held[on].lazy()


def plain(bank: Path, features, wanted: int) -> dict[str, object]:
    """Count a rule that warns above an exposure, debtor by debtor and month by month."""
    days = published_days(bank)
    bad, well, officers = defaultdict(set), defaultdict(set), 0
    for at, day in enumerate(days):
        loans = [row for row in read_loans(bank, day).iter_rows(named=True) if row["status"] == "active"]
        for row in loans:
            is_bad = row["days_past_due"] >= 30 or row["stage"] == "stage_3"
            (bad if is_bad else well)[at].add(row["debtor_no"])
        well[at] -= bad[at]
        officers += len({row["officer_id"] for row in loans} - {None}) if at + 2 < len(days) else 0
    hits = alerts = right = also = 0
    falls, caught = set(), {}
    beside = defaultdict(lambda: [0, 0])
    for at, day in enumerate(days[:-2]):
        rows = features(day).collect().iter_rows(named=True)
        warned = {row["debtor_no"] for row in rows if (row["exposure_cents"] or 0) > wanted}
        others = defaultdict(set)
        for row in scan_warnings(bank, day).collect().iter_rows(named=True):
            if row["signal"] != "WS-RPY-01":
                others[row["signal"]].add(row["debtor_no"])
        hits += len(warned)
        for debtor in well[at]:
            until = next((later for later in (1, 2) if debtor in bad[at + later]), None)
            raised = {signal for signal, held in others.items() if debtor in held}
            for signal in raised:
                beside[signal][0] += debtor in warned
                beside[signal][1] += 1
            if until:
                falls.add((debtor, at + until))
            if debtor in warned:
                alerts += 1
                right += until is not None
                also += bool(raised)
                if until:
                    caught[debtor, at + until] = max(until, caught.get((debtor, at + until), 0))
    return {
        "hits": hits, "alerts": alerts, "right": right, "falls": len(falls), "caught": len(caught),
        "caught_early": sum(each >= 2 for each in caught.values()), "months_before": sum(caught.values()),
        "also": also, "officers": officers,
        "overlaps": {signal: (both, theirs + alerts - both) for signal, (both, theirs) in beside.items() if both},
    }  # fmt: skip


def test_the_figures_are_those_of_a_plain_count(bank: Path, features) -> None:
    past = history(bank, published_days(bank), OUTCOME)
    assert len(past.days) == 2
    found = trials(bank, past, {"new": RULE, "old": OTHER}, features, OUTCOME)
    for name, above in (("new", 20_000_000), ("old", 40_000_000)):
        told, trial = plain(bank, features, above), found[name]
        assert {key: told[key] for key in ("also",)} == {"also": trial.also}
        for key in ("hits", "alerts", "right", "falls", "caught", "caught_early", "months_before"):
            assert getattr(trial.worth, key) == told[key], (name, key)
        assert {each.signal: (each.both, each.either) for each in trial.overlaps} == told["overlaps"]
        assert past.officer_months == told["officers"]
    assert found["new"].worth.alerts > found["old"].worth.alerts > 0
    assert found["new"].worth.caught > 0


def test_the_record_of_a_rule_that_was_published_is_its_trial(bank: Path, features) -> None:
    from postloan.rules.rulebook import load_rulebook  # noqa: PLC0415
    from postloan.rules.warning_files import standing_rules  # noqa: PLC0415

    past = history(bank, published_days(bank), OUTCOME)
    told = records(bank, past, OUTCOME)
    standing = standing_rules(load_rulebook(bank))
    for signal in sorted(told, key=lambda each: -told[each].hits)[:6]:
        tried = trials(bank, past, {signal: standing[signal].rule}, features, OUTCOME)[signal]
        assert tried.worth == told[signal]


def test_a_rule_that_never_hits_is_worth_nothing_and_nothing_breaks(bank: Path, features) -> None:
    past = history(bank, published_days(bank), OUTCOME)
    never = rule_tried(written("BK-RPY-01", red="exposure_cents < 0"))
    [found] = trials(bank, past, {"new": never}, features, OUTCOME).values()
    assert (found.worth.alerts, found.worth.precision, found.worth.lead, found.also) == (0, 0.0, 0.0, 0)
    assert found.worth.falls > 0
    assert history(bank, (), OUTCOME).well.is_empty()


def test_a_month_whose_later_ones_are_not_all_there_is_not_judged(bank: Path) -> None:
    days = published_days(bank)
    assert trial_days(bank, days[-1], OUTCOME, months_most=24) == tuple(days)
    assert trial_days(bank, days[-1], OUTCOME, months_most=1) == tuple(days[1:])
    assert trial_days(bank, days[1], OUTCOME, months_most=24) == ()
    assert list(history(bank, [days[0], *days[2:]], OUTCOME).days) == []


def test_todays_hits_are_what_the_night_would_raise(bank: Path, features, last_day: date) -> None:
    hits = hits_on(bank, last_day, RULE, features)
    rows = features(last_day).filter(pl.col("exposure_cents") > 20_000_000).collect()
    assert set(hits["debtor_no"]) == set(rows["debtor_no"])
    assert set(hits["level"].cast(pl.String)) == {"yellow", "red"}


def test_features_kept_are_those_reckoned(bank: Path, features, last_day: date, monkeypatch) -> None:
    monkeypatch.setattr(kept, "code_fingerprint", lambda: "a program that has kept nothing yet")
    folder = kept.features_folder(bank, last_day)
    first = kept.features_kept(bank, last_day).collect().sort("debtor_no")
    assert first.equals(features(last_day).collect())
    assert folder.is_dir()
    monkeypatch.setattr(kept, "features_of_shard", lambda *_asked: pytest.fail("reckoned twice"))
    assert kept.features_kept(bank, last_day).collect().height == first.height
    kept.features_make(bank, last_day)
