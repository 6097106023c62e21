"""Several people at the same instant before one debtor: the last allowed attempt of a day is taken once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from deciding import person
from test_impairment_race import at_once
from warned import debtors_free

from postloan.desk.contact.actions import NewPoint, Wanted, attempt_ask, attempt_close, point_add
from postloan.desk.contact.models import Attempt, ContactPoint, LedgerEntry
from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.days import business_day
from postloan.plan.contact.ledger import Head
from postloan.plan.contact.parties import Party
from postloan.plan.contact.proof import Proved, faults_of
from postloan.rules.desk_rules import load_desk_rules

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)


def test_of_two_asks_for_the_last_attempt_one_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [NOON]
    monkeypatch.setattr("postloan.desk.contact.ledger.actions.timezone.now", lambda: clock[0])
    officer, first, second = person("officer"), *debtors_free(2)
    points: list[ContactPoint] = []
    for debtor in (first, second):
        # One number stands in two debts, so that a lock on a debtor alone would not do.
        party = Party(debtor["debtor_id"], "甲", "debtor", "person", "330100", None)
        new = NewPoint(party, "phone", "138 0000 1234", "本人")
        points.append(point_add(officer, debtor["debtor_id"], debtor["org_id"], new, day=business_day(None)))

    def ask(point: ContactPoint) -> Attempt:
        return attempt_ask(officer, Wanted(uuid4(), point.debtor_id, "甲", point.org_id, point.pk, "call", "collect"))

    for _time in range(5):
        attempt_close(officer, ask(points[0]).pk, "unanswered")
        clock[0] += timedelta(minutes=1)
    assert at_once(*[lambda each=each: ask(each) for each in (*points, *points)]) == ["won"] * 4
    assert Attempt.objects.filter(is_allowed=True).count() == 6
    assert set(Attempt.objects.filter(is_allowed=False).values_list("refused_by", flat=True)) == {"attempts"}
    entries = [each.entry for each in LedgerEntry.objects.order_by("seq")]
    lines = [*entries, Head(entries[-1].seq, entries[-1].hash)]
    assert list(faults_of(lines, load_desk_rules(None).files["contact"], lambda _day: False, Proved())) == []
    assert list(faults_of_chain()) == []


def test_a_double_click_is_one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postloan.desk.contact.ledger.actions.timezone.now", lambda: NOON)
    officer, [debtor], key = person("officer"), debtors_free(), uuid4()
    party = Party(debtor["debtor_id"], "甲", "debtor", "person", "330100", None)
    new = NewPoint(party, "phone", "138 0000 1234", "本人")
    point = point_add(officer, debtor["debtor_id"], debtor["org_id"], new, day=business_day(None))
    wanted = Wanted(key, debtor["debtor_id"], "甲", point.org_id, point.pk, "call", "collect")
    assert at_once(*[lambda: attempt_ask(officer, wanted)] * 3) == ["won"] * 3
    assert Attempt.objects.count() == 1
    assert LedgerEntry.objects.filter(kind="ask").count() == 1
