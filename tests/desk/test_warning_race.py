"""Two people at the same instant on one warning: one wins, a double click is one deed, and a day is adopted once."""

import pytest
from test_impairment_race import at_once
from warned import INTEREST, REPEATED, Nights, decide, lift, plan, verify

from postloan.desk.approval.models import Case
from postloan.desk.core.audit import faults_of_chain
from postloan.desk.warning.models import CaseEntry, WarningCase
from postloan.errors import StaleView

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_people_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    nights = Nights(monkeypatch)
    nights.adopt(0, (REPEATED, "yellow"))
    case = nights.case
    seen = case.version
    found = [lambda who=who: verify(case, who=who, seen=seen) for who in ("officer", "risk")]
    assert at_once(*found) == sorted(["won", StaleView], key=str)
    seen += 1
    assert at_once(lambda: plan(case, seen=seen), lambda: plan(case, who="risk", seen=seen)) == sorted(
        ["won", StaleView], key=str
    )
    assert case.measures.count() == 1
    assert Case.objects.filter(subject=case.subject).count() == 1
    assert list(faults_of_chain()) == []


def test_of_two_who_decide_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    nights = Nights(monkeypatch)
    nights.adopt(0, (INTEREST, "blue"))
    case = nights.case
    verify(case)
    lift(case)
    seen = WarningCase.objects.get(pk=case.pk).version
    verdicts = [lambda who=who: decide(case, who, seen=seen) for who in ("risk", "approver")]
    assert at_once(*verdicts) == sorted(["won", StaleView], key=str)
    assert WarningCase.objects.get(pk=case.pk).state == "lifted"
    assert CaseEntry.objects.filter(case=case, step="lifted").count() == 1
    assert list(faults_of_chain()) == []
