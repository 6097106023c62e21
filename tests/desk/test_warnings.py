"""The warning desk: a case opens once, takes signals in, rises, is worked on by two people, and comes back when due."""

import pytest

from postloan.desk.warning.models import WarningCase

pytestmark = pytest.mark.django_db


def test_some_cases(bank) -> None:
    from collections import Counter
    print(Counter(WarningCase.objects.values_list("level", "state")))
    print(Counter(WarningCase.objects.filter(officer__username="officer").values_list("level", "state")))
    print(WarningCase.objects.values("signal_ids","categories","due_on","opened_on","officer__username","org_id")[:5])
    assert 0
