"""Who calls the interface in tests: an account with a token for each role in two offices, and an outside agency."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import polars as pl
from django.utils import timezone
from messaging import opened

from postloan.desk.agency.models import Agency, Placement
from postloan.desk.book.narrow import loan_rows
from postloan.desk.collection.models import CollectionCase
from postloan.desk.core.authority import scope_of, today
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.tokens.actions import token_issue
from postloan.desk.outbox.actions import NewMessage, messages_put
from postloan.desk.outbox.models import Message
from postloan.desk.outbox.written import messages_now
from postloan.plan.contact.parties import Party
from postloan.rules.desk_rules import Roles, load_desk_rules

PLACED = 3
AGENCY = "outside_agency"


@dataclass(frozen=True)
class Caller:
    """An account and its token. placed: the debtors that are with it, where it is an outside agency's."""

    officer: Officer
    role: str
    secret: str
    placed: frozenset[str] = frozenset()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    def debtors(self, action: str) -> frozenset[str]:
        """The debtors that it may hear of: those with a loan in its offices; an agency's are those placed with it."""
        if self.role == AGENCY:
            return self.placed
        scope = scope_of(self.officer, action)
        return frozenset(
            loan_rows(business_day(None)).filter(pl.col("org_id").is_in(sorted(scope.org_ids)))["debtor_id"]
        )

    def __str__(self) -> str:
        return self.officer.username


def offices() -> tuple[Org, Org]:
    """A sub-branch, and a branch that does not hold it."""
    first = Officer.objects.select_related("org").get(username="officer").org
    assert first
    return first, Org.objects.filter(level="branch").exclude(pk__in=first.above).order_by("pk")[0]


def caller(role: str, org: Org, *, name: str = "", placed: frozenset[str] = frozenset()) -> Caller:
    officer = opened(name or f"{role}-{org.pk}", role, org)
    issued = token_issue(None, officer, name="test", expires_on=today() + timedelta(days=9), reason="test")
    return Caller(officer, role, issued.secret, placed)


def every_caller() -> list[Caller]:
    """One a role in each of two offices; of agencies one that has cases, and one that is on no list."""
    named = [each.role for each in load_desk_rules(None).version("roles", Roles, today()).roles]
    made = [caller(role, org) for role in named if role != AGENCY for org in offices()]
    return [*made, agency(), caller(AGENCY, head_office(), name="agency-none")]


def agency() -> Caller:
    """An agency's account with cases that run."""
    cases = list(CollectionCase.objects.filter(state="open", placements=None).select_related("org")[:PLACED])
    made = caller(AGENCY, head_office(), name="agency-some", placed=frozenset(case.debtor_id for case in cases))
    listed = Agency.objects.create(
        state=Agency.State.LISTED, org=head_office(), name="诚信资产", licence="91330100MA00000000",
        account=made.officer,
        line="0571-88880000", contract_no="1", begins_on=date(2021, 1, 1), ends_on=date(2031, 1, 1), evidence={},
        schedule="standard", proposed_by=made.officer, made_id=uuid4(),
    )  # fmt: skip
    for case in cases:
        Placement.objects.create(
            state=Placement.State.RUNNING, org=case.org, agency=listed, case=case, debtor_id=case.debtor_id,
            debtor_name=case.debtor_name, owed_cents=case.past_due_cents, days_past_due=case.days_past_due, share_e8=0,
            begins_on=date(2021, 1, 1), placed_on=date(2021, 1, 1), placed_by=made.officer,
            told=message_to(case.debtor_id, case.org),
        )  # fmt: skip
    return made


def message_to(debtor_id: str, org: Org) -> Message:
    """A message that was sent to a debtor of an office."""
    template = messages_now().named("overdue_sms")
    assert template
    new = NewMessage(
        key=str(uuid4()), cause="written", template=template, debtor_id=debtor_id, debtor_name="张三", org_id=org.pk,
        party=Party(debtor_id, "张三", "debtor", "person", "", None), title="提醒", text="请还款", made_on=today(),
        useful_until=today() + timedelta(days=3),
    )  # fmt: skip
    assert messages_put([new], made_by=None, at=timezone.now()) == 1
    Message.objects.filter(key=new.key).update(state=Message.State.SENT, sent_at=timezone.now())
    return Message.objects.get(key=new.key)
