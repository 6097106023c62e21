"""A decision is taken back by two people with a reason, and the night is told of it, whether it had left or not."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from deciding import approve, determine, item_waiting, more_items, person, propose, worse

from postloan.desk.approval.models import Case
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.decisions.actions import decisions_hand_over
from postloan.desk.core.models import AuditEntry, Decision, Grant, WorkItem
from postloan.desk.withdrawal.actions import withdrawal_decide, withdrawal_propose
from postloan.desk.withdrawal.models import Withdrawal
from postloan.errors import IllegalMove, NotFoundHere, NotPermitted, ReasonMissing, SamePerson, StaleView
from postloan.night.run import run_nights
from postloan.site.serving import adopt, hand_over
from postloan.snapshot.read import published_days, read_loans

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision(db: None) -> Decision:
    """What three people found of a loan, waiting for the night."""
    more_items()
    item = item_waiting("propose", tier="pass")
    for step in (propose, determine):
        step(item, worse("doubtful"))
    key = uuid4()
    approve(item, key)
    return Decision.objects.get(pk=key)


@pytest.fixture
def home(bank: Path, tmp_path: Path, settings: object) -> Path:
    mine = tmp_path / "home"
    shutil.copytree(bank, mine)
    settings.POSTLOAN_HOME = str(mine)  # type: ignore[attr-defined]
    return mine


def proposed(
    decision: Decision, *, who: str = "risk", key: UUID | None = None, reason: str = "依据有误", day: object = None
) -> Withdrawal:
    return withdrawal_propose(
        person(who), decision.pk, withdrawal_id=key or uuid4(), reason=reason, day=day or business_day(None)
    )  # type: ignore[arg-type]


def decided(withdrawal: Withdrawal, verdict: str = "agree", *, who: str = "approver", seen: int | None = None,
            reason: str = "") -> Withdrawal:  # fmt: skip
    version = seen or Case.objects.get(pk=withdrawal.case_id).version
    return withdrawal_decide(
        person(who), withdrawal.pk, verdict, seen_version=version, reason=reason, day=business_day(None)
    )


def test_two_people_take_a_decision_back_before_it_leaves(home: Path, decision: Decision, last_day: date) -> None:
    assert decision.org_id == person("officer").org_id
    withdrawal = proposed(decision)
    case = withdrawal.case
    assert WorkItem.objects.filter(
        kind="approval_due", subject=f"case:{case.pk}:{person('approver').pk}", state="open"
    ).exists()
    assert not Decision.objects.exclude(withdraws=None).exists()
    decided(withdrawal)
    told = Decision.objects.get(withdraws=decision)
    assert (told.pk, told.effective_on, told.org_id) == (withdrawal.pk, decision.effective_on, decision.org_id)
    assert not WorkItem.objects.filter(kind="approval_due", subject__startswith=f"case:{case.pk}:", state="open")
    said = AuditEntry.objects.filter(subject=f"approval.case:{case.pk}").values_list("action", "officer")
    assert set(said) == {("decision.withdraw", "risk"), ("decision.withdraw_approve", "approver")}
    lines = (decisions_hand_over(last_day + timedelta(days=1)).folder / "decision.csv").read_text().splitlines()  # type: ignore[operator]
    assert len(lines) == 2
    assert lines[1].startswith(str(decision.pk))
    assert lines[1].endswith("true")


def test_what_a_night_applied_the_next_one_takes_back(home: Path, decision: Decision, last_day: date) -> None:
    first, second = (last_day + timedelta(days=days) for days in (1, 2))
    tiers = {}
    before = read_loans(home, last_day, ["loan_id", "tier"])
    assert hand_over(home, first)["accepted"] == 1
    list(run_nights(home, [first]))
    adopt(home, first)
    decided(proposed(decision))
    assert hand_over(home, second)["accepted"] == 1
    list(run_nights(home, [second]))
    for on in (first, second):
        rows = dict(read_loans(home, on, ["loan_id", "tier"]).iter_rows())
        tiers[on] = rows[decision.loan_id]
    assert tiers == {first: "doubtful", second: dict(before.iter_rows())[decision.loan_id]}


@pytest.mark.parametrize(
    ("who", "given", "refusal"),
    [
        ("risk", {}, None),
        ("officer", {}, NotPermitted),  # may read decisions and not take them back
        ("approver", {}, NotPermitted),  # agrees to withdrawals and proposes none
        ("risk", {"reason": " "}, ReasonMissing),
    ],
)
def test_who_may_propose(decision: Decision, who: str, given: dict[str, str], refusal: type | None) -> None:
    if refusal is None:
        assert proposed(decision, who=who, **given).state == "proposed"  # type: ignore[arg-type]
        return
    with pytest.raises(refusal):
        proposed(decision, who=who, **given)  # type: ignore[arg-type]
    assert not Withdrawal.objects.exists()
    assert not AuditEntry.objects.filter(action="decision.withdraw").exists()


@pytest.mark.parametrize(
    ("who", "given", "refusal"),
    [
        ("approver", {}, None),
        ("officer", {}, NotPermitted),
        ("risk", {}, SamePerson),  # proposed it, and was granted the second step too
        ("approver", {"seen": 99}, StaleView),
        ("approver", {"verdict": "refuse"}, ReasonMissing),
    ],
)
def test_who_may_agree(decision: Decision, who: str, given: dict[str, object], refusal: type | None) -> None:
    withdrawal, risk = proposed(decision), person("risk")
    assert risk.org
    Grant.objects.create(
        officer=risk, action="decision.withdraw_approve", org=risk.org, role="x", begins_on="2021-01-01"
    )
    if refusal is None:
        assert decided(withdrawal, who=who).state == "withdrawn"
        return
    with pytest.raises(refusal):
        decided(withdrawal, who=who, **given)  # type: ignore[arg-type]
    withdrawal.refresh_from_db()
    assert withdrawal.state == "proposed"
    assert not Decision.objects.exclude(withdraws=None).exists()


def test_what_was_turned_down_may_be_proposed_again_and_nothing_twice(decision: Decision) -> None:
    key = uuid4()
    withdrawal = proposed(decision, key=key)
    assert proposed(decision, key=key).pk == withdrawal.pk
    with pytest.raises(IllegalMove):
        proposed(decision)
    assert decided(withdrawal, "refuse", reason="依据充分").state == "refused"
    again = decided(proposed(decision))
    assert again.state == "withdrawn"
    with pytest.raises(IllegalMove):
        proposed(decision)
    with pytest.raises(IllegalMove):
        proposed(Decision.objects.get(withdraws=decision))
    assert Decision.objects.filter(withdraws=decision).count() == 1


def test_what_ended_came_back_or_is_nowhere_is_not_taken_back(decision: Decision, last_day: date) -> None:
    with pytest.raises(NotFoundHere):
        proposed(Decision(pk=uuid4()))
    past = published_days(business_day(None).home)[-2]
    now = business_day(None)
    with pytest.raises(IllegalMove):
        proposed(decision, day=BusinessDay(now.home, past, now.run_id, now.latest_on))
    Decision.objects.filter(pk=decision.pk).update(ends_on=last_day - timedelta(days=1))
    with pytest.raises(IllegalMove):
        proposed(decision)
    Decision.objects.filter(pk=decision.pk).update(ends_on=None)
    officer = person("approver")
    assert officer.org
    WorkItem.objects.create(
        kind="decision_refused", subject=f"decision:{decision.pk}", title="", page="/", org=officer.org, state="open",
        due_on=last_day, opened_on=last_day,
    )  # fmt: skip
    with pytest.raises(IllegalMove):
        proposed(decision)


def test_pages_of_decisions(logged_in, decision: Decision) -> None:
    address = f"/decisions/{decision.pk}/"
    for username in ("officer", "risk", "approver", "auditor"):
        assert decision.loan_id in logged_in(username).get("/decisions/").content.decode()
        page = logged_in(username).get(address)
        assert page.status_code == 200
        assert ("提交审批" in page.content.decode()) == (username == "risk")
    assert logged_in("inspector").get("/decisions/").status_code == 403
    sent = {"withdrawal_id": str(uuid4()), "reason": "依据有误"}
    for _twice in range(2):
        assert logged_in("risk").post(address + "withdraw", sent).status_code == 302
    assert "待批撤回" in logged_in("officer").get("/decisions/?tab=withdrawing").content.decode()
    case = Case.objects.get(kind="withdrawal")
    agreed = {"withdrawal_id": sent["withdrawal_id"], "version": str(case.version), "verdict": "agree"}
    assert logged_in("officer").post(address + "decide", agreed).status_code == 403
    assert logged_in("approver").post(address + "decide", agreed).status_code == 302
    assert "已撤回" in logged_in("officer").get("/decisions/?tab=withdrawn").content.decode()
    found = [Decision.objects.filter(withdraws=None).count(), Decision.objects.exclude(withdraws=None).count()]
    assert found == [1, 1]


def test_a_decision_that_came_back_is_shown_as_refused(logged_in, decision: Decision, last_day: date) -> None:
    officer = person("approver")
    assert officer.org
    WorkItem.objects.create(
        kind="decision_refused", subject=f"decision:{decision.pk}", title="", page="/", org=officer.org, state="open",
        due_on=last_day, opened_on=last_day,
    )  # fmt: skip
    page = logged_in("risk").get(f"/decisions/{decision.pk}/").content.decode()
    assert "被退回" in page
    assert "提交审批" not in page


def test_of_two_who_propose_at_once_the_database_lets_one_in(
    decision: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    from postloan.desk.withdrawal import actions  # noqa: PLC0415

    proposed(decision)
    monkeypatch.setattr(actions, "_check_holds", lambda *_: None)  # read before the other's was there
    with pytest.raises(StaleView):
        proposed(decision)
    assert Withdrawal.objects.count() == 1
