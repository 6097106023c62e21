"""The list of valuers: a valuer comes in, is suspended or goes out by a term that two people agree to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.collateral.matters.actions import effects, matter_made
from postloan.desk.collateral.models import Matter, Valuer, ValuerTerm
from postloan.desk.core.actions import record
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.desk.core.officers.queries import head_office
from postloan.desk.inspection.opening.due import months_later
from postloan.errors import FormWrong
from postloan.rules.collateral_desk import ValuerRule
from postloan.tables.inputs.security import COLLATERAL_KINDS

_STANDINGS = {
    Matter.Kind.VALUER_LISTED: ValuerTerm.Standing.LISTED,
    Matter.Kind.VALUER_SUSPENDED: ValuerTerm.Standing.SUSPENDED,
    Matter.Kind.VALUER_REMOVED: ValuerTerm.Standing.REMOVED,
}


@dataclass(frozen=True)
class NewTerm:
    """How a valuer is to stand: from when; where it is listed, until when and for which classes.

    kind  of matter: valuer_listed, valuer_suspended or valuer_removed.
    """

    kind: str
    name: str
    code: str
    begins_on: date
    ends_on: date | None = None
    kinds: Sequence[str] = ()


@transaction.atomic
def term_propose(
    officer: Officer, new: NewTerm, *, reason: str, matter_id: UUID, rule: ValuerRule, day: BusinessDay
) -> Matter:
    """Propose how a valuer stands on the list. Twice with one matter_id is once.

    The first term of a valuer may have begun: the list came on paper. A later one begins on the business day or after,
    so that no valuation is made good afterwards.

    Permission  collateral.write in head office: the list is of the whole bank.
    Raises what matter_made raises; FormWrong where something is missing or the days cannot be.
    Source  regulations COL-06.
    """
    name, code = new.name.strip()[:100], new.code.strip()[:64]
    is_listed = new.kind == Matter.Kind.VALUER_LISTED
    if new.kind not in _STANDINGS or not name or not code or (is_listed and not set(new.kinds)):
        raise FormWrong(message=_("机构名称、统一社会信用代码或押品类型没有填写。"), hint=_("请补充后再提交。"))
    held = Valuer.objects.filter(name=name).first()
    if (held is None and not is_listed) or (held is not None and held.code != code):
        raise FormWrong(message=_("名单内没有这家机构，或信用代码与登记的不同。"), hint=_("请核对名称和代码。"))
    _check_days(new, held, rule, day)
    told: dict[str, Any] = {
        "valuer": name, "code": code, "begins_on": new.begins_on.isoformat(),
        "ends_on": new.ends_on.isoformat() if new.ends_on and is_listed else None,
        "kinds": [kind for kind in COLLATERAL_KINDS if is_listed and kind in new.kinds],
    }  # fmt: skip
    return matter_made(officer, new.kind, matter_id=matter_id, org=head_office(), title=name, reason=reason, told=told,
                       amount_cents=0, day=day)  # fmt: skip


def _check_days(new: NewTerm, held: Valuer | None, rule: ValuerRule, day: BusinessDay) -> None:
    last = months_later(new.begins_on, rule.months)
    if held is not None and new.begins_on < day.on:
        raise FormWrong(message=_("起始日不得早于营业日。"), hint=_("名单不作追溯变更。"), where={"field": "begins_on"})
    is_listed = new.kind == Matter.Kind.VALUER_LISTED
    if is_listed and (new.ends_on is None or not new.begins_on <= new.ends_on <= last):
        raise FormWrong(
            message=_("名单有效期不对。"), hint=_("有效期自起始日起，最长至 %s，到期前重新评审。") % last,
            where={"field": "ends_on"},
        )  # fmt: skip


def _agreed(matter: Matter, officer: Officer, day: BusinessDay) -> None:
    told = matter.told
    valuer, _is_new = Valuer.objects.get_or_create(name=told["valuer"], defaults={"code": told["code"]})
    term = ValuerTerm.objects.create(
        valuer=valuer, standing=_STANDINGS[Matter.Kind(matter.kind)], kinds=told["kinds"], matter=matter,
        begins_on=date.fromisoformat(told["begins_on"]),
        ends_on=date.fromisoformat(told["ends_on"]) if told["ends_on"] else None,
    )  # fmt: skip
    record(officer, "collateral.valuer_set", term, org=matter.org, run_id=day.run_id, standing=term.standing, **told)


for _kind in _STANDINGS:
    effects(_kind, agreed=_agreed)
