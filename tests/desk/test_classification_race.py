"""Two approvers at the same instant: one wins, the other is told why."""

import threading
from uuid import uuid4

import pytest
from deciding import determine, item_waiting, more_items, person, propose, version_of, worse
from django.db import connections

from postloan.desk.classification.actions import opinion_approve
from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Decision, Grant, Org
from postloan.errors import PostloanError, StaleView


@pytest.mark.django_db(transaction=True)
def test_of_two_approvers_one_wins_and_the_other_sees_an_old_page() -> None:
    more_items()
    item = item_waiting("propose", tier="pass")
    propose(item, worse("doubtful"))
    determine(item, worse("doubtful"))
    Grant.objects.create(
        officer=person("manager"), action="classification.approve", org=Org.objects.get(pk=item.org_id), role="x",
        begins_on="2021-01-01",
    )  # fmt: skip
    seen, day = version_of(item), business_day(None)
    people = [person("approver"), person("manager")]
    gate, outcomes = threading.Barrier(2), []

    def approve(at: int) -> None:
        try:
            gate.wait(timeout=20)
            opinion_approve(people[at], item.pk, seen_version=seen, decision_id=uuid4(), reason="", day=day)
            outcomes.append("won")
        except PostloanError as refusal:
            outcomes.append(type(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=approve, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes, key=str) == sorted(["won", StaleView], key=str)
    assert Decision.objects.count() == 1
    assert list(faults_of_chain()) == []
