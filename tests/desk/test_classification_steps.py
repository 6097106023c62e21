"""Three people class a loan; who may not, is refused, and nothing is left behind."""

from datetime import timedelta
from uuid import uuid4

import pytest
from deciding import AGREE, approve, determine, item_waiting, more_items, person, propose, version_of, worse

from postloan.desk.approval.models import Case, CaseStep
from postloan.desk.classification.actions import opinion_give, opinion_return, plain_agree_all
from postloan.desk.classification.models import Batch, Item
from postloan.desk.classification.opinions import Opinion
from postloan.desk.classification.queries import plain_waiting
from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, Decision, Grant, Org, WorkItem
from postloan.errors import (
    IllegalMove,
    NotPermitted,
    OpinionTooGood,
    ReasonMissing,
    SamePerson,
    StaleView,
    UpgradeTooEarly,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loans_to_class(db: None) -> None:
    more_items()


def test_a_worse_tier_found_by_three_people_becomes_one_decision() -> None:
    item = item_waiting("propose", tier="pass")
    propose(item, worse("substandard"))
    determine(item, worse("substandard"))
    key = uuid4()
    approve(item, key)
    approve(item, key)
    decision = Decision.objects.get(pk=key)
    assert (decision.kind, decision.loan_id) == ("manual_tier", item.loan_id)
    assert decision.effective_on == business_day(None).on + timedelta(days=1)
    assert decision.terms == {
        "tier": "substandard", "reason": "现场核实：停产。", "proposed_by": "officer", "determined_by": "risk",
        "approved_by": "approver",
    }  # fmt: skip
    assert Decision.objects.count() == 1
    assert list(faults_of_chain()) == []


def test_agreeing_with_the_system_decides_nothing() -> None:
    item = item_waiting("propose")
    propose(item)
    determine(item)
    approve(item, uuid4())
    assert Case.objects.get(pk=item.case_id).state == "approved"
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("who", "opinion", "refusal"),
    [
        ("risk", AGREE, NotPermitted),  # May determine, and not propose.
        ("manager", AGREE, NotPermitted),
        ("officer", Opinion("worse", "loss", " "), ReasonMissing),  # Evidence is what makes it an opinion.
        ("officer", Opinion("worse", "pass", "还行"), OpinionTooGood),  # The floor is the floor.
        ("officer", Opinion("upgrade", "", "还行"), UpgradeTooEarly),  # It is not held at all.
    ],
)
def test_what_may_not_be_proposed(who: str, opinion: Opinion, refusal: type[Exception]) -> None:
    item = item_waiting("propose", tier="pass")
    before = AuditEntry.objects.count()
    with pytest.raises(refusal):
        propose(item, opinion, who=who)
    assert Case.objects.get(pk=item.case_id).at_step == 0
    assert AuditEntry.objects.count() == before


def test_an_upgrade_is_taken_from_its_day_on_and_not_before() -> None:
    on = business_day(None).on
    item = item_waiting("propose")
    Item.objects.filter(pk=item.pk).update(tier="substandard", is_held=True, may_upgrade_from_on=on + timedelta(days=1))
    with pytest.raises(UpgradeTooEarly):
        propose(item, Opinion("upgrade", "", "已连续正常还款。"))
    Item.objects.filter(pk=item.pk).update(may_upgrade_from_on=on)
    propose(item, Opinion("upgrade", "", "已连续正常还款。"))
    determine(item, Opinion("upgrade", "", "核实。"))
    key = uuid4()
    approve(item, key)
    assert Decision.objects.get(pk=key).kind == "upgrade"
    assert Decision.objects.get(pk=key).terms["ability"] == "核实。"


def test_nobody_takes_two_steps_of_a_loan() -> None:
    item = item_waiting("propose")
    propose(item)
    Grant.objects.create(
        officer=person("officer"), action="classification.determine", org=Org.objects.get(pk=item.org_id), role="x",
        begins_on="2021-01-01",
    )  # fmt: skip
    with pytest.raises(SamePerson):
        determine(item, who="officer")


def test_an_old_page_is_refused_and_the_last_step_only_agrees_or_returns() -> None:
    item = item_waiting("propose")
    seen = version_of(item)
    propose(item)
    with pytest.raises(StaleView):
        opinion_give(person("risk"), item.pk, AGREE, seen_version=seen, day=business_day(None))
    determine(item)
    with pytest.raises(IllegalMove):
        opinion_give(person("approver"), item.pk, AGREE, seen_version=version_of(item), day=business_day(None))


def test_a_loan_is_given_back_with_a_reason_and_comes_again() -> None:
    item = item_waiting("propose")
    propose(item)
    with pytest.raises(ReasonMissing):
        opinion_return(person("risk"), item.pk, seen_version=version_of(item), reason="", day=business_day(None))
    opinion_return(person("risk"), item.pk, seen_version=version_of(item), reason="缺流水", day=business_day(None))
    assert Case.objects.get(pk=item.case_id).waits_for == "classification.propose"
    propose(item, worse("loss"))
    determine(item, worse("loss"))
    approve(item, uuid4())
    assert Decision.objects.get().terms["tier"] == "loss"
    said = list(CaseStep.objects.filter(case=item.case_id).values_list("verdict", flat=True))
    assert said == ["agreed", "returned", "agreed", "agreed", "agreed"]


def test_all_that_is_unchanged_is_agreed_to_at_once_as_the_page_said() -> None:
    officer, day = person("officer"), business_day(None)
    batch = Batch.objects.get(org=officer.org)
    step = "classification.propose"
    waiting = list(plain_waiting(officer, batch, step))
    assert len(waiting) > 3
    cents = sum(item.outstanding_cents for item in waiting)
    with pytest.raises(StaleView):
        plain_agree_all(officer, batch.pk, step, seen_count=len(waiting) + 1, seen_cents=cents, day=day)
    before = AuditEntry.objects.count()
    done = plain_agree_all(officer, batch.pk, step, seen_count=len(waiting), seen_cents=cents, day=day)
    assert done == len(waiting)
    assert AuditEntry.objects.count() == before + 1
    assert not plain_waiting(officer, batch, step).exists()
    assert plain_waiting(person("risk"), batch, "classification.determine").count() >= len(waiting)
    with pytest.raises(StaleView):
        plain_agree_all(officer, batch.pk, step, seen_count=len(waiting), seen_cents=cents, day=day)


def test_what_is_beyond_the_officer_s_limit_is_not_among_what_is_agreed_to_at_once() -> None:
    officer = person("officer")
    batch, step = Batch.objects.get(org=officer.org), "classification.propose"
    amounts = sorted(plain_waiting(officer, batch, step).values_list("outstanding_cents", flat=True))
    Grant.objects.filter(officer=officer, action=step).update(limit_cents=amounts[1])
    assert sorted(plain_waiting(officer, batch, step).values_list("outstanding_cents", flat=True)) == amounts[:2]
    with pytest.raises(NotPermitted):
        propose(Item.objects.filter(batch=batch, outstanding_cents=amounts[-1])[0])


def test_work_is_there_for_whoever_a_batch_waits_for_and_goes_when_it_is_done() -> None:
    officer = person("officer")
    batch = Batch.objects.get(org=officer.org)
    work = WorkItem.objects.filter(subject=f"batch:{batch.pk}:{officer.pk}", state="open")
    assert work.get().kind == "classification_propose"
    propose(item_waiting("propose"))
    determine(item_waiting("determine"))
    propose(item_waiting("propose"))
    for username, kind in (("risk", "classification_determine"), ("approver", "classification_approve")):
        subject = f"batch:{batch.pk}:{person(username).pk}"
        assert WorkItem.objects.filter(kind=kind, subject=subject, state="open").count() == 1
    for item in Item.objects.filter(batch=batch, officer=officer, case__waits_for="classification.propose"):
        propose(item)
    assert not work.exists()


def test_a_batch_closes_when_everything_of_it_is_settled() -> None:
    officer, day = person("officer"), business_day(None)
    batch = Batch.objects.get(org=officer.org)
    keep = item_waiting("propose")
    Item.objects.filter(batch=batch).exclude(pk=keep.pk).update(is_plain=True)
    others = Case.objects.filter(classified__batch=batch).exclude(pk=keep.case_id)
    others.update(state="approved", waits_for="")
    Case.objects.filter(sheet__batch=batch).update(state="approved", waits_for="")
    propose(keep)
    determine(keep)
    assert Batch.objects.get(pk=batch.pk).state == "open"
    approve(keep, uuid4())
    assert Batch.objects.get(pk=batch.pk).state == "closed"
    assert not WorkItem.objects.filter(subject__startswith=f"batch:{batch.pk}:", state="open").exists()
    assert day.on == batch.on
