"""What the pages of the outbox read: messages of the desk's offices, what happened to one, what could be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from postloan.desk.book.queries import debtor_seen, loan_seen, loans_of
from postloan.desk.contact.queries import parties_seen
from postloan.desk.core.authority import today, within
from postloan.desk.core.lists.cells import language
from postloan.desk.core.models import Org
from postloan.desk.core.officers.queries import head_office, officers_by_number
from postloan.desk.core.pages import Desk
from postloan.desk.outbox.actions import NewMessage
from postloan.desk.outbox.models import Message, Try
from postloan.desk.outbox.written import About, Filled, filled, messages_now, template_named
from postloan.errors import FormWrong, NotFoundHere
from postloan.plan.contact.parties import Party
from postloan.plan.reminding import falling_due
from postloan.rules.message_rules import Language, Template

_LETTERS_MOST = 500
_WORTH = timedelta(days=10)
"""How long a message that somebody wrote is worth sending."""
_LATE = ("overdue_principal", "overdue_interest", "overdue_fee", "penalty", "compound")


def messages_seen(desk: Desk) -> QuerySet[Message]:
    """The messages of the desk's offices."""
    return within(Message.objects.all(), desk.scope)


def message_seen(desk: Desk, message_id: UUID) -> Message:
    """One message. Raises NotFoundHere where it is outside the desk's offices."""
    found = messages_seen(desk).select_related("org", "point", "officer", "made_by").filter(pk=message_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这条消息，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def tries_told(message: Message) -> list[tuple[Try, list[dict[str, Any]]]]:
    """Every try of a message, the latest first, with the rules that refused it in the reader's language."""
    spoken = language()
    return [
        (each, [rule | {"said": rule[spoken]} for rule in each.told.get("refusals", ())])
        for each in message.all_tries.order_by("-pk")
    ]


def letters_waiting(desk: Desk) -> list[Message]:
    """The letters that were printed and not posted yet, by office and addressee."""
    found = messages_seen(desk).filter(
        state=Message.State.SENT, channel__in=["letter", "formal_demand"], posted_at=None
    )  # fmt: skip
    return list(found.select_related("org", "point").order_by("org_id", "party_name", "pk")[:_LETTERS_MOST])


def messages_of_debtor(desk: Desk, debtor_id: str) -> list[Message]:
    """The messages about a debtor's debts, the latest first."""
    return list(messages_seen(desk).filter(debtor_id=debtor_id).select_related("org", "point").order_by("-made_on"))


def template_seen(key: str) -> Template:
    """A template. Raises NotFoundHere."""
    found = messages_now().named(key)
    if found is None:
        raise NotFoundHere(message=_("没有这个消息模板。"), hint=_("请从列表中选择。"))
    return found


@dataclass(frozen=True)
class Draft:
    """A message as it would be written now."""

    template: Template
    party: Party
    loan: Mapping[str, Any]
    said: Filled
    amount_cents: int


def draft_of(desk: Desk, debtor_id: str, given: Mapping[str, str], spoken: Language | None = None) -> Draft:
    """Write what a form asks for and keep nothing: a template, about a loan of a debtor, for one of its parties.

    Raises NotFoundHere, FormWrong.
    """
    debtor, rules = debtor_seen(desk, debtor_id), messages_now()
    template = template_named(rules, given.get("template", ""))
    loan = loan_seen(desk, given.get("loan", ""))
    if loan["debtor_id"] != debtor_id:
        raise NotFoundHere(message=_("这笔借据不是该客户的。"), hint=_("请从客户的借据中选择。"))
    party = next((each for each in parties_seen(desk, debtor_id) if each.party_id == given.get("party")), None)
    if party is None:
        raise FormWrong(message=_("没有选择收件人。"), hint=_("请选择后再提交。"), where={"field": "party"})
    about = about_loan(desk, loan, party.name, debtor["name"])
    said = filled(rules, template, about, Org.objects.get(pk=loan["org_id"]), spoken)
    return Draft(template, party, loan, said, about.owed_cents or about.amount_cents)


def about_loan(desk: Desk, loan: Mapping[str, Any], name: str, debtor: str) -> About:
    """What a message may name of a loan on the page's day: what falls due next, and what is overdue."""
    late_cents = sum(loan[f"{part}_cents"] for part in _LATE)
    late = {"days": loan["days_past_due"], "owed_cents": late_cents} if late_cents else {}
    asked = (
        loans_of(desk, loan["debtor_id"])
        .filter(pl.col("loan_no") == loan["loan_no"], pl.col("next_due_on").is_not_null())
        .select("loan_no", "shard", debtor_no=pl.lit(loan["debtor_no"]), of=pl.lit("instalment"), due_on="next_due_on")
    )
    due = falling_due(desk.day.home, desk.day.on, asked)
    if not due.is_empty():
        row = due.row(0, named=True)
        late |= {"due_on": loan["next_due_on"], "principal_cents": row["principal_cents"],
                 "interest_cents": row["interest_cents"] + row["fee_cents"]}  # fmt: skip
    return About(name, debtor, loan=loan["loan_id"], on=desk.day.on, **late)


def new_message(desk: Desk, debtor_id: str, given: Mapping[str, str], made_id: UUID) -> NewMessage:
    """The message that a form asks for. Raises what `draft_of` raises."""
    draft, debtor = draft_of(desk, debtor_id, given), debtor_seen(desk, debtor_id)
    return NewMessage(
        key=f"written:{made_id}", cause="written", template=draft.template, debtor_id=debtor_id,
        debtor_name=debtor["name"], org_id=draft.loan["org_id"], party=draft.party, title=draft.said.title,
        text=draft.said.text, made_on=desk.day.on, useful_until=max(today(), desk.day.on) + _WORTH,
        loan_id=draft.loan["loan_id"], amount_cents=draft.amount_cents,
        officer_id=officers_by_number().get(draft.loan["officer_id"] or ""),
    )  # fmt: skip


def bank_name() -> str:
    """How the bank names itself."""
    return head_office().name


def ids_from(ticked: Sequence[str]) -> list[UUID]:
    """The messages that a page ticked. Raises FormWrong where there are none."""
    try:
        found = [UUID(each) for each in ticked]
    except ValueError:
        found = []
    if not found:
        raise FormWrong(message=_("没有勾选任何记录。"), hint=_("请先在列表中勾选。"), where={"field": "ticked"})
    return found
