"""Statements kept as they were read, then confirmed for the next night or thrown away."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.actions import move, record, refuse_past, require, rows_give
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org
from postloan.desk.covenant.models import StatementUpload
from postloan.desk.covenant.statements.reading import Read
from postloan.errors import FormWrong, NotFoundHere

COLUMNS = ("debtor_id", "period_end_on", "item", "value_cents", "audited")
"""What goes of a statement to the night."""
_WRITE = "covenant.write"
CONFIRM, DROP = "confirm", "drop"


@transaction.atomic
def upload_keep(
    officer: Officer, debtor: Mapping[str, Any], read: Read, known: Mapping[tuple[str, str], int], *,
    file_name: str, content: bytes, upload_id: UUID, day: BusinessDay,
) -> StatementUpload:  # fmt: skip
    """Keep what a workbook says, to be looked at. Twice with one upload_id is once.

    debtor  its row, with org_id; read  without a fault; known  cents by item and period, as the day knew them.

    Permission  covenant.write in the debtor's office.
    Leaves      an upload, an audit entry that names the file's hash.
    Raises NotPermitted, FormWrong where something is wrong with the workbook.
    """
    refuse_past(day)
    org = Org.objects.get(pk=debtor["org_id"])
    require(officer, _WRITE, org=org)
    if read.faults:
        raise FormWrong(message=read.faults[0], hint=_("请改正后重新上传。"), where={"field": "file"})
    values = [{**each, "known_cents": known.get((each["item"], each["period_end_on"]))} for each in read.values]
    made, is_new = StatementUpload.objects.get_or_create(
        id=upload_id,
        defaults={
            "org": org, "state": StatementUpload.State.READ, "debtor_id": debtor["debtor_id"],
            "debtor_name": str(debtor["name"])[:200], "file_name": _plain(file_name), "unit": read.unit,
            "sha256": sha256(content).hexdigest(), "is_audited": read.is_audited, "values": values, "on": day.on,
            "made_by": officer,
        },
    )  # fmt: skip
    if is_new:
        record(officer, "statement.read", made, org=org, run_id=day.run_id, debtor=made.debtor_id, sha256=made.sha256,
               values=len(values))  # fmt: skip
    return made


@transaction.atomic
def upload_settle(
    officer: Officer, upload_id: UUID, verdict: str, *, seen_version: int, day: BusinessDay
) -> StatementUpload:
    """Confirm statements, so that the next night reads them, or throw them away.

    Permission  covenant.write in the debtor's office.
    Move        read -> confirmed or dropped.
    Leaves      rows of the feed table statement for the next hand-over, an audit entry.
    Raises NotPermitted, StaleView, IllegalMove, NotFoundHere, FormWrong.
    """
    refuse_past(day)
    held = StatementUpload.objects.select_for_update(of=("self",)).select_related("org").filter(pk=upload_id).first()
    if held is None:
        raise NotFoundHere(message=_("没有这份报表。"), hint=_("请从列表进入。"))
    require(officer, _WRITE, org=held.org)
    states = {CONFIRM: StatementUpload.State.CONFIRMED, DROP: StatementUpload.State.DROPPED}
    if verdict not in states:
        raise FormWrong(message=_("没有这种结论。"), hint=_("请使用页面上的按钮。"), where={"field": "verdict"})
    before = move(held, states[verdict], seen_version=seen_version)
    if verdict == CONFIRM:
        held.confirmed_by = officer
        held.given = rows_give(
            rows_id=uuid4(), table="statement", rows=_rows(held), title=held.debtor_name, officer=officer, org=held.org,
            page=reverse("covenant:upload", args=[held.pk]),
        )  # fmt: skip
        held.save(update_fields=["confirmed_by", "given"])
    record(officer, f"statement.{held.state}", held, org=held.org, run_id=day.run_id, before=before, after=held.state)
    return held


def _rows(held: StatementUpload) -> list[dict[str, str]]:
    return [
        {
            "debtor_id": held.debtor_id, "period_end_on": each["period_end_on"], "item": each["item"],
            "value_cents": str(each["value_cents"]), "audited": "true" if held.is_audited else "false",
        }
        for each in held.values
    ]  # fmt: skip


def _plain(name: str) -> str:
    """The name that the file had, without folders and control characters."""
    bare = "".join(sign for sign in name.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable())
    return bare[:200] or "file.xlsx"
