"""What people signed at the desk keeps its day, and a desk nobody ever used is not believed."""

from datetime import date
from pathlib import Path

import pytest
from deciding import person
from django.utils import timezone

from postloan.desk.core.models import AdoptedDay
from postloan.desk.impairment.models import RunSign
from postloan.errors import DeskNotReady
from postloan.site import pruning
from postloan.site.pruning import pruned
from postloan.snapshot.pruning import Prunable
from postloan.snapshot.read import published_days, published_run

pytestmark = pytest.mark.django_db


def test_a_reviewed_allowance_keeps_its_run(bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[frozenset[str]] = []

    def told(_home: Path, _months: int, signed: frozenset[str]) -> Prunable:
        asked.append(signed)
        return Prunable((), (), 0)

    monkeypatch.setattr(pruning, "prunable", told)
    day: date = published_days(bank)[0]
    run = published_run(bank, day)
    RunSign.objects.create(
        org=person("risk").org, state="reviewed", run_id=run, on=day, figures={}, loss_cents=0,
        reviewed_by=person("risk"), reviewed_at=timezone.now(), review_note="seen",
    )  # fmt: skip
    pruned(bank, is_tried=True, has_desk=True)
    assert run in asked[0]


def test_a_desk_that_adopted_nothing_is_another_one(bank: Path) -> None:
    AdoptedDay.objects.all().delete()
    with pytest.raises(DeskNotReady):
        pruned(bank, is_tried=True, has_desk=True)
