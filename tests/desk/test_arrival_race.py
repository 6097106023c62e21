"""Two posts at the same instant: an event is kept once, a case opened once, a freeze proposed once."""

from uuid import uuid4

import pytest
from arriving import Source, event, free_debtors, source
from deciding import person
from test_impairment_race import also, at_once
from zeal import zeal_ignore

from postloan.desk.arrival.models import ArrivedEvent, Match
from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.days import business_day
from postloan.desk.lending.actions import freeze_propose
from postloan.desk.lending.models import Freeze
from postloan.desk.warning.models import CaseEntry, WarningCase
from postloan.errors import FormWrong

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_event_twice_at_once_is_one() -> None:
    court, debtor = Source(source()), str(free_debtors()["debtor_id"][0])
    answers: list[str] = []

    def post() -> None:
        # Whoever comes second looks for the event twice: before it is there, and after.
        with zeal_ignore():
            answer = court.post(event(debtor))
        assert answer.status_code == 200, answer.content
        answers.append(answer.json()["events"][0]["became"])

    assert at_once(post, post, post) == ["won"] * 3
    assert sorted(answers) == ["accepted", "repeated", "repeated"]
    assert (ArrivedEvent.objects.count(), Match.objects.count()) == (1, 1)
    assert WarningCase.objects.filter(debtor_id=debtor).count() == 1
    assert CaseEntry.objects.filter(case__debtor_id=debtor, step="opened").count() == 1
    assert Freeze.objects.filter(debtor_id=debtor).count() == 1
    assert list(faults_of_chain()) == []


def test_two_events_of_one_debtor_at_once_stand_in_one_case() -> None:
    court, debtor = Source(source()), str(free_debtors()["debtor_id"][0])

    def post(key: str, kind: str) -> None:
        with zeal_ignore():
            answer = court.post(event(debtor, event_id=key, kind=kind))
        assert answer.status_code == 200, answer.content

    kinds = {"a": "dishonest", "b": "bankruptcy_accepted", "c": "penalised"}
    assert at_once(*(lambda key=key, kind=kind: post(key, kind) for key, kind in kinds.items())) == ["won"] * 3
    case = WarningCase.objects.get(debtor_id=debtor)
    assert {"WS-JUD-01", "WS-JUD-06", "WS-ENV-01"} <= set(case.signal_ids.split())
    assert set(Match.objects.values_list("judged_revision", flat=True)) == {1}
    assert Freeze.objects.filter(debtor_id=debtor).count() == 1
    assert list(faults_of_chain()) == []


def test_of_two_who_propose_to_freeze_one_debtor_at_once_one_is_told_of_the_other() -> None:
    day, debtor = business_day(None), free_debtors().row(0, named=True)
    also("supervisor", "freeze.propose")

    def propose(username: str) -> None:
        freeze_propose(person(username), debtor, freeze_id=uuid4(), reason="多笔逾期", day=day)

    assert at_once(lambda: propose("risk"), lambda: propose("supervisor")) == [FormWrong, "won"]
    assert Freeze.objects.filter(debtor_id=debtor["debtor_id"]).count() == 1
    assert list(faults_of_chain()) == []
