"""What the pages of impairment read: proposals, sign-offs, a loan with its debtor's name."""

from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from postloan.desk.book.narrow import loan_rows
from postloan.desk.book.queries import loan_seen, name_of
from postloan.desk.core.authority import limit_of, within
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.pages import Desk
from postloan.desk.impairment.checks import IMPAIRED
from postloan.desk.impairment.models import Proposal, RunSign
from postloan.desk.impairment.plans import warnings_of
from postloan.errors import NotFoundHere
from postloan.snapshot.read import published_run


def loan_told(desk: Desk, loan_id: str) -> dict[str, Any]:
    """A loan's published row, with debtor_name; of a day without stages, none of them. Raises NotFoundHere."""
    row = loan_seen(desk, loan_id)
    unknown = dict.fromkeys(("stage", "claim_cents", "ecl_cents", "ecl_method", "override_stage"))
    return unknown | row | {"debtor_name": name_of(desk, row["debtor_id"])}


def proposals_seen(desk: Desk) -> QuerySet[Proposal]:
    """The proposals of the desk's offices."""
    return within(Proposal.objects.all(), desk.scope)


def proposal_seen(desk: Desk, proposal_id: UUID) -> Proposal:
    """One proposal. Raises NotFoundHere where it is outside the desk's offices."""
    found = proposals_seen(desk).select_related("org", "case", "decision", "replaced_by").filter(pk=proposal_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项提议，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def is_taken_back(proposal: Proposal) -> bool:
    """Whether what was decided by a proposal was taken back since."""
    return proposal.decision is not None and proposal.decision.withdrawn_by.exists()


def proposals_of(desk: Desk, loan_id: str) -> list[Proposal]:
    """What was proposed of a loan, the latest first."""
    return list(proposals_seen(desk).filter(loan_id=loan_id).select_related("case", "decision").order_by("-opened_at"))


def plan_to_begin_with(desk: Desk, loan_id: str) -> Proposal | None:
    """The plan that a new one begins from: the one in force, else the last that was proposed."""
    held = proposals_seen(desk).filter(loan_id=loan_id, kind=Proposal.Kind.PLAN)
    return plan_in_force(desk, loan_id) or held.order_by("-opened_at").first()


def plan_in_force(desk: Desk, loan_id: str) -> Proposal | None:
    """The plan of a loan that was decided last, or None; one that was taken back holds no more."""
    held = proposals_seen(desk).filter(loan_id=loan_id, kind=Proposal.Kind.PLAN, state=Proposal.State.APPROVED)
    return held.filter(decision__withdrawn_by=None).first()


def warnings_about(proposal: Proposal) -> list[str]:
    """What whoever decides on a proposal should look at twice."""
    is_plan = proposal.kind == Proposal.Kind.PLAN
    return warnings_of(proposal.terms, proposal.claim_cents) if is_plan else []


def may_be_planned(desk: Desk, proposal: Proposal) -> bool:
    """Whether a plan may be written for the loan of a proposal now: it is impaired, and the officer may propose."""
    if "impairment.propose" not in desk.actions or desk.day.is_past:
        return False
    found = loan_rows(desk.day).filter(pl.col("loan_id") == proposal.loan_id, pl.col("stage") == IMPAIRED)
    return found.height > 0


def loans_with_open_plan() -> set[str]:
    """The loans of which a plan is on its way."""
    held = Proposal.objects.filter(kind=Proposal.Kind.PLAN, state=Proposal.State.PROPOSED)
    return set(held.values_list("loan_id", flat=True))


def signs_of(desk: Desk, on: date) -> tuple[RunSign | None, list[RunSign]]:
    """The sign-off of the run that is published of a day, and those of runs that it superseded."""
    run_id = published_run(desk.day.home, on)
    signs = list(RunSign.objects.filter(on=on).select_related("reviewed_by", "signed_by").order_by("-reviewed_at"))
    mine = next((each for each in signs if each.run_id == run_id), None)
    return mine, [each for each in signs if each.run_id != run_id]


def may_at_head(desk: Desk, action: str) -> bool:
    """Whether an officer may do something of the whole bank: what buttons a page draws."""
    return limit_of(desk.officer, action, head_office()) != -1
