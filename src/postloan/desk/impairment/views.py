"""Pages of impairment: a run, the loans to be explained, one loan, what is proposed of it, and the back-test."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import steps_told
from postloan.desk.book.grounds import ground_of
from postloan.desk.core.actions import refuse_past
from postloan.desk.core.forms import day_from, made_id_from, reason_from, whole_from
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk, page
from postloan.desk.impairment import actions, queries
from postloan.desk.impairment.backtest import backtest, by_day, chart_of, plans_held
from postloan.desk.impairment.checks import IMPAIRED, check_active, check_impaired, worse_stages
from postloan.desk.impairment.lists import DIFFERENCES, PROPOSALS, RECOVERIES
from postloan.desk.impairment.planning import plan_page, plan_sent
from postloan.desk.impairment.run import run_page


@page("impairment.read")
def run(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The run of the day beside the run before, and who signed it."""
    drawn = run_page(request, desk)
    mine, others = queries.signs_of(desk, desk.day.on)
    told = {
        "run": drawn, "run_id": drawn.question.report("losses").snapshot.run_id, "sign": mine, "superseded": others,
        "orgs": org_choices(desk), "may_review": queries.may_at_head(desk, "impairment.review"),
        "may_sign": queries.may_at_head(desk, "impairment.sign"), "here": "impairment", "part": "run",
    }  # fmt: skip
    return render(request, "impairment/run.html", told)


@page("impairment.read")
def explained(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The loans to be explained."""
    told = {"list": DIFFERENCES.drawn(request, desk), "here": "impairment", "part": "differences"}
    return render(request, "impairment/list.html", told)


@page("impairment.read")
def proposals(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is proposed of single loans."""
    told = {"list": PROPOSALS.drawn(request, desk), "here": "impairment", "part": "proposals"}
    return render(request, "impairment/list.html", told)


@page("impairment.read")
def recoveries(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What plans expected against what came in."""
    standings = by_day(desk, plans_held(desk))
    told = {
        "list": RECOVERIES.drawn(request, desk), "standings": standings, "chart": chart_of(desk, standings),
        "here": "impairment", "part": "recoveries",
    }  # fmt: skip
    return render(request, "impairment/recoveries.html", told)


@page("impairment.read")
def loan(request: HttpRequest, desk: Desk, loan_id: str) -> HttpResponse:
    """One loan: its stage and allowance, its plan, what was proposed of it, and what came in."""
    row = queries.loan_told(desk, loan_id)
    told = {
        "loan": row, "ground": ground_of(row), "proposals": queries.proposals_of(desk, loan_id),
        "plan": queries.plan_in_force(desk, loan_id), "tested": backtest(desk, plans_held(desk, loan_id)).to_dicts(),
        "may_propose": "impairment.propose" in desk.actions and not desk.day.is_past,
        "is_impaired": row["stage"] == IMPAIRED, "worse": worse_stages(row), "here": "impairment", "part": "",
    }  # fmt: skip
    return render(request, "impairment/loan.html", told)


@page("impairment.propose", methods=("GET", "HEAD", "POST"))
def plan(request: HttpRequest, desk: Desk, loan_id: str) -> HttpResponse:
    """Write a recovery plan, see what it comes to, send it."""
    refuse_past(desk.day)
    row = queries.loan_told(desk, loan_id)
    check_impaired(row)
    sent = plan_sent(request, desk, row)
    if sent is not None:
        messages.success(request, _("回收计划已提交审批。"))
        return redirect("impairment:proposal", sent.pk)
    told = {"loan": row, "here": "impairment", "part": "", **plan_page(request, desk, row)}
    return render(request, "impairment/plan.html", told)


@page("impairment.propose", methods=("GET", "HEAD", "POST"))
def stage(request: HttpRequest, desk: Desk, loan_id: str) -> HttpResponse:
    """Propose a worse stage."""
    row = queries.loan_told(desk, loan_id)
    if request.method == "POST":
        made = actions.stage_propose(
            desk.officer, row, request.POST.get("stage", ""), ends_on=day_from(request.POST, "ends_on"),
            reason=reason_from(request.POST),
            proposal_id=made_id_from(request.POST, "proposal_id"), day=desk.day,
        )  # fmt: skip
        messages.success(request, _("已提交审批。"))
        return redirect("impairment:proposal", made.pk)
    refuse_past(desk.day)
    check_active(row)
    told = {"loan": row, "worse": worse_stages(row), "proposal_id": uuid4(), "kind": "stage", "here": "impairment"}
    return render(request, "impairment/mark.html", told)


@page("impairment.propose", methods=("GET", "HEAD", "POST"))
def watch(request: HttpRequest, desk: Desk, loan_id: str) -> HttpResponse:
    """Propose a loan for the watch list."""
    row = queries.loan_told(desk, loan_id)
    if request.method == "POST":
        made = actions.watch_propose(
            desk.officer, row, ends_on=day_from(request.POST, "ends_on"),
            reason=reason_from(request.POST),
            proposal_id=made_id_from(request.POST, "proposal_id"), day=desk.day,
        )  # fmt: skip
        messages.success(request, _("已提交审批。"))
        return redirect("impairment:proposal", made.pk)
    refuse_past(desk.day)
    check_active(row)
    told = {"loan": row, "proposal_id": uuid4(), "kind": "watch", "here": "impairment"}
    return render(request, "impairment/mark.html", told)


@page("impairment.read")
def proposal(request: HttpRequest, desk: Desk, proposal_id: UUID) -> HttpResponse:
    """One proposal: what it says, what it comes to, and the step that it waits for."""
    found = queries.proposal_seen(desk, proposal_id)
    told = {
        "proposal": found, "case": found.case, "warnings": queries.warnings_about(found),
        "may_plan": queries.may_be_planned(desk, found), "is_taken_back": queries.is_taken_back(found),
        "steps": steps_told(found.case), "decision_id": uuid4(),
        "may_decide": found.case.waits_for in desk.actions and not desk.day.is_past, "here": "impairment",
        "part": "proposals",
    }  # fmt: skip
    return render(request, "impairment/proposal.html", told)


@page("impairment.read", methods=("POST",))
def decide(request: HttpRequest, desk: Desk, proposal_id: UUID) -> HttpResponse:
    """Agree to a proposal, or turn it down."""
    found = queries.proposal_seen(desk, proposal_id)
    actions.proposal_decide(
        desk.officer, found.pk, request.POST.get("verdict", ""), queries.loan_told(desk, found.loan_id),
        seen_version=whole_from(request.POST, "version"), decision_id=made_id_from(request.POST, "decision_id"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("impairment:proposal", found.pk)
