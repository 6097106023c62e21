"""What tests of disposal share: a case, a deed done to it, a paper, a proceeding and its steps."""

import io
from typing import Any
from uuid import uuid4

from deciding import person
from PIL import Image

from postloan.desk.book.narrow import loan_rows
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Grant
from postloan.desk.core.officers.queries import head_office
from postloan.desk.disposal.courts.actions import NewStep, lawsuit_open, step_take
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.models import DisposalCase, Lawsuit
from postloan.desk.disposal.papers.keeping import Sent


def granted() -> None:
    """Let whoever disposes of debts in a test do so for head office: a small bank has few an office."""
    for who, names in {"risk": ("read", "write"), "inspector": ("read", "review"), "approver": ("approve",)}.items():
        for name in names:
            Grant.objects.create(officer=person(who), action=f"disposal.{name}", org=head_office(), role="test",
                                 begins_on="2021-01-01")  # fmt: skip


def case_of(**more: Any) -> DisposalCase:
    """The case of the debtor that owes most, with one loan, of those that nobody works on in the demo."""
    untouched = DisposalCase.objects.filter(state="open", loan_count=1, outcomes=None, **more)
    return untouched.order_by("-balance_cents", "pk")[0]


def loan_of(case: DisposalCase) -> dict[str, Any]:
    rows = loan_rows(business_day(None)).filter(debtor_id=case.debtor_id, status="active")
    return rows.sort("outstanding_cents").row(-1, named=True)


def deed(work: Any, reason: str = "资产保全会议决定") -> Deed:
    return Deed(uuid4(), type(work).objects.get(pk=work.pk).version, reason, business_day(None))


def paper(shade: int) -> Sent:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 40), (shade, 90, 90)).save(drawn, "PNG")
    return Sent(f"{shade}.png", drawn.getvalue())


def suit_of(case: DisposalCase) -> Lawsuit:
    sent = deed(case)
    lawsuit_open(person("risk"), case.pk, sent, loan_ids=[loan_of(case)["loan_id"]], claim_cents=5_000_00)
    return Lawsuit.objects.get(pk=sent.id)


def take(suit: Lawsuit, step: str, **more: Any) -> Lawsuit:
    told = {"on": business_day(None).on, "ends_on": None, "court": "思明区人民法院", "reference": "民初1号",
            "costs_cents": 0, "adjudged_cents": None, "paper": None}  # fmt: skip
    return step_take(person("risk"), suit.pk, deed(suit), NewStep(step, **(told | more)))
