"""What tests of disposal share: a case, a deed done to it, a paper, a proceeding, and an outcome on its way."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from deciding import person
from PIL import Image

from postloan.desk.book.narrow import loan_rows
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Decision, Grant
from postloan.desk.core.officers.queries import head_office
from postloan.desk.disposal.courts.actions import NewStep, lawsuit_open, step_take
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.models import DisposalCase, Lawsuit, Outcome
from postloan.desk.disposal.outcomes import actions as outcomes
from postloan.desk.disposal.papers.keeping import Sent
from postloan.intake.decisions import TERMS

DAY = timedelta(days=1)


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


def drawn_up(case: DisposalCase, route: str, **more: Any) -> Outcome:
    sent = deed(case)
    new = outcomes.NewOutcome(loan_of(case)["loan_id"], route, **more)
    for _twice in range(2):
        outcomes.outcome_draw_up(person("risk"), case.pk, sent, new)
    return Outcome.objects.get(pk=sent.id)


def decided(made: Outcome, *who: str) -> Outcome:
    outcomes.outcome_propose(person("risk"), made.pk, deed(made))
    for each in who:
        made.refresh_from_db()
        seen = replace(deed(made), seen_version=made.approval.version)
        outcomes.outcome_decide(person(each), made.pk, "agree", seen)
    made.refresh_from_db()
    return made


def approved(made: Outcome) -> Outcome:
    """Proposed, and agreed to by as many others as its chain has."""
    made = decided(made)
    who = {"disposal.review": "inspector", "disposal.approve": "approver"}
    while made.approval.waits_for:
        seen = replace(deed(made), seen_version=made.approval.version)
        outcomes.outcome_decide(person(who[made.approval.waits_for]), made.pk, "agree", seen)
        made = Outcome.objects.get(pk=made.pk)
    return made


def terms_of(made: Outcome) -> list[tuple[str, dict[str, Any]]]:
    """What an outcome became for the night, each as intake takes it."""
    found = Decision.objects.filter(pk__in=made.decisions.values("pk")).order_by("pk")
    for each in found:
        TERMS[each.kind].model_validate(each.terms)
        assert each.effective_on == business_day(None).on + DAY
    return [(each.kind, each.terms) for each in found]


def written(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
