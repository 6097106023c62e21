"""The tiles of the cockpit: balance and ratios of the day, each against the last month-end."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from postloan.desk.report.cockpit.movement import sheet_named
from postloan.desk.report.cockpit.part import percent
from postloan.desk.report.cockpit.question import Question
from postloan.desk.report.form import Row, amount, share_e8

_MORE_IS_BETTER = {"coverage", "loan_provision"}


@dataclass(frozen=True)
class Tile:
    """A figure at the top.

    says    how it is defined, and from which day and run.
    change  against the last month-end, with its sign.
    tone    better, worse, or empty where it is neither.
    href    where it is broken down; loans leads to the loans behind it.
    """

    name: str
    title: str
    value: str
    says: str
    aside: str = ""
    change: str = ""
    tone: str = ""
    href: str = ""
    loans: str = ""


@dataclass(frozen=True)
class Ratios:
    """The ratios of a day, in 1e-8; None of nothing, or where the bank stated no provisions."""

    npl: int | None
    special_mention: int | None
    over_90_to_npl: int | None
    coverage: int | None
    loan_provision: int | None


def ratios_of(question: Question, on: date) -> Ratios:
    """The ratios of a published day, as the reports on tiers, overdue and provisions give them.

    The bank's booked provisions are of the whole bank. Of some offices, coverage and loan-provision ratio hold what
    their loans require instead.
    """
    shares = {str(line["tier"]): share_of(line) for line in question.report("tiers", on=on).filed.rows}
    long = {str(line["bucket"]): share_of(line) for line in question.report("overdue", on=on).filed.rows}
    provisions = question.report("provisions", on=on)
    if question.within is None:
        held = {str(line["line"]): share_of(line) for line in provisions.filed.rows if line["section"] == "coverage"}
        coverage, ratio = held.get("coverage"), held.get("loan_provision_ratio")
    else:
        lines = {str(line["line"]): line for line in sheet_named(provisions, "provisions_tiers").rows}
        needed = sum(
            amount(lines["total"][name]) for name in ("general_provision", "specific_provision", "special_provision")
        )
        coverage = share_e8(needed, amount(lines["non_performing"]["outstanding"]))
        ratio = share_e8(needed, amount(lines["total"]["outstanding"]))
    return Ratios(shares["npl_ratio"], shares["special_mention"], long["over_90_to_npl"], coverage, ratio)


def share_of(line: Row) -> int | None:
    """The share that a line holds."""
    share = line["share"]
    return share if isinstance(share, int) else None


def tiles_of(question: Question) -> list[Tile]:
    """The tiles: balance and ratios, each against the last month-end."""
    tiers = question.report("tiers")
    lines = {str(line["tier"]): line for line in tiers.filed.rows}
    now, before_on = ratios_of(question, question.on), question.month_end_before
    before = ratios_of(question, before_on) if before_on else Ratios(None, None, None, None, None)
    source = question.source(tiers)
    is_bank = question.within is None

    def tile(name: str, title: str, says: str, kind: str, query: dict[str, str] | None) -> Tile:
        held, was = getattr(now, name), getattr(before, name)
        change, tone = _change(held, was, more_is="better" if name in _MORE_IS_BETTER else "worse")
        said = [says, source]
        said += [_("变动对比 %s") % before_on] if change else []
        return Tile(
            name, title, percent(held), "\n".join(said), change=change, tone=tone, href=question.page(kind),
            loans=question.loans(query),
        )  # fmt: skip

    total, npl = lines["total"], lines["non_performing"]
    required = "" if is_bank else _("（按应提准备；实提准备只有全行数）")
    return [
        Tile(
            "balance", _("贷款余额"), question.short(amount(total["outstanding"])),
            _("在账贷款本金余额，本行自担部分。") + "\n" + source, aside=_("%s 笔") % f"{amount(total['loans']):,}",
            href=question.page("tiers"), loans=question.loans({}),
        ),
        Tile(
            "npl_balance", _("不良余额"), question.short(amount(npl["outstanding"])),
            _("次级、可疑、损失三类贷款余额。") + "\n" + source, aside=_("%s 笔") % f"{amount(npl['loans']):,}",
            href=question.page("bridge"), loans=question.loans({"tab": "npl"}),
        ),
        tile("npl", _("不良率"), _("不良余额 ÷ 贷款余额"), "tiers", {"tab": "npl"}),
        tile("special_mention", _("关注类占比"), _("关注类余额 ÷ 贷款余额"), "tiers", {"tab": "watch"}),
        tile(
            "over_90_to_npl", _("逾期90天以上/不良"), _("逾期90天以上贷款余额 ÷ 不良余额；超过100%说明分类偏松"),
            "overdue", {"days_from": "91"},
        ),
        tile("coverage", _("拨备覆盖率"), _("贷款损失准备 ÷ 不良余额") + required, "provisions", None),
        tile("loan_provision", _("贷款拨备率"), _("贷款损失准备 ÷ 贷款余额") + required, "provisions", None),
    ]  # fmt: skip


def _change(now: int | None, before: int | None, *, more_is: str) -> tuple[str, str]:
    """Say by how many percentage points a ratio changed, and whether that is better or worse."""
    if now is None or before is None:
        return "", ""
    moved = now - before
    opposite = {"better": "worse", "worse": "better"}[more_is]
    tone = more_is if moved > 0 else opposite if moved < 0 else ""
    arrow = "▲" if moved > 0 else "▼" if moved < 0 else "＝"
    return f"{arrow} {percent(abs(moved)).removesuffix('%')}pp", tone
