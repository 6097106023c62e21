"""The menu at the side of every page: what there is, and which grant shows it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """An entry of the menu.

    view     the address, by name.
    actions  any of these grants shows it.
    counts   the kinds of work whose number stands beside it; empty for none.
    """

    name: str
    said: str | Promise
    icon: str
    view: str
    actions: frozenset[str]
    counts: frozenset[str] = frozenset()


MENU = (
    Entry("worklist", _("工作台"), "home", "worklist:mine", frozenset({"work.read"}), frozenset({"*"})),
    Entry("loans", _("借据"), "list-details", "book:loans", frozenset({"loan.read"})),
    Entry("debtors", _("客户"), "users", "book:debtors", frozenset({"loan.read"})),
    Entry("groups", _("集团客户"), "sitemap", "book:groups", frozenset({"loan.read"})),
    Entry("collateral", _("押品"), "building-bank", "book:collateral", frozenset({"loan.read"})),
    Entry("inspections", _("贷后检查"), "clipboard-check", "inspection:inspections", frozenset({"inspection.read"})),
    Entry("findings", _("问题整改"), "alert-triangle", "inspection:findings", frozenset({"inspection.read"})),
    Entry("supervisions", _("督导检查"), "shield-check", "inspection:supervisions", frozenset({"supervision.read"})),
    Entry("audit", _("审计日志"), "history", "core:audit", frozenset({"audit.read"})),
    Entry("officers", _("用户与授权"), "lock-access", "core:officers", frozenset({"grant.read"})),
)


def entries_for(actions: frozenset[str]) -> list[Entry]:
    """The entries that somebody with these grants sees."""
    return [entry for entry in MENU if entry.actions & actions]
