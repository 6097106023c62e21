"""Pages of the rule studio: the rules, one rule, one change with its trial, and what is done about it."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.core.forms import day_from, made_id_from, reason_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.studio import actions, queries
from postloan.desk.studio.drafts import draft_sent, rule_tried
from postloan.desk.studio.lists import CHANGES, EARNING, RULES
from postloan.desk.studio.models import RuleChange
from postloan.desk.studio.trying import hits_told, studio_rules, trial_told
from postloan.rules.warnings import CATEGORIES

_ONE_DAY = timedelta(days=1)


@page("studio.read")
def rules(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The warning rules, with today's hits and their records."""
    told = {
        "list": RULES.drawn(request, desk), "here": "studio", "part": "rules", "categories": CATEGORIES,
        "change_id": uuid4(), "may_edit": "studio.edit" in desk.actions and not desk.day.is_past,
    }  # fmt: skip
    return render(request, "studio/rules.html", told)


@page("studio.read")
def earning(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The rules by what they earn: those that take more hours than they are worth first."""
    told = {
        "list": EARNING.drawn(request, desk),
        "here": "studio",
        "part": "earning",
        "settings": studio_rules(desk.day),
    }
    return render(request, "studio/earning.html", told)


@page("studio.read")
def changes(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The changes of rules."""
    told = {"list": CHANGES.drawn(request, desk), "here": "studio", "part": "changes"}
    return render(request, "studio/changes.html", told)


@page("studio.read")
def rule(request: HttpRequest, desk: Desk, signal: str) -> HttpResponse:
    """One rule as it stands: its levels, its record, its versions and changes."""
    standing = queries.rule_seen(desk, signal)
    told = {
        "standing": standing, "waits_for": queries.in_words(standing.rule.waits_for),
        "clears": queries.in_words(standing.rule.clears), "rule": standing.rule, "said": queries.said_of(standing.rule),
        "record": queries.record_of(desk, signal), "versions": queries.versions_of(desk, standing),
        "changes": queries.changes_of(signal), "change_id": uuid4(), "retire_id": uuid4(),
        "may_edit": "studio.edit" in desk.actions and not desk.day.is_past, "here": "studio",
    }  # fmt: skip
    return render(request, "studio/rule.html", told)


@page("studio.read")
def rule_hits(request: HttpRequest, desk: Desk, signal: str) -> HttpResponse:
    """Whom a rule as it stands warns of today: a part of its page."""
    standing = queries.rule_seen(desk, signal).rule
    return render(request, "studio/hits.html", {"rule": standing, "hits": hits_told(desk, standing)})


@page("studio.edit", methods=("POST",))
def begin(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Begin a draft of a rule that is there, or of a new one in a category."""
    kind, category = request.POST.get("kind", RuleChange.Kind.NEW), request.POST.get("category", "")
    is_new = kind == RuleChange.Kind.NEW
    signal = queries.free_signal(desk, category) if is_new else request.POST.get("signal", "")
    made = actions.change_begin(
        desk.officer, kind, signal, category,
        change_id=made_id_from(request.POST, "change_id"), day=desk.day,
    )  # fmt: skip
    return redirect("studio:change", made.pk)


@page("studio.read")
def change(request: HttpRequest, desk: Desk, change_id: UUID) -> HttpResponse:
    """One change: the draft, what is wrong with it, its trial, who agreed."""
    found = queries.change_seen(change_id)
    told = {
        "change": found, "said": queries.change_said(found), "fields": queries.level_fields(found),
        "steps": queries.steps_of(found),
        "faults": {each.field: each.said for each in queries.faults_of(found)}, "may": queries.may_do(desk, found),
        "features": queries.features_told(), "earliest": desk.day.on + _ONE_DAY, "here": "studio",
    }  # fmt: skip
    return render(request, "studio/change.html", told)


@page("studio.read")
def hits(request: HttpRequest, desk: Desk, change_id: UUID) -> HttpResponse:
    """Whom a draft would warn of today: a part of its page."""
    tried = rule_tried(queries.change_seen(change_id).rule)
    return render(request, "studio/hits.html", {"rule": tried, "hits": tried and hits_told(desk, tried)})


@page("studio.read")
def trial(request: HttpRequest, desk: Desk, change_id: UUID) -> HttpResponse:
    """What a draft would have been worth on the bank's own history: a part of its page."""
    found = queries.change_seen(change_id)
    tried, standing = rule_tried(found.rule), found.before and rule_tried(found.before)
    told = {
        "rule": tried,
        "trial": tried and trial_told(desk, tried, standing or None),
        "settings": studio_rules(desk.day),
    }
    return render(request, "studio/trial.html", told)


@page("studio.edit", methods=("POST",))
def save(request: HttpRequest, desk: Desk, change_id: UUID) -> HttpResponse:
    """Save a draft; its page says what is wrong with it, or tries it."""
    found = queries.change_seen(change_id)
    actions.change_save(
        desk.officer, found.pk, draft_sent(request.POST, found.signal),
        seen_version=whole_from(request.POST, "version"), day=desk.day,
    )  # fmt: skip
    return redirect("studio:change", found.pk)


@page("studio.edit", methods=("POST",))
def drop(request: HttpRequest, desk: Desk, change_id: UUID) -> HttpResponse:
    """Give a draft up."""
    actions.change_drop(desk.officer, change_id, seen_version=whole_from(request.POST, "version"), day=desk.day)
    messages.success(request, _("草稿已作废。"))
    return redirect("studio:changes")


@page("studio.propose", methods=("POST",))
def propose(request: HttpRequest, desk: Desk, change_id: UUID) -> HttpResponse:
    """Propose a draft from a business date on."""
    actions.change_propose(
        desk.officer, change_id, effective_from=day_from(request.POST, "effective_from"),
        reason=reason_from(request.POST), seen_version=whole_from(request.POST, "version"),
        day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("studio:change", change_id)


@page("studio.read", methods=("POST",))
def decide(request: HttpRequest, desk: Desk, change_id: UUID) -> HttpResponse:
    """Agree to what a change waits for, or turn it down."""
    actions.change_decide(
        desk.officer, change_id, request.POST.get("verdict", ""), seen_version=whole_from(request.POST, "version"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("studio:change", change_id)
