"""The warning model in the night: by the card that the rule names, beside the rules, and the worse level counts."""

import json
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from a_book import ON, loaded_home

from postloan.errors import RuleFileWrong
from postloan.models.card import Card, ScorecardPart, card_file
from postloan.models.fitting import Asked, fit_card
from postloan.models.foresight import FEATURES, READ, label_of, plain, standing, well
from postloan.models.scorecard_sql import as_sql
from postloan.models.scoring import score_table
from postloan.night.run import run_night
from postloan.plan.warnings import features_of_day
from postloan.rules.model_rules import load_model_rules
from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.snapshot.read import read_debtors, read_loans, read_manifest, scan_loans, scan_warnings
from postloan.tables.published import PUBLISHED
from postloan.tables.warnings import LEVELS

SIGNAL, DAYS = "WM-PD-01", 30
LABEL = label_of(DAYS, 6)
RULE = """\
rule: warning_model
says: Debtors are warned of by the card that the committee approved.
versions:
  - from: 2021-01-01
  - from: {begins}
    model:
      id: WM-PD-01
      zh: "模型预警"
      en: "Model"
      file: warning.json
      sha256: "{sha256}"
      levels: [{{level: yellow, pd_from: {yellow}}}, {{level: red, pd_from: {red}}}]
      clears: {{zh: "概率降低", en: "The probability falls"}}
      cite: {{text: postloan-settings, at: "model 1", confirmed_on: null}}
"""


def scores_of(home: Path) -> pl.DataFrame:
    files = sorted((home / "snapshots" / read_manifest(home, ON)["run_id"] / "warning_score").glob("*.parquet"))
    return pl.concat(pl.read_parquet(file) for file in files).sort("debtor_no")


def rows_of(home: Path) -> pl.DataFrame:
    """The debtors that are well, as a fit would see them."""
    return plain(well(features_of_day(home, ON), scan_loans(home, ON).select(READ), DAYS), ON)


def card_of(home: Path, label: str = LABEL) -> Card:
    """A card fitted on the book's own day: who was late now and then and owes much goes bad, and some others."""
    table = rows_of(home)
    bad = (pl.col("late_months") > 0) & (pl.col("exposure_cents") % 3 > 0) | (pl.col("exposure_cents") % 5 == 0)
    rules = load_model_rules(None)
    asked = Asked("scorecard", label, "warning", id="debtor_id", time="on",
                  features=("late_months", "days_to_maturity", "legal_form", "exposure_cents"))  # fmt: skip
    labelled = table.with_columns(bad.fill_null(value=False).cast(pl.Int8).alias(label))
    return fit_card(labelled, "0" * 64, asked, rules.fitting(ON), rules.monitoring(ON))


def approved(card: Card, *, since: date = ON) -> Card:
    return card.approved(approver="M. Li", on=since, effective_from=since)


def laid(home: Path, card: Card, *, yellow: str, red: str, sha256: str | None = None, begins: date = ON) -> None:
    folder = home / "rulebook" / "bank"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "warning.json").write_bytes(card_file(card))
    rule = RULE.format(begins=begins, sha256=sha256 or card.sha256, yellow=yellow, red=red)
    (folder / "warning_model.yaml").write_text(rule, "utf-8")


@pytest.fixture(scope="module")
def warned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Card, pl.DataFrame, pl.DataFrame]:
    """A home whose rule names a card and its night; the card, and what the night before it named one said."""
    home = loaded_home(tmp_path_factory.mktemp("warned"), shards=2, debtors=400)
    run_night(home, ON)
    assert scores_of(home).is_empty()
    plain_signals, plain_debtors = scan_warnings(home, ON).collect(), read_debtors(home, ON)
    card = approved(card_of(home))
    told = score_table(card, rows_of(home), id_column="debtor_id")["pd"].unique().sort()
    laid(home, card, yellow=f"{(told[0] + told[1]) / 2:.4f}", red=f"{(told[-2] + told[-1]) / 2:.4f}")
    run_night(home, ON)
    return home, card, plain_signals, plain_debtors


def test_who_is_well_is_scored_by_the_card_and_nobody_else(warned) -> None:
    home, card, _signals, _debtors = warned
    expected = score_table(card, rows_of(home), id_column="debtor_id").sort("debtor_id")
    found = scores_of(home).sort("debtor_id")
    assert found["debtor_id"].to_list() == expected["debtor_id"].to_list()
    assert found["pd_ratio"].to_list() == expected["pd"].to_list()
    assert expected["pd"].n_unique() > 3
    on_book = standing(scan_loans(home, ON).select(READ), DAYS)
    assert found.height == on_book.filter(~pl.col("is_bad")).height < on_book.height
    for row, told in zip(found.iter_rows(named=True), expected.iter_rows(named=True), strict=True):
        reasons = json.loads(row["reasons"])
        said = [(told[f"reason_{k}"], told[f"bin_{k}"], told[f"lost_{k}"]) for k in range(1, len(reasons) + 1)]
        assert [(each["feature"], each["bin"], each["lost"]) for each in reasons] == said
        assert told.get(f"reason_{len(reasons) + 1}") is None


def test_sql_written_from_the_card_finds_the_same_probability(warned) -> None:
    home, card, _signals, _debtors = warned
    part = card.parameters
    assert isinstance(part, ScorecardPart)
    rows = rows_of(home).select("debtor_id", *card.features)
    base = sqlite3.connect(":memory:")
    names = ", ".join(f'"{name}"' for name in rows.columns)
    base.execute(f"CREATE TABLE loans ({names})")
    marks = ", ".join("?" for _ in rows.columns)
    base.executemany(f"INSERT INTO loans VALUES ({marks})", rows.rows())  # noqa: S608 - question marks only
    statement = as_sql(part, card.calibration, table="loans", keys=["debtor_id"])
    found = {row[0]: row[-1] for row in base.execute(statement)}
    published = dict(scores_of(home).select("debtor_id", "pd_ratio").iter_rows())
    assert found.keys() == published.keys()
    assert all(abs(found[key] - published[key]) < 1e-12 for key in found)


def test_the_level_of_a_debtor_is_the_worse_of_rules_and_model(warned) -> None:
    home, _card, plain_signals, plain_debtors = warned
    signals = scan_warnings(home, ON).collect().sort("debtor_no", "signal", "loan_id")
    by_rules = signals.filter(pl.col("signal") != SIGNAL)
    assert by_rules.equals(plain_signals.sort("debtor_no", "signal", "loan_id"))
    by_model = signals.filter(pl.col("signal") == SIGNAL)
    scores = scores_of(home)
    reached = scores.drop_nulls("level")
    assert by_model.select("debtor_no", "level").equals(reached.select("debtor_no", "level"))
    assert 0 < reached.filter(pl.col("level") == "red").height < reached.height < scores.height
    first = json.loads(by_model["evidence"][0])
    assert first == {"pd_ratio": reached["pd_ratio"][0], "reasons": json.loads(reached["reasons"][0])}
    place = {level: at for at, level in enumerate(LEVELS)}
    model = dict(reached.select("debtor_no", "level").iter_rows())
    rules = {row["debtor_no"]: row for row in plain_debtors.iter_rows(named=True)}
    raised = 0
    for row in read_debtors(home, ON).iter_rows(named=True):
        before, own = rules[row["debtor_no"]], model.get(row["debtor_no"])
        levels = [each for each in (before["warning_level"], own) if each]
        assert row["warning_level"] == (max(levels, key=place.__getitem__) if levels else None)
        assert row["warning_count"] == before["warning_count"] + (own is not None)
        raised += row["warning_level"] != before["warning_level"]
    assert raised, "the model is worse than the rules of somebody"


def test_nothing_else_rests_on_the_model(warned) -> None:
    home, _card, _signals, plain_debtors = warned
    untouched = [name for name in plain_debtors.columns if not name.startswith("warning_")]
    assert read_debtors(home, ON).select(untouched).equals(plain_debtors.select(untouched))
    assert "warning_score" in PUBLISHED


def test_the_same_pins_give_the_same_bytes(warned) -> None:
    home, _card, _signals, _debtors = warned
    before = read_manifest(home, ON)
    (home / "snapshots" / f"{ON}.json").unlink()
    run_night(home, ON)
    after = read_manifest(home, ON)
    assert after["run_id"] == before["run_id"]
    assert after["files"] == before["files"]


def test_a_card_counts_from_its_version_and_stops_the_night_where_it_cannot_score(warned) -> None:
    home, card, _signals, _debtors = warned
    loans = read_loans(home, ON, ["loan_no"])
    for spoiled, why in (
        (card.model_copy(update={"approval": None}), "not approved"),
        (approved(card, since=ON + timedelta(days=1)), "not approved"),
        (approved(card.model_copy(update={"calibration": None, "approval": None})), "calibration"),
        (approved(card.model_copy(update={"features": ("shoe_size",), "approval": None})), "know shoe_size"),
        (approved(card_of(home, "gone_bad")), "its label gone_bad"),
    ):
        laid(home, spoiled, yellow="0.1", red="0.2")
        with pytest.raises(RuleFileWrong, match=why) as refused:
            run_night(home, ON)
        assert refused.value.where == {"file": "warning.json", "rule": "warning_model"}
    laid(home, card, yellow="0.1", red="0.2", sha256="0" * 64)
    with pytest.raises(RuleFileWrong, match="hash"):
        run_night(home, ON)
    assert read_loans(home, ON, ["loan_no"]).equals(loans), "what was published stands"
    laid(home, card, yellow="0.1", red="0.2", begins=ON + timedelta(days=1))
    run_night(home, ON)
    assert scores_of(home).is_empty()
    for wrong in ({"yellow": "0.2", "red": "0.1"}, {"yellow": "0.2", "red": "0.2"}):
        laid(home, card, **wrong)
        with pytest.raises(RuleFileWrong):
            load_rulebook(home)


def test_the_shipped_rule_names_no_card_and_days_are_no_characteristics() -> None:
    assert policy_on(load_rulebook(None), ON).warning_model is None
    assert "statement_on" not in FEATURES
