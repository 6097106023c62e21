"""The behavioural score in the night: by the card that the rule names, and only by that one."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from a_book import ON

from postloan.errors import CardChanged, PostloanError, RuleFileWrong
from postloan.models.behaviour import LOAN, READ, behaviour
from postloan.models.card import Card, card_file
from postloan.models.fitting import Asked, fit_card
from postloan.models.scoring import score_table
from postloan.night.run import Published, run_night
from postloan.rules.model_rules import load_model_rules
from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.snapshot.read import read_loans, scan_loans

SCORES = ["behaviour_score", "behaviour_pd_ratio"]
RULE = """\
rule: behaviour_score
says: Loans are scored by the card that the committee approved.
versions:
  - from: 2021-01-01
  - from: {begins}
    scorecard:
      {{file: behaviour.json, sha256: "{sha256}", cite: {{text: postloan-settings, at: "score 1", confirmed_on: null}}}}
"""


def card_of(home: Path) -> Card:
    """A card fitted on the book's own day: what is late, and long on the book, is bad."""
    table = behaviour(scan_loans(home, ON).select(READ), ON)
    bad = ((pl.col("late_months_in_12") > 0) & (pl.col("months_on_book") % 3 > 0)) | (pl.col("months_on_book") % 7 == 0)
    rules = load_model_rules(None)
    asked = Asked("scorecard", "bad", "behaviour", id=LOAN, time="on")
    return fit_card(table.with_columns(bad=bad.cast(pl.Int8)), "0" * 64, asked, rules.fitting(ON), rules.monitoring(ON))


def approved(card: Card, *, since: date = ON) -> Card:
    return card.approved(approver="M. Li", on=since, effective_from=since)


def laid(home: Path, card: Card, *, sha256: str | None = None, begins: date = ON) -> None:
    """Lay a card and its rule into the bank's own rulebook."""
    folder = home / "rulebook" / "bank"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "behaviour.json").write_bytes(card_file(card))
    (folder / "behaviour_score.yaml").write_text(RULE.format(begins=begins, sha256=sha256 or card.sha256), "utf-8")


@pytest.fixture
def scored(home: Path) -> tuple[Path, Card, Published]:
    """A home whose rule names a card, its night before it did, and the card."""
    before = run_night(home, ON)
    card = approved(card_of(home))
    laid(home, card)
    return home, card, before


def test_without_a_card_nothing_is_scored_and_with_it_all_that_perform_are(scored) -> None:
    home, card, before = scored
    plain = read_loans(home, ON)
    assert plain.select(pl.col(SCORES).null_count()).row(0) == (plain.height, plain.height)
    night = run_night(home, ON)
    assert night.run_id != before.run_id
    loans = read_loans(home, ON)
    assert loans.drop(SCORES).equals(plain.drop(SCORES))
    asked = behaviour(scan_loans(home, ON).select(READ), ON)
    expected = score_table(card, asked, id_column=LOAN)
    found = loans.filter(pl.col("behaviour_score").is_not_null()).sort(LOAN)
    assert 0 < found.height < loans.height
    assert found[LOAN].to_list() == expected[LOAN].to_list()
    assert found["behaviour_score"].to_list() == expected["score"].to_list()
    assert found["behaviour_pd_ratio"].to_list() == expected["pd"].to_list()
    assert expected["score"].n_unique() > 3
    # The night is pinned to the card: another card under the same name is another run.
    laid(home, approved(card.model_copy(update={"version": 2})))
    assert run_night(home, ON).run_id not in {night.run_id, before.run_id}


def test_a_card_counts_from_the_day_of_its_version(scored) -> None:
    home, card, _before = scored
    laid(home, card, begins=ON + timedelta(days=1))
    run_night(home, ON)
    assert read_loans(home, ON)["behaviour_score"].null_count() == read_loans(home, ON).height


@pytest.mark.parametrize(
    ("spoil", "refusal", "why"),
    [
        (lambda card: card.model_copy(update={"approval": None}), RuleFileWrong, "not approved"),
        (lambda card: approved(card, since=ON + timedelta(days=1)), RuleFileWrong, "not approved"),
        (lambda card: card.model_copy(update={"calibration": None, "approval": None}), RuleFileWrong, "calibration"),
        (lambda card: card.model_copy(update={"features": ("size",), "approval": None}), RuleFileWrong, "know size"),
    ],
)  # fmt: skip
def test_a_card_that_cannot_score_stops_the_night(scored, spoil, refusal, why) -> None:
    home, card, _before = scored
    laid(home, spoil(card))
    with pytest.raises(refusal, match=why) as refused:
        run_night(home, ON)
    assert refused.value.where == {"file": "behaviour.json", "rule": "behaviour_score"}
    assert read_loans(home, ON)["behaviour_score"].null_count() == read_loans(home, ON).height


def test_a_card_that_is_gone_edited_or_of_another_hash_stops_the_night(scored) -> None:
    home, card, _before = scored
    laid(home, card, sha256="0" * 64)
    with pytest.raises(RuleFileWrong, match="hash"):
        run_night(home, ON)
    laid(home, card)
    file = home / "rulebook" / "bank" / "behaviour.json"
    file.write_bytes(file.read_bytes().replace(b'"version": 1', b'"version": 3', 1))
    with pytest.raises(PostloanError) as refused:
        run_night(home, ON)
    assert isinstance(refused.value, CardChanged)
    file.unlink()
    with pytest.raises(RuleFileWrong, match=r"behaviour\.json"):
        load_rulebook(home)


def test_the_shipped_rule_names_no_card() -> None:
    assert policy_on(load_rulebook(None), ON).scorecard is None
