"""Title documents handed in, asked for and handed back: each time a second person, and a receipt."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.collateral.matters.actions import effects, matter_made
from postloan.desk.collateral.models import Document, Matter, Receipt
from postloan.desk.core.actions import check_begins, move, record
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.desk.core.officers.queries import office_over
from postloan.errors import FormWrong, NotFoundHere
from postloan.rules.collateral_desk import CustodyRule

_KINDS = (Matter.Kind.CUSTODY_IN, Matter.Kind.CUSTODY_OUT, Matter.Kind.CUSTODY_BACK)


@transaction.atomic
def document_in(
    officer: Officer, standing: dict[str, Any], *, name: str, number: str, held_as: str, other: str, reason: str,
    document_id: UUID, day: BusinessDay,
) -> Matter:  # fmt: skip
    """Hand a title document in; it is in the vault once another person counted it. Twice with one id is once.

    other  who brought it.

    Permission  collateral.write in the office. Leaves a document and what matter_made leaves.
    Raises what matter_made raises; FormWrong where something is missing, or the document is here already.
    """
    given = {"name": name, "number": number, "held_as": held_as, "other": other}
    for field, value in given.items():
        if not value.strip():
            raise FormWrong(message=_("权证信息没有填全。"), hint=_("请填写后再提交。"), where={"field": field})
    made = Matter.objects.filter(document_id=document_id, kind=Matter.Kind.CUSTODY_IN).first()
    if made is not None:
        return made
    key = str(standing["collateral_id"])
    org = office_over([standing["org_id"]])
    here = Document.objects.filter(collateral_id=key, number=number.strip()).exclude(state=Document.State.GONE)
    if here.exists():
        raise FormWrong(message=_("该编号的权证已经登记。"), hint=_("请核对权证编号。"), where={"field": "number"})
    document = Document.objects.create(
        id=document_id, org=org, state=Document.State.COMING, collateral_id=key, name=name.strip()[:100],
        number=number.strip()[:100], held_as=held_as.strip()[:100],
    )  # fmt: skip
    return _matter(officer, document, Matter.Kind.CUSTODY_IN, other=other, reason=reason, due_back_on=None, day=day,
                   matter_id=document_id)  # fmt: skip


@transaction.atomic
def document_out(
    officer: Officer, document_id: UUID, *, other: str, reason: str, due_back_on: date, seen_version: int,
    matter_id: UUID, rule: CustodyRule, day: BusinessDay,
) -> Matter:  # fmt: skip
    """Ask for a title document, to somebody, until a day. Twice with one matter_id is once.

    Permission  collateral.write in the office. Move  held -> leaving; out once another person agreed.
    Raises what matter_made raises; StaleView, IllegalMove; FormWrong for a day that is too late or gone.
    """
    last = day.on + timedelta(days=rule.days)
    if not other.strip() or not day.on < due_back_on <= last:
        raise FormWrong(
            message=_("领取人没有填写，或归还日不对。"), hint=_("归还日应在营业日之后、%s 之前（含当日）。") % last,
            where={"field": "due_back_on"},
        )  # fmt: skip
    return _moved(officer, document_id, Matter.Kind.CUSTODY_OUT, Document.State.LEAVING, other=other, reason=reason,
                  due_back_on=due_back_on, seen_version=seen_version, matter_id=matter_id, day=day)  # fmt: skip


@transaction.atomic
def document_back(
    officer: Officer, document_id: UUID, *, other: str, reason: str, seen_version: int, matter_id: UUID,
    day: BusinessDay,
) -> Matter:  # fmt: skip
    """Hand a title document back. Twice with one matter_id is once.

    Permission  collateral.write in the office. Move  out -> returning; held once another person counted it.
    Raises what matter_made raises; StaleView, IllegalMove, FormWrong.
    """
    if not other.strip():
        raise FormWrong(message=_("权证信息没有填全。"), hint=_("请填写后再提交。"), where={"field": "other"})
    return _moved(officer, document_id, Matter.Kind.CUSTODY_BACK, Document.State.RETURNING, other=other, reason=reason,
                  due_back_on=None, seen_version=seen_version, matter_id=matter_id, day=day)  # fmt: skip


def _moved(
    officer: Officer, document_id: UUID, kind: str, to: str, *, other: str, reason: str, due_back_on: date | None,
    seen_version: int, matter_id: UUID, day: BusinessDay,
) -> Matter:  # fmt: skip
    made = Matter.objects.filter(pk=matter_id).first()
    if made is not None:
        return made
    held = _held(document_id)
    check_begins(held, [Document.State.HELD if to == Document.State.LEAVING else Document.State.OUT])
    made = _matter(officer, held, kind, other=other, reason=reason, due_back_on=due_back_on, matter_id=matter_id,
                   day=day)  # fmt: skip
    move(held, to, seen_version=seen_version)
    return made


def _matter(
    officer: Officer, document: Document, kind: str, *, other: str, reason: str, due_back_on: date | None,
    matter_id: UUID, day: BusinessDay,
) -> Matter:  # fmt: skip
    told = {
        "name": document.name, "number": document.number, "held_as": document.held_as, "other": other.strip()[:100],
        "due_back_on": due_back_on.isoformat() if due_back_on else None,
    }  # fmt: skip
    return matter_made(
        officer, kind, matter_id=matter_id, org=document.org, title=f"{document.name} {document.number}",
        reason=reason, told=told, collateral_id=document.collateral_id, amount_cents=0, day=day, document=document,
    )  # fmt: skip


def _agreed(matter: Matter, officer: Officer, day: BusinessDay) -> None:
    """Let the document come or go, and write the receipt in the names of both."""
    document, is_out = _document(matter), matter.kind == Matter.Kind.CUSTODY_OUT
    move(document, Document.State.OUT if is_out else Document.State.HELD, seen_version=document.version)
    due_back = matter.told["due_back_on"]
    document.due_back_on = date.fromisoformat(due_back) if due_back else None
    document.save(update_fields=["due_back_on"])
    made = Receipt.objects.create(
        document=document, is_out=is_out, on=day.on, org=document.org, first=matter.made_by, second=officer,
        other=matter.told["other"], reason=matter.reason, due_back_on=document.due_back_on,
    )  # fmt: skip
    record(officer, "collateral.document_out" if is_out else "collateral.document_in", document, org=document.org,
           run_id=day.run_id, reason=matter.reason, receipt=made.pk, number=document.number,
           first=matter.made_by.get_username(), due_back_on=due_back)  # fmt: skip


def _refused(matter: Matter, _officer: Officer, _day: BusinessDay) -> None:
    document = _document(matter)
    back = {
        Matter.Kind.CUSTODY_IN: Document.State.GONE, Matter.Kind.CUSTODY_OUT: Document.State.HELD,
        Matter.Kind.CUSTODY_BACK: Document.State.OUT,
    }  # fmt: skip
    move(document, back[Matter.Kind(matter.kind)], seen_version=document.version)


def _document(matter: Matter) -> Document:
    assert matter.document_id is not None  # noqa: S101 - matters of custody are made with their document
    return _held(matter.document_id)


def _held(document_id: UUID) -> Document:
    found = Document.objects.select_for_update(of=("self",)).select_related("org").filter(pk=document_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这份权证。"), hint=_("请从列表进入。"))
    return found


for _kind in _KINDS:
    effects(_kind, agreed=_agreed, refused=_refused)
