"""A run of the allowance beside the run before: by stage, by product, why it moved, its scenarios and overlays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest

from postloan.desk.core.pages import Desk
from postloan.desk.impairment.differences import KINDS, differences
from postloan.desk.impairment.reckoned import check_reckoned, loss_rule, reckoned_before
from postloan.desk.impairment.signing.actions import RunFigures
from postloan.desk.report.allowance import CAUSES
from postloan.desk.report.cockpit.question import Question, read_question
from postloan.desk.report.cockpit.waterfall import Way, waterfall
from postloan.desk.report.drawn import DrawnSheet, drawn_sheet
from postloan.desk.report.form import Report, Row, amount, share_e8
from postloan.desk.report.kept import kept_report
from postloan.rules.expected_loss import Overlay
from postloan.snapshot.read import published_run
from postloan.tables.losses import STAGES

SOON_DAYS = 90
_ROWS_MOST = 200
_ENDS = ("opening", "closing")


@dataclass(frozen=True)
class Stand:
    """A line on one day."""

    loans: int = 0
    claim_cents: int = 0
    loss_cents: int = 0

    @property
    def cover_e8(self) -> int | None:
        """The allowance as a share of the claim."""
        return share_e8(self.loss_cents, self.claim_cents)


@dataclass(frozen=True)
class RunLine:
    """A line of a run beside the run before; `before` is None where there is none to compare with."""

    name: str
    href: str
    is_total: bool
    now: Stand
    before: Stand | None

    @property
    def change_cents(self) -> int | None:
        """By how much the allowance moved."""
        return None if self.before is None else self.now.loss_cents - self.before.loss_cents


@dataclass(frozen=True)
class EndLine:
    """The models' loss of a stage under the mildest scenario, weighted, and under the harshest; overlays apart."""

    name: str
    is_total: bool
    least_cents: int
    model_cents: int
    most_cents: int
    overlay_cents: int


@dataclass(frozen=True)
class OverlayLine:
    """An overlay in force, and whether it ends within SOON_DAYS."""

    overlay: Overlay
    days_left: int

    @property
    def ends_soon(self) -> bool:
        """Whether somebody has to look at it again."""
        return self.days_left <= SOON_DAYS


@dataclass(frozen=True)
class RunPage:
    """All that the page of a run shows.

    since       the run before; None where there is none.
    sheets      the movement by stage and by product.
    exceptions  by kind how many loans, and their claims.
    """

    question: Question
    source: str
    since: date | None
    days: Sequence[date]
    stages: Sequence[RunLine]
    products: Sequence[RunLine]
    chart: dict[str, Any] | None
    sheets: Sequence[DrawnSheet]
    failed: Sequence[str]
    ends: Sequence[EndLine]
    overlays: Sequence[OverlayLine]
    exceptions: Sequence[tuple[str, int, int]]

    @property
    def total(self) -> RunLine:
        """The line of all loans."""
        return self.stages[-1]


def run_page(request: HttpRequest, desk: Desk) -> RunPage:
    """Read the run that a page asks for. Raises NothingPublished, FormWrong, NotFoundHere."""
    check_reckoned(desk.day.home, desk.day.on)
    asked, days = read_question(request, desk), reckoned_before(desk)
    since = asked.since if asked.since in days else next(iter(days), None)
    question = replace(asked, since=since)
    losses = question.report("losses")
    moved = question.report("allowance", from_on=since) if since else None
    return RunPage(
        question=question,
        source=question.source(losses),
        since=since,
        days=days,
        stages=_stage_lines(question),
        products=_product_lines(question),
        chart=_chart(question, moved) if moved else None,
        sheets=_sheets(question, moved) if moved and since else (),
        failed=moved.failed if moved else (),
        ends=_ends(losses, question),
        overlays=overlays_in_force(desk),
        exceptions=_exceptions(question),
    )


def run_figures(desk: Desk, on: date, run_id: str) -> RunFigures:
    """What a run published of the whole bank, for whoever reviews or signs it. Raises NothingPublished."""
    check_reckoned(desk.day.home, on)
    sheet = kept_report(desk.day.home, "losses", on=on).shown[0]
    told = {
        str(line["stage"]): {
            "loans": amount(line["loans"]), "claim_cents": amount(line["claim"]), "loss_cents": amount(line["ecl"]),
        }
        for line in sheet.rows
    }  # fmt: skip
    return RunFigures(on, run_id, published_run(desk.day.home, on) == run_id, told)


def overlays_in_force(desk: Desk) -> list[OverlayLine]:
    """The overlays of the rule that measured the day, that which ends first before the others (ECL-25)."""
    rule = loss_rule(desk.day.home, desk.day.on)
    held = [each for each in rule.overlays if each.ends_on >= desk.day.on] if rule else []
    lines = [OverlayLine(each, (each.ends_on - desk.day.on) // timedelta(days=1)) for each in held]
    return sorted(lines, key=lambda line: line.days_left)


def _stage_lines(question: Question) -> list[RunLine]:
    now, before = _by(question, question.on, "stage"), _before(question, "stage")
    names = [stage for stage in (*STAGES, "total") if stage in now or stage in (before or {})]
    return [
        RunLine(
            question.words.of("stage", name),
            question.loans({} if name == "total" else {"stage": name}),
            name == "total", now.get(name, Stand()), None if before is None else before.get(name, Stand()),
        )
        for name in names
    ]  # fmt: skip


def _product_lines(question: Question) -> list[RunLine]:
    now, before = _by(question, question.on, "product"), _before(question, "product")
    names = sorted({*now, *(before or {})} - {"total"}, key=lambda name: -now.get(name, Stand()).loss_cents)
    return [
        RunLine(
            name, question.loans({"product": name}), False, now.get(name, Stand()),  # noqa: FBT003 - no total
            None if before is None else before.get(name, Stand()),
        )
        for name in names
    ]  # fmt: skip


def _before(question: Question, key: str) -> dict[str, Stand] | None:
    return _by(question, question.since, key) if question.since else None


def _by(question: Question, on: date, key: str) -> dict[str, Stand]:
    report = question.report("losses", on=on, by=None if key == "stage" else key)
    return {str(line[key]): _stand(line) for line in report.shown[0].rows if line[key] is not None}


def _stand(line: Row) -> Stand:
    return Stand(amount(line["loans"]), amount(line["claim"]), amount(line["ecl"]))


def _ends(losses: Report, question: Question) -> list[EndLine]:
    return [
        EndLine(
            question.words.of("stage", str(line["stage"])), line["row"] == "total", amount(line["ecl_least"]),
            amount(line["ecl_model"]), amount(line["ecl_most"]), amount(line["ecl_overlay"]),
        )
        for line in losses.shown[0].rows
    ]  # fmt: skip


def _chart(question: Question, moved: Report) -> dict[str, Any]:
    """The waterfall, in a unit in which the largest movement is easily read: the allowance itself dwarfs them all."""
    ways = _ways(question, moved)
    return waterfall(question, ways, question.unit(max((abs(way.cents) for way in ways if not way.is_end), default=0)))


def _ways(question: Question, moved: Report) -> list[Way]:
    lines = {str(line["movement"]): line for line in moved.shown[0].rows}
    shown = [name for name in ("opening", *CAUSES, "closing") if name in _ENDS or amount(lines[name]["balance"])]
    return [
        Way(
            question.words.of("movement", name), amount(lines[name]["balance"]), amount(lines[name]["loans"]),
            question.loans({"tab": "all", "set": f"allowance:{question.since}:{name}"}), name in _ENDS,
        )
        for name in shown
    ]  # fmt: skip


def _sheets(question: Question, moved: Report) -> list[DrawnSheet]:
    by_product = question.report("allowance", from_on=question.since, by="product")
    wanted = [(moved, moved.shown[0]), (moved, moved.shown[1]), (by_product, by_product.shown[0])]
    return [drawn_sheet(report, sheet, question.words, link=question.link, most=_ROWS_MOST) for report, sheet in wanted]


def _exceptions(question: Question) -> list[tuple[str, int, int]]:
    rows = differences(question.desk.day, question.desk.scope)
    if question.within is not None:
        rows = rows.filter(rows["org_id"].is_in(sorted(question.within)))
    found = {kind: rows.filter(kind=kind) for kind in KINDS}
    return [(kind, held.height, int(held["claim_cents"].sum())) for kind, held in found.items()]
