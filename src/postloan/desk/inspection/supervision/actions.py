"""Supervision: a project opened with its sample drawn, papers checked, issued to the offices, put right, re-checked."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.actions import forbid_same_person, move, record, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org, WorkItem
from postloan.desk.core.work.actions import work_close, work_open
from postloan.desk.inspection.models import Inspection, Supervision, WorkingPaper
from postloan.desk.inspection.supervision.queries import drawn, population
from postloan.errors import FormWrong
from postloan.rules.inspection_rules import Inspections, Supervising

_RECHECK_DAYS = 10


@transaction.atomic
def supervision_open(
    officer: Officer,
    *,
    title: str,
    org: Org,
    kinds: Sequence[str],
    begins_on: date,
    ends_on: date,
    wanted: int,
    seed: str,
    rules: Inspections,
    day: BusinessDay,
) -> Supervision:
    """Open a project over an office and all below it, and draw its sample: the seed makes it repeatable.

    Permission  supervision.write in the office. Raises NotPermitted, FormWrong where there is nothing to draw from.
    """
    require(officer, "supervision.write", org=org)
    if not title.strip() or not seed.strip() or not kinds or ends_on < begins_on:
        raise FormWrong(
            message=_("名称、检查种类、期间和随机种子都要填写，止期不早于起期。"),
            hint=_("请补齐后再提交。"),
            where={"field": "title"},
        )
    if not 0 < wanted <= rules.supervision.sample_most:
        raise FormWrong(
            message=_("样本数要在 1 到 %s 之间。") % rules.supervision.sample_most,
            hint=_("请修改样本数。"),
            where={"field": "wanted"},
        )
    made = Supervision(
        state=Supervision.State.OPEN, org=org, title=title.strip()[:100], kinds=list(kinds), begins_on=begins_on,
        ends_on=ends_on, wanted=wanted, seed=seed.strip()[:40], rules_on=rules.since, led_by=officer, opened_on=day.on,
    )  # fmt: skip
    keys = list(population(made).values_list("pk", flat=True))
    if not keys:
        raise FormWrong(
            message=_("这个范围内没有已通过的检查报告。"), hint=_("请放宽机构、种类或期间。"), where={"field": "org"}
        )
    made.population = len(keys)
    made.save()
    sample = drawn(made.seed, keys, wanted)
    of_sample = Inspection.objects.in_bulk(sample)
    WorkingPaper.objects.bulk_create(
        WorkingPaper(
            state=WorkingPaper.State.DRAWN, org_id=of_sample[key].org_id, supervision=made, inspection_id=key,
            place=place,
        )
        for place, key in enumerate(sample, start=1)
    )  # fmt: skip
    record(officer, "supervision.opened", made, org=org, run_id=day.run_id, seed=made.seed, population=len(keys),
           sample=sample, kinds=list(kinds), begins_on=begins_on, ends_on=ends_on)  # fmt: skip
    return made


@transaction.atomic
def paper_check(
    officer: Officer,
    paper_id: int,
    *,
    marks: Mapping[str, int],
    found: str,
    seen_version: int,
    rules: Supervising,
    day: BusinessDay,
) -> WorkingPaper:
    """Mark a working paper. Moves drawn -> checked; until the project is issued it may be marked again.

    Permission  supervision.write in the paper's office; nobody who had a hand in the inspection.
    Raises NotPermitted, SamePerson, FormWrong, StaleView, IllegalMove.
    """
    paper = _held(paper_id)
    require(officer, "supervision.write", org=paper.org)
    of_paper = paper.inspection
    forbid_same_person(officer, others=[of_paper.author, of_paper.second, of_paper.reviewer])
    score = 0
    for question in rules.questions:
        mark = marks.get(question.question, -1)
        if not 0 <= mark <= question.points:
            raise FormWrong(
                message=_("“%(question)s”的得分要在 0 到 %(points)s 之间。")
                % {"question": question.zh, "points": question.points},
                hint=_("请逐项打分。"),
                where={"field": f"m-{question.question}"},
            )
        score += mark
    if score < 100 and not found.strip():  # noqa: PLR2004
        raise FormWrong(message=_("有扣分就要写明发现的问题。"), hint=_("请填写发现的问题。"), where={"field": "found"})
    before = move(paper, WorkingPaper.State.CHECKED, seen_version=seen_version)
    paper.marks, paper.score, paper.found = dict(marks), score, found.strip()
    paper.checked_by, paper.checked_on = officer, day.on
    paper.save(update_fields=["marks", "score", "found", "checked_by", "checked_on"])
    record(officer, "supervision.checked", paper, org=paper.org, run_id=day.run_id, before=before, marks=dict(marks),
           score=score, reason=paper.found)  # fmt: skip
    return paper


@transaction.atomic
def supervision_issue(
    officer: Officer, supervision_id: int, *, seen_version: int, rules: Supervising, day: BusinessDay
) -> Supervision:
    """Tell the offices what was found: papers with findings wait for correction, the others are closed.

    Permission  supervision.write in the project's office. Moves open -> issued.
    Raises NotPermitted, FormWrong where a paper is not checked yet, StaleView, IllegalMove.
    """
    held = _project(supervision_id)
    require(officer, "supervision.write", org=held.org)
    papers = list(held.papers.select_for_update(of=("self",)).select_related("inspection"))
    if any(paper.state == WorkingPaper.State.DRAWN for paper in papers):
        raise FormWrong(message=_("还有工作底稿没有检查完。"), hint=_("请先完成全部底稿的打分。"))
    before = move(held, Supervision.State.ISSUED, seen_version=seen_version)
    due_on = day.on + timedelta(days=rules.correct_within_days)
    for paper in papers:
        to = WorkingPaper.State.RECTIFYING if paper.found else WorkingPaper.State.CLOSED
        move(paper, to, seen_version=paper.version)
        paper.due_on = due_on if paper.found else None
        paper.save(update_fields=["due_on"])
    wrong = [paper for paper in papers if paper.found]
    work_open([_work(paper, "rectify", paper.inspection.officer_id, due_on, day.on) for paper in wrong])
    record(officer, "supervision.issued", held, org=held.org, run_id=day.run_id, before=before,
           rectify=[paper.pk for paper in wrong])  # fmt: skip
    return held


@transaction.atomic
def paper_rectify(
    officer: Officer, paper_id: int, *, correction: str, seen_version: int, day: BusinessDay
) -> WorkingPaper:
    """Say how a finding of supervision was put right. Moves rectifying -> rectified.

    Permission  inspection.write in the paper's office. Raises NotPermitted, ReasonMissing, StaleView, IllegalMove.
    """
    correction = require_reason(correction)
    paper = _held(paper_id)
    require(officer, "inspection.write", org=paper.org)
    before = move(paper, WorkingPaper.State.RECTIFIED, seen_version=seen_version)
    paper.correction, paper.corrected_by, paper.corrected_on = correction, officer, day.on
    paper.save(update_fields=["correction", "corrected_by", "corrected_on"])
    work_close(("supervision_rectify",), paper.subject, on=day.on, note=correction)
    by = day.on + timedelta(days=_RECHECK_DAYS)
    work_open([_work(paper, "recheck", paper.supervision.led_by_id, by, day.on)])
    record(officer, "supervision.rectified", paper, org=paper.org, run_id=day.run_id, before=before, reason=correction)
    return paper


@transaction.atomic
def paper_recheck(
    officer: Officer, paper_id: int, *, is_right: bool, reason: str, seen_version: int, day: BusinessDay
) -> WorkingPaper:
    """Check again what was put right: closed where it is, sent back where not.

    Permission  supervision.write in the paper's office; not whoever put it right.
    Raises NotPermitted, SamePerson, ReasonMissing, StaleView, IllegalMove.
    """
    reason = require_reason(reason)
    paper = _held(paper_id)
    require(officer, "supervision.write", org=paper.org)
    forbid_same_person(officer, others=[paper.corrected_by])
    to = WorkingPaper.State.CLOSED if is_right else WorkingPaper.State.RECTIFYING
    before = move(paper, to, seen_version=seen_version)
    paper.recheck, paper.rechecked_by, paper.rechecked_on = reason, officer, day.on
    paper.save(update_fields=["recheck", "rechecked_by", "rechecked_on"])
    work_close(("supervision_recheck",), paper.subject, on=day.on, note=reason)
    if not is_right:
        due_on = max(paper.due_on or day.on, day.on)
        work_open([_work(paper, "rectify", paper.inspection.officer_id, due_on, day.on)])
    record(officer, "supervision.rechecked", paper, org=paper.org, run_id=day.run_id, before=before, reason=reason,
           is_right=is_right)  # fmt: skip
    return paper


@transaction.atomic
def supervision_close(officer: Officer, supervision_id: int, *, seen_version: int, day: BusinessDay) -> Supervision:
    """End a project whose papers are all closed. Moves issued -> closed.

    Permission  supervision.write in the project's office. Raises NotPermitted, FormWrong, StaleView, IllegalMove.
    """
    held = _project(supervision_id)
    require(officer, "supervision.write", org=held.org)
    if held.papers.exclude(state=WorkingPaper.State.CLOSED).exists():
        raise FormWrong(message=_("还有问题没有整改完或没有复查。"), hint=_("请待全部底稿办结后再关闭项目。"))
    before = move(held, Supervision.State.CLOSED, seen_version=seen_version)
    held.closed_on = day.on
    held.save(update_fields=["closed_on"])
    record(officer, "supervision.closed", held, org=held.org, run_id=day.run_id, before=before)
    return held


def _project(supervision_id: int) -> Supervision:
    return Supervision.objects.select_for_update(of=("self",)).select_related("org").get(pk=supervision_id)


def _held(paper_id: int) -> WorkingPaper:
    related = ("org", "supervision", "inspection", "inspection__author", "inspection__second", "inspection__reviewer")
    people = (*related, "corrected_by")
    return WorkingPaper.objects.select_for_update(of=("self",)).select_related(*people).get(pk=paper_id)


def _work(paper: WorkingPaper, step: str, officer_id: int | None, due_on: date, on: date) -> WorkItem:
    return WorkItem(
        kind=f"supervision_{step}", subject=paper.subject, title=paper.inspection.debtor_name, org_id=paper.org_id,
        page=reverse("inspection:paper", args=[paper.pk]), officer_id=officer_id, due_on=due_on, opened_on=on,
        amount_cents=paper.inspection.exposure_cents, told=paper.found[:300], state=WorkItem.State.OPEN,
    )  # fmt: skip
