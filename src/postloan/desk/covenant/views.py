"""Pages of covenants: the register, one covenant, its letter of notice, what was proposed."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import may_decide, steps_told
from postloan.desk.core.downloads import to_keep
from postloan.desk.core.forms import day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.covenant import actions, queries
from postloan.desk.covenant.chart import covenant_chart, said_metric, said_ratio
from postloan.desk.covenant.letter import notice_letter
from postloan.desk.covenant.lists import COVENANTS, PROPOSALS
from postloan.desk.covenant.models import Notice, Proposal
from postloan.tables.ratios import RATIOS


@page("covenant.read")
def covenants(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How each covenant stands."""
    told = {"list": COVENANTS.drawn(request, desk), "here": "covenants", "part": "covenants"}
    return render(request, "covenant/list.html", told)


@page("covenant.read")
def proposals(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Waivers and cures."""
    told = {"list": PROPOSALS.drawn(request, desk), "here": "covenants", "part": "proposals"}
    return render(request, "covenant/list.html", told)


@page("covenant.read")
def covenant(request: HttpRequest, desk: Desk, covenant_id: str) -> HttpResponse:
    """One covenant: how it stands, its course against its bound, notice, waivers and cures."""
    test, rows = queries.covenant_seen(desk, covenant_id)
    may_write = "covenant.write" in desk.actions and not desk.day.is_past
    is_breach = test["result"] in actions.BREACHES
    told = {
        "test": _said(test), "tests": [_said(row) for row in reversed(rows.to_dicts())],
        "chart": covenant_chart(rows, test["metric"]), "notice": queries.notice_of(test), "is_breach": is_breach,
        "may_write": may_write, "ways": list(Notice.Way), "proposal_id": uuid4(),
        "is_late": test["result"] == "not_tested" and test["untested_why"] != "not_due",
        "proposals": queries.proposals_seen(desk).filter(covenant_id=covenant_id).order_by("-opened_at"),
        "here": "covenants", "part": "",
    }  # fmt: skip
    return render(request, "covenant/covenant.html", told)


def _said(row: queries.Test) -> dict[str, Any]:
    """A test with its figures as people read them."""
    metric = row["metric"]
    figures = {name: said_ratio(metric, row[f"{name}_e8"]) for name in ("value", "threshold", "headroom")}
    return {**row, "metric_said": said_metric(metric), "is_of_set": metric in RATIOS, **figures}


@page("covenant.write", methods=("POST",))
def notice(request: HttpRequest, desk: Desk, covenant_id: str) -> HttpResponse:
    """Record that the borrower was told of a breach."""
    test, _rows = queries.covenant_seen(desk, covenant_id)
    actions.notice_send(
        desk.officer, test, sent_on=day_from(request.POST, "sent_on"), way=request.POST.get("way", ""),
        note=text_from(request.POST, "note"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已登记违约通知。"))
    return redirect("covenant:covenant", covenant_id)


@page("covenant.read")
def letter(_request: HttpRequest, desk: Desk, covenant_id: str) -> HttpResponse:
    """The letter of notice of a breach, to be printed and sealed: in Chinese, as the borrower reads it."""
    test, _rows = queries.covenant_seen(desk, covenant_id)
    actions.check_breached(test)
    written = HttpResponse(notice_letter(test, desk.day.on))
    return to_keep(written, "docx", f"{covenant_id}-{test['period_end_on']}.docx")


@page("covenant.write", methods=("POST",))
def propose(request: HttpRequest, desk: Desk, covenant_id: str) -> HttpResponse:
    """Propose a waiver or a cure."""
    test, _rows = queries.covenant_seen(desk, covenant_id)
    kind = request.POST.get("kind", "")
    made = actions.proposal_make(
        desk.officer, test, kind, proposal_id=made_id_from(request.POST, "proposal_id"), day=desk.day,
        ends_on=day_from(request.POST, "ends_on") if kind == Proposal.Kind.WAIVER else None,
        reason=reason_from(request.POST),
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("covenant:proposal", made.pk)


@page("covenant.read")
def proposal(request: HttpRequest, desk: Desk, proposal_id: UUID) -> HttpResponse:
    """One waiver or cure: why, and who agreed."""
    held = queries.proposal_seen(desk, proposal_id)
    case = held.case
    told = {
        "proposal": held, "case": case, "steps": steps_told(case), "may_decide": may_decide(desk, case),
        "decision_id": uuid4(), "here": "covenants", "part": "",
    }  # fmt: skip
    return render(request, "covenant/proposal.html", told)


@page("covenant.read", methods=("POST",))
def decide(request: HttpRequest, desk: Desk, proposal_id: UUID) -> HttpResponse:
    """Agree to what a proposal waits for, or turn it down."""
    held = queries.proposal_seen(desk, proposal_id)
    actions.proposal_decide(
        desk.officer, held.pk, request.POST.get("verdict", ""), seen_version=whole_from(request.POST, "version"),
        decision_id=made_id_from(request.POST, "decision_id"), reason=reason_from(request.POST),
        day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("covenant:proposal", held.pk)
