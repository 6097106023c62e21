"""Two people at the same instant on one change of a rule: one wins."""

import pytest
from modelling import also, at_once
from studying import begun, decided, proposed, saved, written

from postloan.desk.core.audit import faults_of_chain
from postloan.desk.studio.models import RuleChange
from postloan.errors import FormWrong, StaleView

pytestmark = pytest.mark.django_db(transaction=True)
LARGE = "exposure_cents > 20000000"


def test_of_two_who_approve_one_wins() -> None:
    change = proposed(saved(begun(), written("BK-RPY-01", red=LARGE)))
    also("manager", "studio.approve")
    seen = RuleChange.objects.select_related("case").get(pk=change.pk).case.version
    verdicts = [lambda who=who: decided(change, who, seen=seen) for who in ("approver", "manager")]
    assert at_once(*verdicts) == sorted(["won", StaleView], key=str)
    assert RuleChange.objects.get(pk=change.pk).state == "approved"
    assert list(faults_of_chain()) == []


def test_of_two_who_propose_changes_of_one_rule_one_wins() -> None:
    drafts = [saved(begun(), written("BK-RPY-01", red=f"{LARGE} AND exposure_cents > {n}")) for n in (1, 2)]
    assert at_once(*(lambda each=each: proposed(each) for each in drafts)) == sorted(["won", FormWrong], key=str)
    assert RuleChange.objects.filter(signal="BK-RPY-01", state="proposed").count() == 1
