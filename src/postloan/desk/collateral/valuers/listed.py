"""How a valuer stands on the bank's list on a day."""

from datetime import date

from django.utils.translation import gettext as _

from postloan.desk.collateral.models import ValuerTerm
from postloan.errors import IllegalMove
from postloan.rules.collateral_desk import ValuerRule

Standing = ValuerTerm.Standing


def terms_on(on: date) -> dict[int, ValuerTerm]:
    """The terms that hold on a day, by the key of their valuer: of each the last that began by then."""
    begun = ValuerTerm.objects.filter(begins_on__lte=on).order_by("begins_on", "pk")
    return {term.valuer_id: term for term in begun}


def term_on(name: str, on: date) -> ValuerTerm | None:
    """The term of a valuer that holds on a day: the last that began by then; None where none did."""
    begun = ValuerTerm.objects.filter(valuer__name=name.strip(), begins_on__lte=on).select_related("valuer")
    return begun.order_by("-begins_on", "-pk").first()


def check_listed(name: str, kind: str, on: date, rule: ValuerRule) -> None:
    """Stop where a valuer was not on the list on a day for a class of collateral. Raises IllegalMove.

    Source  regulations COL-06.
    """
    term = term_on(name, on)
    if term is None or term.standing == Standing.REMOVED:
        why = _("不在本行名单内")
    elif term.standing == Standing.SUSPENDED:
        why = _("已被暂停")
    elif term.ends_on is not None and term.ends_on < on:
        why = _("名单有效期已满")
    elif kind not in term.kinds:
        why = _("不得评估这类押品")
    else:
        return
    raise IllegalMove(
        message=_("评估机构“%(name)s”在 %(on)s %(why)s，外部评估不能采用。") % {"name": name, "on": on, "why": why},
        hint=_("依据：%s。请改用名单内的机构，或先办理准入。") % rule.cite,
        where={"valuer": name, "valued_on": on, "kind": kind},
    )
