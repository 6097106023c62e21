"""The menu at the side of every page: what there is, and which grant shows it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """An entry of the menu.

    view     the address, by name.
    actions  any of these grants shows it.
    """

    name: str
    said: str | Promise
    icon: str
    view: str
    actions: frozenset[str]


APPROVES = frozenset({
    "classification.propose", "classification.determine", "classification.approve", "freeze.propose", "freeze.approve",
    "decision.withdraw", "decision.withdraw_approve",
    "impairment.propose", "impairment.review", "impairment.approve",
    "model.propose", "model.validate", "model.approve",
    "warning.write", "warning.verify", "warning.lift", "studio.propose", "studio.approve",
    "covenant.write", "covenant.review", "covenant.approve", "contact.write", "contact.approve",
    "collateral.write", "collateral.confirm", "collateral.approve",
    "restructure.write", "restructure.review", "restructure.approve", "collection.work", "collection.approve",
    "preservation.write", "preservation.review", "preservation.approve",
    "disposal.write", "disposal.review", "disposal.approve",
})  # fmt: skip

MENU = (
    Entry("worklist", _("工作台"), "home", "worklist:mine", frozenset({"work.read"})),
    Entry("cockpit", _("管理驾驶舱"), "chart-pie", "report:cockpit", frozenset({"report.read"})),
    Entry("loans", _("借据"), "list-details", "book:loans", frozenset({"loan.read"})),
    Entry("debtors", _("客户"), "users", "book:debtors", frozenset({"loan.read"})),
    Entry("groups", _("集团客户"), "sitemap", "book:groups", frozenset({"loan.read"})),
    Entry("circles", _("担保圈"), "link", "circle:circles", frozenset({"debtor.read"})),
    Entry("collateral", _("押品"), "building-bank", "collateral:register", frozenset({"collateral.read"})),
    Entry("inspections", _("贷后检查"), "clipboard-check", "inspection:inspections", frozenset({"inspection.read"})),
    Entry("warnings", _("风险预警"), "bell", "warning:cases", frozenset({"warning.read"})),
    Entry("events", _("风险事件"), "bolt", "arrival:events", frozenset({"event.read"})),
    Entry("studio", _("规则工作室"), "adjustments", "studio:rules", frozenset({"studio.read"})),
    Entry("covenants", _("约定条款"), "file-text", "covenant:covenants", frozenset({"covenant.read"})),
    Entry("disposals", _("不良处置"), "gavel", "disposal:cases", frozenset({"disposal.read"})),
    Entry("clocks", _("法律时限"), "clock", "disposal:clocks", frozenset({"clock.read"})),
    Entry("restructurings", _("贷款重组"), "scale", "restructure:restructurings", frozenset({"restructure.read"})),
    Entry("preservation", _("资产保全"), "shield-check", "preservation:handovers", frozenset({"preservation.read"})),
    Entry("findings", _("问题整改"), "alert-triangle", "inspection:findings", frozenset({"inspection.read"})),
    Entry("supervisions", _("督导检查"), "shield-check", "inspection:supervisions", frozenset({"supervision.read"})),
    Entry("classification", _("风险分类"), "scale", "classification:batches", frozenset({"classification.read"})),
    Entry("collection", _("催收"), "phone-call", "collection:cases", frozenset({"collection.read"})),
    Entry("contacts", _("联系记录"), "phone-call", "contact:contacts", frozenset({"contact.read"})),
    Entry("visits", _("上门"), "map-pin", "visit:visits", frozenset({"visit.read"})),
    Entry("agencies", _("外部机构"), "briefcase", "agency:agencies", frozenset({"agency.read"})),
    Entry("outbox", _("消息"), "message", "outbox:outbox", frozenset({"outbox.read"})),
    Entry("approvals", _("审批"), "clipboard-check", "approval:cases", APPROVES),
    Entry("freezes", _("授信冻结"), "snowflake", "lending:freezes", frozenset({"freeze.read"})),
    Entry("decisions", _("决定"), "gavel", "withdrawal:decisions", frozenset({"decision.read"})),
    Entry("impairment", _("减值"), "calculator", "impairment:run", frozenset({"impairment.read"})),
    Entry("models", _("模型管理"), "adjustments", "modelling:register", frozenset({"model.read"})),
    Entry("reports", _("报表与监管报送"), "report-analytics", "report:centre", frozenset({"report.read"})),
    Entry("exceptions", _("例外事项"), "alert-triangle", "exceptions:register", frozenset({"exception.read"})),
    Entry("audit", _("审计日志"), "history", "core:audit", frozenset({"audit.read"})),
    Entry("officers", _("用户与授权"), "lock-access", "core:officers", frozenset({"grant.read"})),
)


def entries_for(actions: frozenset[str]) -> list[Entry]:
    """The entries that somebody with these grants sees."""
    return [entry for entry in MENU if entry.actions & actions]
