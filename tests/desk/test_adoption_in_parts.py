"""A day is adopted in parts: nobody waits for all of it, and one killed between two ends as if it had not been."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from deciding import person
from django.apps import apps
from django.core.management import call_command
from django.db import connections, transaction
from django.db.models import Count
from zeal import zeal_ignore

from postloan.desk.collection.models import Seat
from postloan.desk.core import parts as cutting
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.models import AdoptedDay, Org, WorkItem
from postloan.desk.core.officers.actions import officer_open, orgs_adopt, role_give
from postloan.desk.core.work.actions import work_done
from postloan.desk.worklist.actions import snapshot_adopt
from postloan.plan.dossier import office_rows
from postloan.rules.desk_rules import Roles, load_desk_rules
from postloan.snapshot.read import published_days, published_run

_KINDS = {
    "core.WorkItem": ("kind", "state"), "inspection.Inspection": ("kind", "state"),
    "warning.WarningCase": ("state", "level"), "warning.CaseSignal": ("signal", "level"),
    "warning.CaseEntry": ("step",), "disposal.DisposalCase": ("state",), "collateral.Call": ("state",),
    "collection.CollectionCase": ("state", "team", "officer"), "collection.CollectionEntry": ("step",),
    "collection.Roll": ("bucket", "bucket_to", "case_count"), "collection.Collected": ("team", "amount_cents"),
    "preservation.Handover": ("state",), "outbox.Message": ("cause", "state"),
}  # fmt: skip


class Killed(BaseException):
    """The end of a process, which no code of its own is told of."""


def left() -> dict[str, dict[tuple[Any, ...], int]]:
    """What an adoption left: of each kind of record, how many of which sort."""
    return {
        name: {
            tuple(row[:-1]): row[-1]
            for row in apps.get_model(name).objects.values_list(*by).annotate(Count("pk")).order_by()
        }
        for name, by in _KINDS.items()
    }


def adopt(bank: Path, at: int) -> None:
    on = published_days(bank)[at]
    # A day touches every desk: what one asks twice, another test looks for.
    with zeal_ignore():
        snapshot_adopt(BusinessDay(bank, on, str(published_run(bank, on)), on), load_desk_rules(bank))


@pytest.fixture
def a_new_desk(bank: Path, db: None) -> None:
    """A desk that adopted nothing but the last day but one, and has a collector in each team."""
    call_command("flush", interactive=False, verbosity=0)
    orgs_adopt(office_rows(bank).to_dicts())
    head, on = Org.objects.get(parent=None), published_days(bank)[-1]
    role = load_desk_rules(bank).version("roles", Roles, on).named("collector")
    for team in ("early", "late", "companies"):
        collector = officer_open(None, username=team, name=team, password=None, org=head)
        role_give(None, collector, role, head, begins_on=on.replace(month=1, day=1), ends_on=None, reason="test")
        Seat.objects.create(officer=collector, team=team)
    adopt(bank, -2)


@pytest.mark.slow
@pytest.mark.parametrize("parts_done", [1, 9, 24])
def test_one_that_was_killed_between_two_parts_ends_as_if_it_had_not_been(
    bank: Path, a_new_desk: None, monkeypatch: pytest.MonkeyPatch, parts_done: int
) -> None:
    monkeypatch.setattr(cutting, "MOST", 20)
    before = left()
    undone = transaction.savepoint()
    adopt(bank, -1)
    undisturbed = left()
    transaction.savepoint_rollback(undone)
    assert left() == before != undisturbed

    with monkeypatch.context() as patched:
        kill_after(parts_done, patched)
        with pytest.raises(Killed):
            adopt(bank, -1)
    assert before != left() != undisturbed, "it was killed too early or too late to say anything"
    assert not AdoptedDay.objects.filter(on=published_days(bank)[-1]).exists()
    adopt(bank, -1)
    assert left() == undisturbed


def kill_after(count: int, patched: pytest.MonkeyPatch) -> None:
    """Let adoption end where so many parts were done."""
    done = 0

    def dying(cut: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        def cut_and_die(rows: Sequence[Any], **given: Any) -> Iterator[Any]:
            nonlocal done
            for part in cut(rows, **given):
                if done == count:
                    raise Killed
                yield part
                done += 1

        return cut_and_die

    everywhere(dying(cutting.parts), patched)


def everywhere(stand_in: Callable[..., Iterator[Any]], patched: pytest.MonkeyPatch) -> None:
    """Let all who cut rows into parts do it by something else."""
    for room in ("core.parts", "warning.opening.actions", "disposal.opening.actions"):
        patched.setattr(f"postloan.desk.{room}.parts", stand_in)


@pytest.mark.django_db(transaction=True)
def test_an_officer_writes_while_a_day_is_adopted(bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "MOST", 20)
    day, officer, cut = business_day(None), person("officer"), cutting.parts
    item = WorkItem.objects.filter(officer=officer, state="open").exclude(kind="tier_worsened").latest("pk")
    AdoptedDay.objects.filter(run_id=day.run_id).delete()
    outcomes: list[str] = []

    def write() -> None:
        try:
            work_done(officer, item.pk, seen_version=item.version, note="已办", day=day)
            outcomes.append(WorkItem.objects.get(pk=item.pk).state)
        finally:
            connections.close_all()

    def cut_and_wait(rows: Sequence[Any], **given: Any) -> Iterator[Any]:
        for at, part in enumerate(cut(rows, **given)):
            if at and not outcomes:
                # Whoever adopts stands still between two parts: what it holds now, it holds from everybody.
                writer = threading.Thread(target=write)
                writer.start()
                writer.join(timeout=10)
                outcomes.append("waited")
            yield part

    everywhere(cut_and_wait, monkeypatch)
    adopt(bank, -1)
    assert outcomes[:2] == ["done", "waited"], "whoever wrote had to wait for the adoption"
    assert AdoptedDay.objects.filter(run_id=day.run_id).exists()
