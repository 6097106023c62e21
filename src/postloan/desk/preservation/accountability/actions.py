"""Saying who answers for a loss: opened, facts and a proposal put to the vote, closed by a majority of a quorum."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.actions import (
    check_begins,
    check_seen,
    forbid_same_person,
    move,
    record,
    refuse_past,
    require,
    require_reason,
)
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.forms import check_text
from postloan.desk.core.models import Officer, Org, WorkItem
from postloan.desk.core.work.actions import work_close, work_open
from postloan.desk.preservation.grants import VOTE, WRITE, rules_on
from postloan.desk.preservation.models import Accountability, Vote
from postloan.desk.preservation.queries import one_held
from postloan.errors import FormWrong, SamePerson
from postloan.rules.figures import ONE_E8

ANSWER = "accountability_due"
FACTS_MOST = 4000
"""Signs of the facts that a case holds."""
State = Accountability.State


@transaction.atomic
def accountability_open(
    officer: Officer, org: Org, loan: Mapping[str, Any], *, key: UUID, loss_cents: int, off_on: date | None,
    day: BusinessDay,
) -> Accountability:  # fmt: skip
    """Ask who answers for the loss of a loan. Twice with one key is once.

    loan    loan_id, debtor_id, debtor_name; off_on the day of its write-off, None where it is asked before.

    Permission  preservation.write in the loan's office, for the loss. Leaves a case, work, an audit entry.
    Raises NotPermitted, FormWrong where it is asked already, IllegalMove on a past day.
    """
    refuse_past(day)
    require(officer, WRITE, org=org, amount_cents=loss_cents)
    made = Accountability.objects.filter(pk=key).first()
    if made is not None:
        return made
    if Accountability.objects.filter(loan_id=loan["loan_id"]).exclude(state=State.CLOSED).exists():
        raise FormWrong(message=_("该借据已有进行中的责任认定。"), hint=_("请从列表进入。"))
    rule = rules_on(day).accountability
    made = Accountability.objects.create(
        id=key, org=org, state=State.OPEN, loan_id=loan["loan_id"], debtor_id=loan["debtor_id"],
        debtor_name=str(loan["debtor_name"] or "")[:200], loss_cents=loss_cents, off_on=off_on,
        due_on=off_on and off_on + timedelta(days=rule.within_days), opened_on=day.on, opened_by=officer,
    )  # fmt: skip
    work_open([WorkItem(
        kind=ANSWER, subject=made.subject, title=made.debtor_name, org=org, officer=officer, opened_on=day.on,
        page=reverse("preservation:accountability", args=[made.pk]), amount_cents=loss_cents, told=made.loan_id,
        due_on=made.due_on or day.on + timedelta(days=rule.within_days), state=WorkItem.State.OPEN,
    )])  # fmt: skip
    record(officer, "accountability.opened", made, org=org, run_id=day.run_id, loan_id=made.loan_id,
           loss_cents=loss_cents, due_on=made.due_on)  # fmt: skip
    return made


@transaction.atomic
def accountability_propose(
    officer: Officer, key: UUID, proposal: str, *, facts: str, persons: str, seen_version: int, day: BusinessDay
) -> Accountability:
    """Put facts and a proposal to the vote: somebody is liable, or all did what was due (尽职免责).

    Permission  preservation.write in the office. Move open -> voting.
    Leaves      an audit entry; votes on an earlier proposal count no more.
    Raises NotPermitted, StaleView, IllegalMove, ReasonMissing without facts, FormWrong where nobody liable is named.
    """
    refuse_past(day)
    held = one_held(Accountability, key, "org")
    require(officer, WRITE, org=held.org)
    check_seen(held, seen_version)
    is_liable = proposal == Accountability.Finding.LIABLE
    if proposal not in Accountability.Finding.values or (is_liable and not persons.strip()):
        raise FormWrong(message=_("认定意见没有选择，或没有写明责任人。"), hint=_("认定有责的要写明责任人和责任。"))
    check_text(persons.strip(), "persons")
    held.facts, held.persons = require_reason(facts, most=FACTS_MOST), persons.strip()
    held.proposal, held.proposed_by = proposal, officer
    held.save(update_fields=["facts", "persons", "proposal", "proposed_by"])
    move(held, State.VOTING, seen_version=seen_version)
    held.votes.filter(is_of_now=True).update(is_of_now=False)
    record(officer, "accountability.proposed", held, org=held.org, run_id=day.run_id, facts=held.facts,
           proposal=proposal, persons=held.persons)  # fmt: skip
    return held


@transaction.atomic
def vote_cast(
    officer: Officer, key: UUID, *, is_for: bool, reason: str, seen_version: int, day: BusinessDay
) -> Accountability:
    """Vote on a proposal, once a member. With a quorum a majority for it closes the case; without one it goes back.

    Permission  preservation.vote in the office; nobody votes on what he proposed, or on himself.
    Move        voting -> voting, closed where a majority of at least a quorum is for it, or open where that can no
                longer be: a majority is against.
    Leaves      a vote, an audit entry; the work is done once it is closed.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing.
    Source      rulebook: preservation (accountability).
    """
    refuse_past(day)
    held = one_held(Accountability, key, "org", "proposed_by")
    require(officer, VOTE, org=held.org)
    check_begins(held, [State.VOTING])
    check_seen(held, seen_version)
    forbid_same_person(officer, others=[held.proposed_by])
    if officer.get_username() in held.persons or (officer.name and officer.name in held.persons):
        raise SamePerson(message=_("责任人不能表决。"), hint=_("请由其他委员表决。"))
    if held.votes.filter(member=officer, is_of_now=True).exists():
        raise FormWrong(message=_("您已经表决。"), hint=_("等待其他委员表决。"))
    Vote.objects.create(
        case=held,
        member=officer,
        is_for=is_for,
        reason=require_reason(reason),
        proposal=held.proposal,
        on=day.on,
    )
    record(officer, "accountability.voted", held, org=held.org, run_id=day.run_id, reason=reason.strip(),
           is_for=is_for, proposal=held.proposal)  # fmt: skip
    told = list(held.votes.filter(is_of_now=True).values_list("is_for", flat=True))
    rule, to = rules_on(day).accountability, State.VOTING
    if len(told) >= rule.quorum:
        if sum(told) * ONE_E8 >= rule.majority_e8 * len(told):
            to = State.CLOSED
        elif not_for_most(told):
            to = State.OPEN
    move(held, to, seen_version=seen_version)
    if to == State.CLOSED:
        held.closed_on = day.on
        held.save(update_fields=["closed_on"])
        work_close((ANSWER,), held.subject, on=day.on)
        record(officer, "accountability.closed", held, org=held.org, run_id=day.run_id, proposal=held.proposal,
               votes=len(told), is_late=held.due_on is not None and day.on > held.due_on)  # fmt: skip
    return held


def not_for_most(votes: list[bool]) -> bool:
    """Whether more are against than for."""
    return 2 * sum(votes) < len(votes)
