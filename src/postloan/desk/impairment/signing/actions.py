"""Reviewing and signing a run of the allowance: four eyes, named, dated, with a note.

A run may be of a past day: the last of a quarter is reviewed after other nights have followed. No night rests on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.core.actions import check_seen, forbid_same_person, move, record, require, require_reason
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.officers.queries import head_office
from postloan.desk.impairment.models import RunSign
from postloan.errors import NotFoundHere, StaleView


@dataclass(frozen=True)
class RunFigures:
    """A run of the allowance: its day, its id, and what it published of the whole bank.

    is_latest  whether it is still what is published of the day.
    told       by stage and in all: loans, claim_cents, loss_cents.
    """

    on: date
    run_id: str
    is_latest: bool
    told: Mapping[str, Mapping[str, int]]

    @property
    def loss_cents(self) -> int:
        """The allowance."""
        return self.told["total"]["loss_cents"]


@transaction.atomic
def run_review(officer: Officer, run: RunFigures, *, seen_version: int, note: str) -> RunSign:
    """Say that a run was reviewed, and what was found (复核).

    seen_version  of the sign-off that the page showed; 0 where there was none.

    Permission  impairment.review at head office: a run is of the whole bank.
    Move        none or returned -> reviewed.
    Leaves      the sign-off with the run's figures, an audit entry. The same person again with the same note is once.
    Raises NotPermitted, ReasonMissing, StaleView where the run was superseded or somebody was faster.
    """
    org, note = head_office(), require_reason(note)
    require(officer, "impairment.review", org=org)
    _check_latest(run)
    # Who comes at the same moment waits here, and then sees what the first one left.
    Org.objects.select_for_update().get(pk=org.pk)
    held = RunSign.objects.select_for_update(of=("self",)).filter(run_id=run.run_id).first()
    if held is not None and _is_again(
        held, RunSign.State.REVIEWED, held.reviewed_by_id, held.review_note, officer, note
    ):
        return held
    if held is None:
        held = RunSign(run_id=run.run_id, on=run.on, org=org, state=RunSign.State.RETURNED, version=0)
    check_seen(held, seen_version)
    before = held.state if held.pk else ""
    held.figures, held.loss_cents = {name: dict(each) for name, each in run.told.items()}, run.loss_cents
    held.reviewed_by, held.reviewed_at, held.review_note = officer, timezone.now(), note
    held.signed_by, held.signed_at, held.sign_note = None, None, ""
    if not held.pk:
        held.state, held.version = RunSign.State.REVIEWED, 1
        held.save()
    else:
        move(held, RunSign.State.REVIEWED, seen_version=seen_version)
        held.save()
    record(officer, "impairment.reviewed", held, org=org, run_id=run.run_id, reason=note, on=run.on,
           before=before, after=held.state, loss_cents=run.loss_cents)  # fmt: skip
    return held


@transaction.atomic
def run_sign(officer: Officer, run: RunFigures, *, seen_version: int, note: str) -> RunSign:
    """Sign a run that somebody else reviewed (签批).

    Permission  impairment.sign at head office; another person than the reviewer.
    Move        reviewed -> signed. The same person again with the same note is once.
    Raises NotPermitted, SamePerson, ReasonMissing, StaleView, IllegalMove, NotFoundHere where nobody reviewed it.
    """
    return _finish(officer, run, RunSign.State.SIGNED, seen_version=seen_version, note=note)


@transaction.atomic
def run_return(officer: Officer, run: RunFigures, *, seen_version: int, note: str) -> RunSign:
    """Give a run back to be reviewed again, with a reason (退回). Raises what run_sign raises."""
    return _finish(officer, run, RunSign.State.RETURNED, seen_version=seen_version, note=note)


def _finish(officer: Officer, run: RunFigures, to: RunSign.State, *, seen_version: int, note: str) -> RunSign:
    org, note = head_office(), require_reason(note)
    require(officer, "impairment.sign", org=org)
    found = RunSign.objects.select_for_update(of=("self",)).select_related("reviewed_by")
    held = found.filter(run_id=run.run_id).first()
    if held is None:
        raise NotFoundHere(
            message=_("这一批次还没有人复核。"), hint=_("请先由复核人复核。"), where={"run_id": run.run_id}
        )
    if _is_again(held, to, held.signed_by_id, held.sign_note, officer, note):
        return held
    _check_latest(run)
    forbid_same_person(officer, others=[held.reviewed_by])
    before = move(held, to, seen_version=seen_version)
    held.signed_by, held.signed_at, held.sign_note = officer, timezone.now(), note
    held.save(update_fields=["signed_by", "signed_at", "sign_note"])
    record(officer, f"impairment.{to.value}", held, org=org, run_id=run.run_id, reason=note, on=run.on,
           before=before, after=held.state, loss_cents=held.loss_cents)  # fmt: skip
    return held


def _is_again(held: RunSign, to: str, by: Any, note: str, officer: Officer, said: str) -> bool:
    """Whether the same person sends the same once more."""
    return (held.state, by, note) == (to, officer.pk, said)


def _check_latest(run: RunFigures) -> None:
    if not run.is_latest:
        raise StaleView(
            message=_("%s 的这一批次已被新的批次取代。") % run.on, hint=_("请刷新页面，复核新的结果。"),
            where={"run_id": run.run_id},
        )  # fmt: skip
