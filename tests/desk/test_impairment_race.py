"""Two people at the same instant: of two reviewers, signers, proposers or approvers one wins, and nothing is twice."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from deciding import person
from django.db import connections
from impairing import decided, desk_of, loan_in, plan_for, proposed, risk_of_the_bank

from postloan.desk.approval.models import Case
from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Decision, Grant
from postloan.desk.core.officers.queries import head_office
from postloan.desk.impairment.actions import plan_propose
from postloan.desk.impairment.models import Proposal, RunSign
from postloan.desk.impairment.run import run_figures
from postloan.desk.impairment.signing.actions import run_review, run_sign
from postloan.errors import FormWrong, PostloanError, StaleView
from postloan.plan.recovery import plan_worth
from postloan.snapshot.read import published_run

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do some things at the same instant: what came of each, 'won' or the class of its refusal."""
    gate, outcomes = threading.Barrier(len(deeds)), []

    def run(deed: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=20)
            deed()
            outcomes.append("won")
        except PostloanError as refusal:
            outcomes.append(type(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    return sorted(outcomes, key=str)


def also(username: str, *actions: str) -> None:
    for action in actions:
        Grant.objects.create(
            officer=person(username), action=action, org=head_office(), role="x", begins_on="2021-01-01"
        )


def test_of_two_reviewers_and_of_two_signers_one_wins() -> None:
    day = business_day(None)
    run = run_figures(desk_of(), day.on, published_run(day.home, day.on) or "")
    also("supervisor", "impairment.review", "impairment.sign")
    reviewers = [person("approver"), person("supervisor")]
    reviews = [lambda who=who: run_review(who, run, seen_version=0, note="已核对") for who in reviewers]
    assert at_once(*reviews) == sorted(["won", StaleView], key=str)
    sign = RunSign.objects.get()
    also("auditor", "impairment.sign")
    signers = [person("manager"), person("auditor")]
    signings = [lambda who=who: run_sign(who, run, seen_version=sign.version, note="同意") for who in signers]
    assert at_once(*signings) == sorted(["won", StaleView], key=str)
    assert RunSign.objects.get().state == "signed"
    same = lambda: run_sign(RunSign.objects.get().signed_by, run, seen_version=sign.version, note="同意")  # noqa: E731
    assert at_once(same, same) == ["won", "won"]
    assert list(faults_of_chain()) == []


def test_of_two_proposals_of_one_loan_one_wins_and_a_double_click_is_one() -> None:
    risk_of_the_bank()
    also("approver", "impairment.propose")
    loan, day = loan_in("stage_3"), business_day(None)
    plan = plan_for(loan)
    assert plan.terms
    worth = plan_worth(day.home, loan["loan_id"], plan.terms, day.on)
    people = [person("risk"), person("approver")]
    deeds = [lambda who=who: plan_propose(who, loan, plan, worth, proposal_id=uuid4(), day=day) for who in people]
    assert at_once(*deeds) == sorted(["won", FormWrong], key=str)
    other, key = loan_in("stage_3", 1), uuid4()
    again = lambda: plan_propose(person("risk"), other, plan, worth, proposal_id=key, day=day)  # noqa: E731
    assert at_once(again, again) == ["won", "won"]
    assert Proposal.objects.filter(loan_id__in=[loan["loan_id"], other["loan_id"]]).count() == 2


def test_of_two_approvers_one_wins() -> None:
    risk_of_the_bank()
    made = proposed(loan_in("stage_3", most_cents=5_000_000_00))
    seen = Case.objects.get(pk=made.case_id).version
    assert at_once(lambda: decided(made, "approver", seen=seen), lambda: decided(made, "manager", seen=seen)) == sorted(
        ["won", StaleView], key=str
    )
    assert Decision.objects.filter(kind="recovery_plan").count() == 1
    assert list(faults_of_chain()) == []
