"""Pages of collection: the list, one case at a time, promises, seats, strategies, and how well it goes."""

from datetime import date, timedelta
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import may_decide, steps_told
from postloan.desk.book.queries import debtor_seen
from postloan.desk.collection import queries
from postloan.desk.collection.court.actions import case_take_back, court_decide, court_propose
from postloan.desk.collection.deeds.actions import Promised, contact_note
from postloan.desk.collection.lists import CASES, PROMISES
from postloan.desk.collection.models import CollectionCase
from postloan.desk.collection.performance import lines_of, roll_chart, rolls_told, trials_told
from postloan.desk.collection.queue.actions import case_next, case_put_back
from postloan.desk.collection.seats.actions import WORK, seat_set
from postloan.desk.collection.typed import amount_from
from postloan.desk.contact.asking import point_named, wanted_from
from postloan.desk.contact.queries import attempt_asked, number_of, parties_seen, points_told, refusals_said
from postloan.desk.contact.telling.actions import attempt_ask_told
from postloan.desk.core.authority import officers_holding
from postloan.desk.core.forms import day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.models import Officer
from postloan.desk.core.officers.queries import officer_in_scope
from postloan.desk.core.pages import Desk, page
from postloan.rules.contact_rules import CHANNELS

_DAYS_SHOWN = 31


@page("collection.read")
def cases(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The cases of the desk's offices."""
    told = {"list": CASES.drawn(request, desk), "here": "collection", "part": "cases",
            "waiting": queries.waiting_for(desk)}  # fmt: skip
    return render(request, "collection/list.html", told)


@page("collection.read")
def promises(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What debtors promised, and what became of it."""
    told = {"list": PROMISES.drawn(request, desk), "here": "collection", "part": "promises"}
    return render(request, "collection/list.html", told)


@page("collection.work", methods=("POST",))
def next_case(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give the next case."""
    found = case_next(desk)
    if found is None:
        messages.info(request, _("队列中没有到时间的案件。"))
        return redirect("collection:cases")
    return redirect("collection:case", found)


@page("collection.read")
def case(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """One case: what is owed, what to say, whom to reach, what came of it, and by which key."""
    found, rules = queries.case_seen(desk, case_id), queries.rules_on(desk)
    step = rules.step(found.strategy, found.days_past_due)
    is_worked = WORK in desk.actions and not desk.day.is_past and found.state == CollectionCase.State.OPEN
    parties = parties_seen(desk, found.debtor_id) if found.is_running else []
    points = points_told(desk, found.debtor_id, parties)
    asked = attempt_asked(desk, found.debtor_id, request.GET.get("attempt", ""))
    begins_on, ends_on = queries.promise_begins(desk, rules)
    told = {
        "case": found, "step": step, "script": queries.script_said(step, found), "points": points,
        "channel": asked.channel if asked else queries.channel_first(step, points), "channels": CHANNELS,
        "asked": asked, "number": number_of(request.user.pk, asked) if asked else "",
        "refusals": refusals_said(asked) if asked else [],
        "keys": queries.keys_of(rules, asked.channel) if asked and asked.is_allowed and not asked.outcome else [],
        "loans": queries.late_loans(desk, found.debtor_id), "entries": queries.entries_of(found),
        "promises": queries.promises_of(found), "promise_on": begins_on, "promise_to": ends_on,
        "segment": queries.named(rules, "segment", found.segment), "team": queries.named(rules, "team", found.team),
        "strategy": queries.named(rules, "strategy", found.strategy), "is_worked": is_worked,
        "steps": steps_told(found.approval) if found.approval else [],
        "may_decide": found.state == CollectionCase.State.PROPOSED and may_decide(desk, found.approval),
        "may_take_back": found.state in {"placed", "court"} and "collection.manage" in desk.actions
        and not desk.day.is_past,
        "waiting": queries.waiting_for(desk), "made_id": uuid4(), "here": "collection",
    }  # fmt: skip
    return render(request, "collection/case.html", told)


@page("collection.work", methods=("POST",))
def ask(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Ask the gate whether the debtor may be contacted now; the page shows the answer."""
    found, given = queries.case_seen(desk, case_id), request.POST.dict()
    debtor = debtor_seen(desk, found.debtor_id)
    point = point_named(desk, debtor, given.get("point", ""))
    step = queries.rules_on(desk).step(found.strategy, found.days_past_due)
    given["purpose"] = queries.purpose_of(step, given.get("channel", ""), point)
    made, _number = attempt_ask_told(desk.officer, wanted_from(debtor, point, made_id_from(given, "made_id"), given))
    return redirect(f"{reverse('collection:case', args=[case_id])}?attempt={made.pk}")


@page("collection.work", methods=("POST",))
def outcome(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Say what came of a contact, by one key."""
    found, given = queries.case_seen(desk, case_id), request.POST.dict()
    promised = None
    if given.get("key") == queries.promise_key(desk):
        promised = Promised(amount_from(given, "amount"), day_from(given, "due_on"))
    contact_note(
        desk.officer, found.pk, made_id_from(given, "attempt"), given.get("key", ""),
        entry_id=made_id_from(given, "made_id"), note=text_from(given, "note"), promised=promised, day=desk.day,
    )  # fmt: skip
    messages.success(request, _("结果已登记。按 n 取下一户。"))
    return redirect("collection:case", found.pk)


@page("collection.work", methods=("POST",))
def put_back(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Put a case back; one whose contact was refused comes again when it is allowed."""
    found, given = queries.case_seen(desk, case_id), request.POST.dict()
    asked = attempt_asked(desk, found.debtor_id, given.get("attempt", ""))
    until = asked.allowed_from if asked and not asked.is_allowed else None
    case_put_back(desk.officer, found.pk, until=until, reason=reason_from(request.POST), day=desk.day)
    messages.success(request, _("已退回队列。"))
    return redirect("collection:cases")


@page("collection.work", methods=("POST",))
def court(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Propose to take a debtor to court."""
    found = queries.case_seen(desk, case_id)
    court_propose(
        desk.officer,
        found.pk,
        reason=reason_from(request.POST),
        seen_version=whole_from(request.POST, "version"),
        day=desk.day,
    )
    messages.success(request, _("已提交审批。"))
    return redirect("collection:case", found.pk)


@page("collection.read", methods=("POST",))
def decide(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Agree to a suit, or turn it down."""
    found = queries.case_seen(desk, case_id)
    court_decide(
        desk.officer, found.pk, request.POST.get("verdict", ""), reason=reason_from(request.POST),
        seen_version=whole_from(request.POST, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("collection:case", found.pk)


@page("collection.manage", methods=("POST",))
def take_back(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Take a case back into the queue."""
    found = queries.case_seen(desk, case_id)
    case_take_back(
        desk.officer,
        found.pk,
        reason=reason_from(request.POST),
        seen_version=whole_from(request.POST, "version"),
        day=desk.day,
    )
    messages.success(request, _("已收回队列。"))
    return redirect("collection:case", found.pk)


@page("collection.manage")
def seats(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who collects in which team, and how many cases at most."""
    told = {"seats": queries.seats_told(desk, officers_holding(WORK)), "teams": queries.teams_said(desk),
            "here": "collection", "part": "seats"}  # fmt: skip
    return render(request, "collection/seats.html", told)


@page("collection.manage", methods=("POST",))
def seat(request: HttpRequest, desk: Desk, officer_id: int) -> HttpResponse:
    """Give a seat, or change it."""
    collector: Officer = officer_in_scope(desk, officer_id)
    cap = whole_from(request.POST, "cap") if request.POST.get("cap", "").strip() else None
    seat_set(
        desk.officer, collector, team=request.POST.get("team", ""), is_on="is_on" in request.POST, cap=cap,
        seen_version=whole_from(request.POST, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("席位已设置。"))
    return redirect("collection:seats")


@page("collection.read")
def strategies(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The segments, strategies, trials and keys in force, each with its source."""
    rules = queries.rules_on(desk)
    told = {"rules": rules, "strategies": queries.strategies_said(rules), "segments": queries.segments_said(rules),
            "here": "collection", "part": "strategies"}  # fmt: skip
    return render(request, "collection/strategies.html", told)


@page("collection.read")
def performance(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How well it goes, by team and collector, from bucket to bucket, and what trials came to."""
    ends_on: date = day_from(request.GET.dict(), "to") if request.GET.get("to") else desk.day.on
    begins_on = day_from(request.GET.dict(), "from") if request.GET.get("from") else ends_on - timedelta(_DAYS_SHOWN)
    rolls = rolls_told(desk, begins_on, ends_on)
    told = {
        "begins_on": begins_on, "ends_on": ends_on, "lines": lines_of(desk, begins_on, ends_on), "rolls": rolls,
        "chart": roll_chart(rolls), "trials": trials_told(desk), "here": "collection", "part": "performance",
    }  # fmt: skip
    return render(request, "collection/performance.html", told)
