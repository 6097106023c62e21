"""Door 2: what the desk decides reaches the next night once, whatever happens; what is refused comes back."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from deciding import approve, determine, item_waiting, more_items, person, propose, worse

from postloan.desk.core.actions import decide
from postloan.desk.core.decisions import actions
from postloan.desk.core.decisions.actions import decisions_hand_over
from postloan.desk.core.models import AuditEntry, Decision, WorkItem
from postloan.errors import HandOverLate
from postloan.night.run import run_nights
from postloan.site.serving import hand_over
from postloan.snapshot.read import read_loans

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(bank: Path, tmp_path: Path, settings: object, db: None) -> Path:
    """A copy of the bank that a test may write to."""
    mine = tmp_path / "home"
    shutil.copytree(bank, mine)
    settings.POSTLOAN_HOME = str(mine)  # type: ignore[attr-defined]
    return mine


@pytest.fixture
def next_day(last_day: date) -> date:
    return last_day + timedelta(days=1)


def decided(loan_id: str, on: date, *, key: UUID | None = None, **terms: str) -> Decision:
    said = {"tier": "substandard", "reason": "停产", "proposed_by": "a", "determined_by": "b", "approved_by": "c"}
    return decide(
        decision_id=key or uuid4(), kind="manual_tier", loan_id=loan_id, debtor_id="", effective_on=on,
        terms=said | terms, officer=person("approver"),
    )  # fmt: skip


def test_from_an_opinion_to_the_published_tier_and_its_clause(home: Path, next_day: date) -> None:
    more_items()
    item = item_waiting("propose", tier="pass")
    for step in (propose, determine):
        step(item, worse("doubtful"))
    approve(item, uuid4())
    told = hand_over(home, next_day)
    assert (told["count"], told["accepted"], told["refused"]) == (1, 1, 0)
    list(run_nights(home, [next_day]))
    loans = read_loans(home, next_day, ["loan_id", "tier", "manual_tier", "tier_cite", "manual_floor_cite"])
    row = next(each for each in loans.to_dicts() if each["loan_id"] == item.loan_id)
    assert (row["tier"], row["manual_tier"]) == ("doubtful", "doubtful")
    assert row["tier_cite"] == row["manual_floor_cite"] != ""


def test_a_day_is_handed_over_once_with_the_same_bytes(home: Path, next_day: date, loans: object) -> None:
    first, second, third = loans["loan_id"][:3]  # type: ignore[index]
    decided(first, next_day)
    decided(second, next_day + timedelta(days=5))
    handed = decisions_hand_over(next_day)
    assert (handed.count, handed.waiting) == (1, 0)
    files = {path.name: path.read_bytes() for path in handed.folder.iterdir()}  # type: ignore[union-attr]
    assert set(files) == {"feed.yaml", "decision.csv"}
    decided(third, next_day)
    again = decisions_hand_over(next_day)
    assert (again.count, again.waiting, again.is_repeated) == (1, 1, True)
    assert {path.name: path.read_bytes() for path in again.folder.iterdir()} == files  # type: ignore[union-attr]
    assert decisions_hand_over(next_day + timedelta(days=1)).count == 1
    assert Decision.objects.filter(feed_day=None).count() == 1
    assert AuditEntry.objects.filter(action="decisions.handed_over").count() == 2
    with pytest.raises(HandOverLate):
        decisions_hand_over(next_day)


def test_killed_before_the_file_it_ends_in_the_same(
    home: Path, next_day: date, loans: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    for loan_id in loans["loan_id"][:3]:  # type: ignore[index]
        decided(loan_id, next_day)

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(actions, "write_delivery", power_cut)
        with pytest.raises(KeyboardInterrupt):
            decisions_hand_over(next_day)
    decided(loans["loan_id"][4], next_day)  # type: ignore[index]
    told = hand_over(home, next_day)
    assert (told["count"], told["waiting"], told["accepted"]) == (3, 1, 3)
    assert hand_over(home, next_day)["accepted"] == 3


def test_a_decision_that_was_withdrawn_before_it_left_is_told_as_withdrawn(
    home: Path, next_day: date, loans: object
) -> None:
    made = decided(loans["loan_id"][0], next_day)  # type: ignore[index]
    withdrawal = decided(made.loan_id, next_day)
    Decision.objects.filter(pk=withdrawal.pk).update(withdraws=made)
    lines = (decisions_hand_over(next_day).folder / "decision.csv").read_text().splitlines()  # type: ignore[operator]
    assert len(lines) == 2
    assert lines[1].startswith(str(made.pk))
    assert lines[1].endswith("true")


def test_what_intake_refuses_comes_back_to_whoever_decided_it(home: Path, next_day: date, loans: object) -> None:
    good = decided(loans["loan_id"][0], next_day)  # type: ignore[index]
    bad = decided(loans["loan_id"][1], next_day, approved_by="a")  # type: ignore[index]
    told = hand_over(home, next_day)
    assert (told["accepted"], told["refused"]) == (1, 1)
    work = WorkItem.objects.get(kind="decision_refused")
    assert (work.subject, work.officer, work.state) == (f"decision:{bad.pk}", person("approver"), "open")
    assert work.told
    assert str(good.pk) not in work.subject
    hand_over(home, next_day)
    assert WorkItem.objects.filter(kind="decision_refused").count() == 1
