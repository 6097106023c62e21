"""What pages of disposal read: cases of the officer's offices, their loans and security, and what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import StepTold, may_decide, steps_told
from postloan.desk.book.narrow import collateral_rows
from postloan.desk.book.queries import loans_split
from postloan.desk.collection.models import CollectionCase
from postloan.desk.core.authority import within
from postloan.desk.core.pages import Desk
from postloan.desk.disposal.deeds import WRITE
from postloan.desk.disposal.models import DisposalCase, Outcome
from postloan.desk.disposal.opening.changes import is_bad
from postloan.desk.disposal.outcomes.promised.paid import paid_cents
from postloan.desk.disposal.outcomes.proved import ItemTold, items_told, lacking
from postloan.desk.disposal.outcomes.reckoned import loan_owed
from postloan.desk.disposal.pursued import pursued_seen
from postloan.errors import NotFoundHere
from postloan.plan.disposal_routes import offered_prices
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.disposal_routes import DisposalRoutes

_CASES_MOST = 20


@dataclass(frozen=True)
class OutcomeTold:
    """An outcome, its checklist and what it lacks, the steps of its approval, and what may be done about it.

    paid_cents  what came in so far of a settlement that waits to be paid; None where none does.
    """

    outcome: Outcome
    items: Sequence[ItemTold]
    lacks: Sequence[str]
    steps: Sequence[StepTold]
    may_write: bool
    may_decide: bool
    may_end: bool
    paid_cents: int | None


@dataclass(frozen=True)
class StateCount:
    """How many running cases a state has, and what their loans owe or what is pursued."""

    state: str
    count: int
    cents: int


def cases_seen(desk: Desk) -> QuerySet[DisposalCase]:
    """The cases of the desk's offices."""
    return within(DisposalCase.objects.all(), desk.scope)


def case_seen(desk: Desk, case_id: int) -> DisposalCase:
    """One case. Raises NotFoundHere where it is outside the desk's offices."""
    found = cases_seen(desk).select_related("org", "officer", "keeper", "planned_by").filter(pk=case_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项处置，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def outcome_seen(desk: Desk, outcome_id: UUID) -> Outcome:
    """One outcome. Raises NotFoundHere where it is outside the desk's offices."""
    found = within(Outcome.objects.select_related("case", "org"), desk.scope).filter(pk=outcome_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项处置结果，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def counts_by_state(desk: Desk) -> list[StateCount]:
    """How many running cases each state has."""
    rows = cases_seen(desk).order_by().values_list("state").annotate(n=Count("pk"), owed=Sum("balance_cents"),
                                                                      off=Sum("off_cents"))  # fmt: skip
    found = {state: (n, off if state == DisposalCase.State.PURSUED else owed) for state, n, owed, off in rows}
    return [StateCount(state, *found.get(state, (0, 0))) for state in DisposalCase.RUNNING]


def loans_mine(desk: Desk, case: DisposalCase) -> frozenset[str]:
    """The debtor's loans that lie in the desk's offices: those that a page may name."""
    return frozenset(loans_split(desk, case.debtor_id)[0]["loan_id"])


def bad_loans(desk: Desk, case: DisposalCase) -> list[dict[str, Any]]:
    """The debtor's non-performing loans on the book, in the desk's offices; before a court, those past due as well."""
    mine = loans_split(desk, case.debtor_id)[0]
    is_sued = CollectionCase.objects.filter(debtor_id=case.debtor_id, state=CollectionCase.State.COURT).exists()
    return mine.filter((pl.col("status") == "active") & is_bad(is_sued=pl.lit(is_sued))).to_dicts()


def pursued_of(desk: Desk, case: DisposalCase) -> list[dict[str, Any]]:
    """The debtor's loans that were written off, with what came in since."""
    return pursued_seen(desk).filter(pl.col("debtor_id") == case.debtor_id).to_dicts()


def securities_of(desk: Desk, case: DisposalCase) -> list[dict[str, Any]]:
    """The collateral that stands for the debtor's loans, with its latest value and the prices of a court by it.

    first_cents, second_cents  start prices of the first and second auction as the compared routes have them, in cents;
                               proposals for the form, empty where there is no value.
    """
    law = load_desk_rules(desk.day.home).version("disposal_routes", DisposalRoutes, desk.day.on)
    rows = collateral_rows(desk.day).filter(pl.col("debtor_id") == case.debtor_id).to_dicts()
    prices = [None if row["value_cents"] is None else offered_prices(row["value_cents"], 0, law) for row in rows]
    return [
        row | {"first_cents": told and told.first_cents, "second_cents": told and told.second_cents}
        for row, told in zip(rows, prices, strict=True)
    ]


def other_cases(desk: Desk, debtor_id: str, *, but: int | None) -> list[DisposalCase]:
    """The cases of a debtor in the desk's offices, the latest first, but for one."""
    found = cases_seen(desk).filter(debtor_id=debtor_id)
    found = found if but is None else found.exclude(pk=but)
    return list(found.order_by("-opened_on", "-pk")[:_CASES_MOST])


def outcomes_told(desk: Desk, case: DisposalCase) -> list[OutcomeTold]:
    """The outcomes of the loans that the desk may see, each with its checklist, approval and buttons."""
    is_now = not desk.day.is_past
    told = []
    mine = case.outcomes.filter(loan_id__in=loans_mine(desk, case))
    for made in mine.select_related("approval", "asset", "org", "drawn_up_by"):
        is_draft = made.state == Outcome.State.DRAFT
        loan = loan_owed(desk.day, made.loan_id) if is_draft else None
        told.append(OutcomeTold(
            outcome=made, items=items_told(made, desk.day), lacks=lacking(made, loan, desk.day) if loan else (),
            steps=steps_told(made.approval) if made.approval else (),
            may_write=is_draft and is_now and WRITE in desk.actions,
            may_decide=may_decide(desk, made.approval),
            may_end=made.route == "write_off" and made.state == Outcome.State.APPROVED and is_now
            and "disposal.approve" in desk.actions and made.drawn_up_by_id != desk.officer.pk,
            paid_cents=paid_cents(made, desk.day) if made.state == Outcome.State.AGREED else None,
        ))  # fmt: skip
    return told
