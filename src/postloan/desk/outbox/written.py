"""What a message says: a template filled with amounts to the cent, for whoever is to read it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from postloan.desk.core.authority import today
from postloan.desk.core.days import home
from postloan.desk.core.figures import money
from postloan.desk.core.models import Org
from postloan.desk.core.officers.queries import head_office
from postloan.errors import FormWrong
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.message_rules import Language, Messages, Template


@dataclass(frozen=True)
class About:
    """What a message may name; what is None no template of its cause names.

    name    whom it is for; debtor: whose debt it is.
    """

    name: str
    debtor: str
    loan: str | None = None
    due_on: date | None = None
    principal_cents: int | None = None
    interest_cents: int | None = None
    owed_cents: int | None = None
    days: int | None = None
    on: date | None = None
    agency: str | None = None
    from_on: date | None = None

    @property
    def amount_cents(self) -> int:
        """What is to be paid on the due day."""
        return (self.principal_cents or 0) + (self.interest_cents or 0)


@dataclass(frozen=True)
class Filled:
    """A message as it will be read."""

    title: str
    text: str


def messages_now() -> Messages:
    """The messages of the bank's rules today: whatever the business date, they are written and sent by the calendar."""
    return load_desk_rules(home()).version("messages", Messages, today())


def template_named(rules: Messages, key: str) -> Template:
    """Find a template. Raises FormWrong."""
    found = rules.named(key)
    if found is None:
        raise FormWrong(message=_("没有这个消息模板。"), hint=_("请从列表中选择。"), where={"field": "template"})
    return found


def filled(rules: Messages, template: Template, about: About, org: Org, language: Language | None = None) -> Filled:
    """Fill a template in. Raises FormWrong where it names something that nobody said."""
    spoken = language or rules.language
    values = values_of(rules, about, org, spoken)
    if missing := sorted(name for name in template.fields if name not in values):
        raise FormWrong(
            message=_("模板需要的内容不全。"), hint=_("请选择适用于这一事项的模板。"), where={"field": missing[0]}
        )
    return Filled(template.titled(spoken)[:200], template.filled(spoken, values))


def values_of(rules: Messages, about: About, org: Org, language: Language) -> dict[str, str]:
    """Every field that is known, as text."""
    told: dict[str, Any] = {
        "bank": head_office().name, "office": org.name, "name": about.name, "debtor": about.debtor,
        "answer_to": rules.answer_to.zh if language == "zh" else rules.answer_to.en,
        "loan": about.loan, "due_on": about.due_on, "days": about.days, "on": about.on, "agency": about.agency,
        "from_on": about.from_on, "principal": _money(about.principal_cents),
        "interest": _money(about.interest_cents), "owed": _money(about.owed_cents),
        "amount": _money(about.amount_cents if about.principal_cents is not None else None),
    }  # fmt: skip
    return {name: str(value) for name, value in told.items() if value is not None}


def _money(cents: int | None) -> str | None:
    return None if cents is None else money(cents)
