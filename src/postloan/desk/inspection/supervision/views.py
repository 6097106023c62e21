"""Pages of supervision: projects, their samples and scores, working papers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.core.forms import day_from, reason_from, text_from, whole_from
from postloan.desk.core.lists.cells import language
from postloan.desk.core.officers.queries import org_choices, org_in_scope
from postloan.desk.core.pages import Desk, page
from postloan.desk.inspection.lists import SUPERVISIONS
from postloan.desk.inspection.models import WorkingPaper
from postloan.desk.inspection.queries import form_of, last_answers, last_report, rules_on, working_day
from postloan.desk.inspection.report.answers import asked
from postloan.desk.inspection.report.facts import figures_said
from postloan.desk.inspection.report.signs import signs_of
from postloan.desk.inspection.supervision import actions
from postloan.desk.inspection.supervision.queries import paper_seen, scores, supervision_seen
from postloan.rules.inspection_rules import Supervising
from postloan.tables.said import SAID


@page("supervision.read")
def supervisions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The projects of supervision."""
    told = {
        "list": SUPERVISIONS.drawn(request, desk),
        "orgs": org_choices(desk),
        "kinds": list(SAID["inspection_kind"]),
    }
    return render(request, "inspection/supervisions.html", told | {"here": "supervisions"})


@page("supervision.write", methods=("POST",))
def supervision_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Open a project and draw its sample."""
    given, day = request.POST.dict(), working_day(desk)
    kinds = [kind for kind in request.POST.getlist("kind") if kind in SAID["inspection_kind"]]
    made = actions.supervision_open(
        desk.officer, title=given.get("title", ""), org=org_in_scope(desk, given.get("org", "")), kinds=kinds,
        begins_on=day_from(given, "begins_on"), ends_on=day_from(given, "ends_on"), wanted=whole_from(given, "wanted"),
        seed=given.get("seed", ""), rules=rules_on(day.on), day=day,
    )  # fmt: skip
    messages.success(request, _("项目已立项，样本已抽取。"))
    return redirect("inspection:supervision", made.pk)


@page("supervision.read")
def supervision(request: HttpRequest, desk: Desk, supervision_id: int) -> HttpResponse:
    """A project: its sample, its papers, the scores of the offices."""
    held = supervision_seen(desk, supervision_id)
    papers = list(held.papers.select_related("org", "inspection", "inspection__author", "checked_by"))
    told = {"supervision": held, "papers": papers, "scores": scores(papers), "here": "supervisions"}
    return render(request, "inspection/supervision.html", told)


@page("supervision.write", methods=("POST",))
def issue(request: HttpRequest, desk: Desk, supervision_id: int) -> HttpResponse:
    """Tell the offices what was found."""
    held, version = supervision_seen(desk, supervision_id), whole_from(request.POST.dict(), "version")
    actions.supervision_issue(
        desk.officer, held.pk, seen_version=version, rules=rules_on(held.opened_on).supervision, day=working_day(desk)
    )
    messages.success(request, _("已下发，等待整改。"))
    return redirect("inspection:supervision", held.pk)


@page("supervision.write", methods=("POST",))
def close(request: HttpRequest, desk: Desk, supervision_id: int) -> HttpResponse:
    """End a project."""
    held, version = supervision_seen(desk, supervision_id), whole_from(request.POST.dict(), "version")
    actions.supervision_close(desk.officer, held.pk, seen_version=version, day=working_day(desk))
    messages.success(request, _("项目已关闭。"))
    return redirect("inspection:supervision", held.pk)


@page("inspection.read")
def paper(request: HttpRequest, desk: Desk, paper_id: int) -> HttpResponse:
    """A working paper: the inspection it is about, the marks, what was found and how it was put right."""
    held = paper_seen(desk, paper_id)
    of_paper = held.inspection
    form, last = form_of(of_paper), last_report(of_paper)
    told = {
        "paper": held,
        "inspection": of_paper,
        "figures": figures_said(of_paper.facts),
        "sections": asked(form, of_paper.answers, last_answers(of_paper, last)),
        "signs": signs_of(of_paper, form, rules_on(of_paper.opened_on)),
        "marks": _marks(held, rules_on(held.supervision.opened_on).supervision),
        "may_mark": held.state in {WorkingPaper.State.DRAWN, WorkingPaper.State.CHECKED},
        "here": "supervisions" if "supervision.read" in desk.actions else "inspections",
    }
    return render(request, "inspection/paper.html", told)


def _marks(held: WorkingPaper, rules: Supervising) -> list[tuple[str, str, int, int | None]]:
    """Each question with its word, the points it is worth and those it was given."""
    at = language()
    return [
        (each.question, each.zh if at == "zh" else each.en, each.points, held.marks.get(each.question))
        for each in rules.questions
    ]


@page("supervision.write", methods=("POST",))
def paper_check(request: HttpRequest, desk: Desk, paper_id: int) -> HttpResponse:
    """Mark a working paper."""
    held, given = paper_seen(desk, paper_id), request.POST.dict()
    rules = rules_on(held.supervision.opened_on).supervision
    marks = {each.question: whole_from(given, f"m-{each.question}") for each in rules.questions}
    actions.paper_check(
        desk.officer, held.pk, marks=marks, found=text_from(given, "found"), seen_version=whole_from(given, "version"),
        rules=rules, day=working_day(desk),
    )  # fmt: skip
    messages.success(request, _("底稿已保存。"))
    return redirect("inspection:supervision", held.supervision_id)


@page("inspection.write", methods=("POST",))
def paper_rectify(request: HttpRequest, desk: Desk, paper_id: int) -> HttpResponse:
    """Say how it was put right."""
    held, given = paper_seen(desk, paper_id), request.POST.dict()
    actions.paper_rectify(
        desk.officer, held.pk, correction=text_from(given, "correction"), seen_version=whole_from(given, "version"),
        day=working_day(desk),
    )  # fmt: skip
    messages.success(request, _("整改情况已提交，等待复查。"))
    return redirect("inspection:paper", held.pk)


@page("supervision.write", methods=("POST",))
def paper_recheck(request: HttpRequest, desk: Desk, paper_id: int) -> HttpResponse:
    """Check again what was put right."""
    held, given = paper_seen(desk, paper_id), request.POST.dict()
    actions.paper_recheck(
        desk.officer, held.pk, is_right=given.get("answer") == "close", reason=reason_from(given),
        seen_version=whole_from(given, "version"), day=working_day(desk),
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("inspection:paper", held.pk)
