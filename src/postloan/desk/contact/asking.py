"""What pages and other systems name in an ask: a point, a party, and the contact that is wanted."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from postloan.desk.contact.actions import Wanted
from postloan.desk.contact.queries import parties_seen
from postloan.desk.core.forms import CENTS_DIGITS, whole_from
from postloan.desk.core.pages import Desk
from postloan.errors import FormWrong, NotFoundHere
from postloan.plan.contact.parties import Party

_OF_FEED = "feed:"
_THIRD = "third"


def point_named(desk: Desk, debtor: Mapping[str, Any], named: str) -> int | Party:
    """What an ask names: the key of a registered point, or a party whose number the feeds tell."""
    if not named.startswith(_OF_FEED):
        return whole_from({"point": named}, "point", digits=CENTS_DIGITS)
    return party_named(desk, debtor, named.removeprefix(_OF_FEED), "")


def party_named(desk: Desk, debtor: Mapping[str, Any], party_id: str, name: str) -> Party:
    """The party of a debtor's debts by its number; `third` is a person outside of them, whom a form names."""
    if party_id == _THIRD:
        if not name.strip():
            raise FormWrong(
                message=_("没有填写第三人的姓名或关系。"), hint=_("请填写后再提交。"), where={"field": "name"}
            )
        return Party("", name.strip()[:200], "third", "person", debtor["region_code"] or "", None)
    for party in parties_seen(desk, debtor["debtor_id"]):
        if party.party_id == party_id:
            return party
    raise NotFoundHere(message=_("此人不是借款人、共同借款人或保证人。"), hint=_("其他人请登记为第三人。"))


def wanted_from(debtor: Mapping[str, Any], point: int | Party, attempt_id: UUID, given: Mapping[str, str]) -> Wanted:
    """The contact that a form asks for."""
    companions = given.get("companions", "").replace("，", ",").replace("、", ",").split(",")
    return Wanted(
        attempt_id, debtor["debtor_id"], debtor["name"], debtor["org_id"], point, given.get("channel", ""),
        given.get("purpose", ""), tuple(sorted({each.strip() for each in companions if each.strip()})),
    )  # fmt: skip
