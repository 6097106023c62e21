"""Pages of the warning desk: the list, one case and what is done about it, and the warnings on a debtor's page."""

from itertools import zip_longest
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import steps_told, with_steps
from postloan.desk.book.queries import debtor_seen, loans_split
from postloan.desk.core.forms import LONG_MOST, day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.warning import actions, queries
from postloan.desk.warning.actions import MEASURES_MOST, Deed, NewMeasure
from postloan.desk.warning.foresight import model_told
from postloan.desk.warning.lists import WARNINGS
from postloan.tables.said import SAID

_MEASURE_LINES = 4


@page("warning.read")
def cases(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The cases of the desk's offices, and how many of each level."""
    told = {"list": WARNINGS.drawn(request, desk), "counts": queries.counts_by_level(desk), "here": "warnings"}
    return render(request, "warning/cases.html", told)


@page("warning.read")
def case(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """One case: its signals with their evidence, its measures, what happened, and what may be done."""
    found = queries.case_seen(desk, case_id)
    told = {
        "case": found,
        "signals": queries.signals_told(desk, found.debtor_id, found),
        "model": model_told(desk, found.debtor_id),
        "measures": found.measures.select_related("planned_by", "done_by"),
        "entries": found.entries.select_related("officer"),
        "asked": [(each, steps_told(each)) for each in with_steps(queries.approvals_of(found))],
        "others": queries.other_cases(desk, found.debtor_id, but=found.pk),
        "loans": loans_split(desk, found.debtor_id)[0].to_dicts(),
        "may": queries.what_may_be_done(desk, found),
        "kinds": list(SAID["measure"]),
        "lines": range(_MEASURE_LINES),
        "deed_id": uuid4(),
        "here": "warnings",
    }
    return render(request, "warning/case.html", told)


@page("warning.read")
def of_debtor(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """A debtor's signals of the day and its cases, as a part of the debtor's page."""
    debtor_seen(desk, debtor_id)
    held = queries.other_cases(desk, debtor_id, but=None)
    running = next((each for each in held if each.is_running), None)
    told = {
        "signals": queries.signals_told(desk, debtor_id, running), "cases": held, "model": model_told(desk, debtor_id),
    }  # fmt: skip
    return render(request, "warning/of_debtor.html", told)


@page("warning.write", methods=("POST",))
def verify(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Say what was found."""
    found = queries.case_seen(desk, case_id)
    actions.case_verify(
        desk.officer, found.pk, _deed(request, desk), is_true=request.POST.get("found") == "true",
        evidence=text_from(request.POST, "evidence", LONG_MOST),
    )  # fmt: skip
    messages.success(request, _("核实结果已登记。"))
    return redirect("warning:case", found.pk)


@page("warning.write", methods=("POST",))
def plan(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Plan measures."""
    found = queries.case_seen(desk, case_id)
    actions.plan_write(desk.officer, found.pk, _deed(request, desk), _measures(request.POST))
    messages.success(request, _("处置方案已提交，等待确认。"))
    return redirect("warning:case", found.pk)


@page("warning.write", methods=("POST",))
def done(request: HttpRequest, desk: Desk, case_id: int, measure_id: int) -> HttpResponse:
    """Say what came of a measure."""
    found = queries.case_seen(desk, case_id)
    actions.measure_done(desk.officer, found.pk, measure_id, _deed(request, desk))
    messages.success(request, _("落实情况已登记。"))
    return redirect("warning:case", found.pk)


@page("warning.write", methods=("POST",))
def lift(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Propose that a case is lifted."""
    found = queries.case_seen(desk, case_id)
    actions.lift_propose(desk.officer, found.pk, _deed(request, desk))
    messages.success(request, _("解除已提出，等待批准。"))
    return redirect("warning:case", found.pk)


@page("warning.read", methods=("POST",))
def decide(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Agree to, or turn down, what is asked of a case."""
    found = queries.case_seen(desk, case_id)
    actions.case_decide(desk.officer, found.pk, request.POST.get("verdict", ""), _deed(request, desk))
    messages.success(request, _("已办理。"))
    return redirect("warning:case", found.pk)


def _deed(request: HttpRequest, desk: Desk) -> Deed:
    given = request.POST
    reason = reason_from(given)
    return Deed(made_id_from(given, "deed_id"), whole_from(given, "version"), reason, desk.day)


def _measures(given: QueryDict) -> list[NewMeasure]:
    """The lines of a plan that were filled in. Raises FormWrong where a day is none."""
    columns = (given.getlist(f"measure_{part}")[: MEASURES_MOST + 1] for part in ("kind", "text", "due_on"))
    lines = [line for line in zip_longest(*columns, fillvalue="") if any(str(part).strip() for part in line)]
    return [NewMeasure(kind, text, day_from({"due_on": due_on}, "due_on")) for kind, text, due_on in lines]
