"""Pages of accountability: the list, and one case with its facts, its votes and its finding."""

from uuid import UUID, uuid4

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.book.queries import loan_seen, name_of
from postloan.desk.core.forms import cents_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.officers.queries import org_in_scope
from postloan.desk.core.pages import Desk, page
from postloan.desk.disposal.pursued import pursued_seen
from postloan.desk.preservation.accountability import actions
from postloan.desk.preservation.accountability.losses import written_off_on
from postloan.desk.preservation.grants import READ, VOTE, WRITE, rules_on
from postloan.desk.preservation.lists import ACCOUNTABILITIES
from postloan.desk.preservation.models import Accountability
from postloan.desk.preservation.queries import one_seen
from postloan.tables.said import SAID


@page(READ)
def accountabilities(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The cases of the desk's offices, and the written-off loans for which nobody asked yet."""
    asked = Accountability.objects.values_list("loan_id", flat=True)
    off = pursued_seen(desk).filter(~pl.col("loan_id").is_in(list(asked))).sort("off_cents", descending=True)
    told = {
        "list": ACCOUNTABILITIES.drawn(request, desk),
        "here": "preservation",
        "part": "accountabilities",
        "may_open": WRITE in desk.actions and not desk.day.is_past,
        "key": uuid4(),
        "off": off.head(10).to_dicts(),
        "off_count": off.height,
    }
    return render(request, "preservation/accountabilities.html", told)


@page(WRITE, methods=("POST",))
def open_case(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask who answers for the loss of a loan; the day of its write-off is the one that the night knows."""
    loan = loan_seen(desk, request.POST.get("loan_id", "").strip())
    made = actions.accountability_open(
        desk.officer, org_in_scope(desk, loan["org_id"]), loan | {"debtor_name": name_of(desk, loan["debtor_id"])},
        key=made_id_from(request.POST, "key"), loss_cents=cents_from(request.POST, "loss"),
        off_on=written_off_on(desk, loan), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已发起责任认定。"))
    return redirect("preservation:accountability", made.pk)


@page(READ)
def accountability(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """One case."""
    held = one_seen(desk, Accountability, key, "opened_by", "proposed_by")
    votes = list(held.votes.select_related("member"))
    now = [each for each in votes if each.is_of_now]
    is_now = not desk.day.is_past
    told = {
        "held": held, "votes": votes, "rule": rules_on(desk.day).accountability, "votes_cast": len(now),
        "votes_for": sum(each.is_for for each in now), "findings": list(SAID["accountability_finding"]),
        "may_write": is_now and WRITE in desk.actions and held.state != Accountability.State.CLOSED,
        "may_vote": is_now and VOTE in desk.actions and held.state == Accountability.State.VOTING
        and desk.officer.pk not in {each.member_id for each in now} and desk.officer.pk != held.proposed_by_id,
        "is_late": held.due_on is not None and (held.closed_on or desk.day.on) > held.due_on,
        "here": "preservation", "part": "",
    }  # fmt: skip
    return render(request, "preservation/accountability.html", told)


@page(WRITE, methods=("POST",))
def propose(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Put facts and a proposal to the vote."""
    held = one_seen(desk, Accountability, key)
    given = request.POST
    actions.accountability_propose(
        desk.officer, held.pk, given.get("proposal", ""), facts=text_from(given, "facts", actions.FACTS_MOST),
        persons=text_from(given, "persons"), seen_version=whole_from(given, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交表决。"))
    return redirect("preservation:accountability", held.pk)


@page(VOTE, methods=("POST",))
def vote(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Vote on a proposal."""
    held = one_seen(desk, Accountability, key)
    actions.vote_cast(
        desk.officer, held.pk, is_for=request.POST.get("vote") == "for",
        reason=reason_from(request.POST), seen_version=whole_from(request.POST, "version"),
        day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已表决。"))
    return redirect("preservation:accountability", held.pk)
