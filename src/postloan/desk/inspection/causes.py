"""The words for why an inspection was opened."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.cells import language
from postloan.desk.core.work.told import register_told
from postloan.tables.said import said

register_told("paid_out", _("放款 %s 后首次检查"))
register_told("every_months", _("每 %s 个月定期检查"))
register_told("tier_worsened", _("分类下调至%s"), lambda tier: said("tier", tier, language()))
register_told("overdue_principal", _("本金逾期 %s 天"))
register_told("overdue_interest", _("欠息 %s 天"))
register_told("event", _("发生事件：%s"))
register_told("quarter", _("%s 抽样"))
register_told("ordered", _("专项：%s"))
