"""Pages of arrived events: the list, the queue of names, one event with what came of it, and aliases."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.arrival import queries
from postloan.desk.arrival.lists import EVENTS, MATCHES
from postloan.desk.arrival.matching import actions
from postloan.desk.book.queries import debtor_seen
from postloan.desk.core.forms import reason_from, whole_from
from postloan.desk.core.pages import Desk, page


@page("event.read")
def events(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The events that concern debtors of the desk's offices, or came from accounts of theirs."""
    return render(request, "arrival/events.html", {"list": EVENTS.drawn(request, desk), "here": "events"})


@page("event.read")
def matches(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whom texts may concern: what waits for somebody to say so."""
    return render(request, "arrival/matches.html", {"list": MATCHES.drawn(request, desk), "here": "events"})


@page("event.read")
def event(request: HttpRequest, desk: Desk, event_id: int) -> HttpResponse:
    """One event: its text with what was found in it, whom it concerns, and what it raised."""
    found = queries.event_seen(desk, event_id)
    held = queries.matches_of(desk, found)
    told = {
        "event": found,
        "kind": queries.kind_said(found.kind),
        "pieces": queries.pieces_of(found, held),
        "matches": [(each, queries.signals_said(desk.day, each)) for each in held],
        "may_review": "event.review" in desk.actions and not desk.day.is_past,
        "here": "events",
    }
    return render(request, "arrival/event.html", told)


@page("event.review", methods=("POST",))
def decide(request: HttpRequest, desk: Desk, match_id: int) -> HttpResponse:
    """Say whether an event concerns a debtor."""
    found = queries.match_seen(desk, match_id)
    actions.match_decide(
        desk.officer, found.pk, confirms=request.POST.get("verdict") == "confirm",
        seen_version=whole_from(request.POST, "version"), reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("归属已登记。"))
    return redirect("arrival:event", found.event_id)


@page("event.review", methods=("POST",))
def name(request: HttpRequest, desk: Desk, event_id: int) -> HttpResponse:
    """Say whom an event concerns."""
    found = queries.event_seen(desk, event_id)
    debtor = debtor_seen(desk, request.POST.get("debtor", "").strip()[:64])
    actions.event_name(
        desk, found.pk, debtor, seen_version=whole_from(request.POST, "version"), reason=reason_from(request.POST)
    )
    messages.success(request, _("归属已登记。"))
    return redirect("arrival:event", found.pk)


@page("event.review", methods=("POST",))
def set_aside(request: HttpRequest, desk: Desk, event_id: int) -> HttpResponse:
    """Say that an event concerns nobody."""
    found = queries.event_seen(desk, event_id)
    actions.event_set_aside(
        desk.officer,
        found.pk,
        seen_version=whole_from(request.POST, "version"),
        reason=reason_from(request.POST),
        day=desk.day,
    )
    messages.success(request, _("已登记为不涉及本行客户。"))
    return redirect("arrival:event", found.pk)


@page("event.review")
def aliases(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What debtors of the desk's offices are also called."""
    return render(request, "arrival/aliases.html", {"aliases": queries.aliases_seen(desk), "here": "events"})


@page("event.review", methods=("POST",))
def alias_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep what a debtor is also called."""
    debtor = debtor_seen(desk, request.POST.get("debtor", "").strip()[:64])
    actions.alias_add(
        desk.officer, debtor, alias=request.POST.get("alias", "")[:200], reason=reason_from(request.POST), day=desk.day
    )
    messages.success(request, _("别名已登记。"))
    return redirect("arrival:aliases")


@page("event.review", methods=("POST",))
def alias_end(request: HttpRequest, desk: Desk, alias_id: int) -> HttpResponse:
    """End an alias."""
    found = queries.alias_seen(desk, alias_id)
    actions.alias_end(desk.officer, found.pk, reason=reason_from(request.POST), day=desk.day)
    messages.success(request, _("别名已停用。"))
    return redirect("arrival:aliases")
