"""A template as it reads, with made-up amounts: what a page shows before anybody is written to."""

from datetime import date

from postloan.desk.core.models import Org
from postloan.desk.core.officers.queries import head_office
from postloan.desk.outbox.written import About, Filled, filled
from postloan.rules.message_rules import Language, Messages, Template

_SAMPLE = About(
    "张三", "张三", loan="JJ000000000001", due_on=date(2026, 3, 31), principal_cents=1_234_567, interest_cents=8_901,
    owed_cents=2_500_000, days=7, on=date(2026, 3, 28), agency="某某信用管理有限公司", from_on=date(2026, 4, 10),
)  # fmt: skip


def sample_of(rules: Messages, template: Template, language: Language) -> Filled:
    """Fill a template with made-up values."""
    office = Org.objects.order_by("-path").first() or head_office()
    return filled(rules, template, _SAMPLE, office, language)
