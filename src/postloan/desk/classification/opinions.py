"""What an opinion may be: the system's own tier, a worse one with evidence, or an upgrade from its day on."""

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from postloan.desk.classification.models import Item
from postloan.desk.core.actions import require_reason
from postloan.errors import FormWrong, OpinionTooGood, UpgradeTooEarly
from postloan.tables.units import TIERS


@dataclass(frozen=True)
class Opinion:
    """An opinion on a loan's class: what, which tier where it is worse, and the evidence."""

    opinion: str
    tier: str
    reason: str


def checked(item: Item, given: Opinion, on: date) -> Opinion:
    """An opinion that may be given: manual judgement goes below the floor and never above it (CLS-14).

    Raises FormWrong, OpinionTooGood, UpgradeTooEarly, ReasonMissing.
    """
    if given.opinion == Item.Opinion.AGREE:
        return replace(given, tier=item.tier, reason=given.reason.strip())
    if given.opinion == Item.Opinion.WORSE:
        return replace(given, tier=_worse(item, given.tier), reason=require_reason(given.reason))
    if given.opinion == Item.Opinion.UPGRADE:
        _check_upgrade(item, on)
        return replace(given, tier=item.tier, reason=require_reason(given.reason))
    raise FormWrong(message=_("没有这种意见。"), hint=_("请从列表中选择。"), where={"field": "opinion"})


def worse_tiers(item: Item) -> tuple[str, ...]:
    """The tiers that an opinion may name."""
    return TIERS[TIERS.index(item.tier) + 1 :]


def may_be_upgraded(item: Item, on: date) -> bool:
    """Whether the rules would take an upgrade from a day on."""
    return item.is_held and item.may_upgrade_from_on is not None and item.may_upgrade_from_on <= on


def _worse(item: Item, tier: str) -> str:
    if tier not in TIERS:
        raise FormWrong(message=_("没有选择分类。"), hint=_("请选择下调后的分类。"), where={"field": "tier"})
    if tier not in worse_tiers(item):
        raise OpinionTooGood(
            message=_("人工意见不能好于系统分类。"),
            hint=_("同意系统分类，或选择更差的分类；符合条件的不良贷款可以申请上调。"),
            where={"tier": tier, "floor": item.tier, "cite": item.cite},
        )
    return tier


def _check_upgrade(item: Item, on: date) -> None:
    if not may_be_upgraded(item, on):
        raise UpgradeTooEarly(
            message=_("这笔贷款还不能上调。"),
            hint=_("结清全部逾期并正常还款满规定期限后才能申请上调。"),
            where={"may_upgrade_from_on": item.may_upgrade_from_on or "—", "on": on},
        )
