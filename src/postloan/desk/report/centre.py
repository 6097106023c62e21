"""The report centre: which reports there are, what each is for, and one of them as a page draws it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from postloan.desk.report.ask import KINDS, Kind
from postloan.desk.report.book import GROUPINGS
from postloan.desk.report.cockpit.part import Options
from postloan.desk.report.cockpit.question import Question
from postloan.desk.report.drawn import DrawnSheet, drawn_sheet
from postloan.desk.report.form import Report
from postloan.desk.report.rates_chart import gap_chart
from postloan.errors import NotFoundHere, NothingPublished, NotPermitted, VersionUnknown

ROWS_MOST = 200
"""Lines of a sheet that a page draws; the workbook has them all."""

_SAYS: dict[str, str | Promise] = {
    "tiers": _("各类贷款的笔数和余额，不良率"),
    "overdue": _("各逾期账龄的笔数和余额，逾期90天以上/不良"),
    "migration": _("两日之间从哪类到哪类，官方迁徙率"),
    "provisions": _("应提与实提准备，拨备覆盖率和贷款拨备率，资本底线"),
    "losses": _("预期信用损失：分阶段、成因、情景，与监管准备对照"),
    "allowance": _("减值准备从一日到另一日的每项变动，分阶段，逐笔到分"),
    "stress": _("各压力情景下的准备，及反向压力测试"),
    "rates": _("重定价缺口（资产端），利率上行对借款人还款与偿付能力的影响"),
    "journal": _("利息、准备、核销、收回和抵债的记账分录，逐机构，供总账导入"),
    "breaks": _("与核心账不一致的借据，逐笔逐项"),
    "instructions": _("等待核心生效或已确认的决定"),
    "clocks": _("诉讼时效、保证期间、执行期限、查封冻结等各项时限，先到先列"),
    "rolls": _("逐期从哪个账龄到哪个账龄"),
    "vintages": _("按放款月和账龄月，曾逾期或现逾期的占比"),
    "bridge": _("不良余额从一日到另一日的每条进出途径，逐笔到分"),
    "debtors": _("余额最大的客户及其占比"),
    "portfolio": _("行业、地区、产品的集中度与限额，账龄批次和价格指数，超限进例外清单"),
    "exposures": _("各情景波及多少客户、敞口和准备；可查突发事件的客户清单"),
    "groups": _("集团一成员不良时应评估的其他成员"),
    "g11": _("1104 资产质量五级分类情况表"),
    "g12": _("1104 贷款质量迁徙情况表"),
    "tieout": _("发布数与总账的核对，逐科目"),
    "corrections": _("同一营业日两个版本的差异：逐笔、原因，分机构分类合计到分"),
}
_SECTIONS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (
        _("资产质量"),
        ("tiers", "overdue", "provisions", "losses", "stress", "rates", "portfolio", "exposures", "debtors", "clocks"),
    ),
    (_("变动与迁徙"), ("migration", "rolls", "vintages", "bridge", "allowance")),
    (_("监管报表"), ("g11", "g12")),
    (_("核对与更正"), ("journal", "breaks", "tieout", "corrections", "instructions", "groups")),
)
_CHARTS: dict[str, Callable[[Question, Report], Options]] = {"rates": gap_chart}


@dataclass(frozen=True)
class CentreEntry:
    """A report in the centre."""

    kind: Kind
    title: str
    says: str | Promise
    href: str


@dataclass(frozen=True)
class ReportPage:
    """A report, ready for its template."""

    kind: Kind
    title: str
    says: str | Promise
    report: Report
    sheets: list[DrawnSheet]
    source: str
    chart: Options | None


def sections(question: Question) -> list[tuple[str | Promise, list[CentreEntry]]]:
    """The reports that the desk may read, by what they are about."""
    return [
        (said, [_entry(question, name) for name in names if not _is_closed(question, KINDS[name])])
        for said, names in _SECTIONS
    ]


def groupings_said(question: Question) -> list[tuple[str, str]]:
    """What reports may be grouped by, and how that is said."""
    return [(by, question.words("column.org_name" if by == "org" else f"column.{by}")) for by in GROUPINGS]


def kind_named(name: str) -> Kind:
    """Find a report. Raises NotFoundHere."""
    if name not in KINDS:
        raise NotFoundHere(message=gettext("没有这张报表。"), hint=gettext("请从报表中心进入。"))
    return KINDS[name]


def report_page(
    question: Question, kind: Kind, by: str | None, *, since_is_asked: bool, against: str | None = None
) -> ReportPage:
    """Count a report and draw its sheets. Raises NotPermitted where it is of the whole bank and the desk is not."""
    report = report_asked(question, kind, by, since_is_asked=since_is_asked, against=against)
    sheets = [drawn_sheet(report, each, question.words, link=question.link, most=ROWS_MOST) for each in report.shown]
    chart = _CHARTS[kind.name](question, report) if kind.name in _CHARTS else None
    return ReportPage(
        kind, question.words(f"sheet.{kind.name}"), _SAYS[kind.name], report, sheets, question.source(report), chart
    )


def report_asked(
    question: Question, kind: Kind, by: str | None, *, since_is_asked: bool, against: str | None = None
) -> Report:
    """Count a report.

    against  of corrections, the run that the day is compared with.
    Raises NotPermitted where it is of the whole bank and the desk is not, NothingPublished where a day that it needs
    was not published, VersionUnknown where a day was never closed and has one version.
    """
    if _is_closed(question, kind):
        raise NotPermitted(
            message=gettext("“%s”只有全行数，您的机构范围不是全行。") % question.words(f"sheet.{kind.name}"),
            hint=gettext("请看五级分类、逾期账龄等按机构的报表。"),
        )
    since = question.since if kind.begins and since_is_asked else None
    try:
        return question.report(kind.name, from_on=since, by=by or None, against=against)
    except VersionUnknown:
        raise VersionUnknown(
            message=gettext("%s 还没有结账，也没有可以比较的另一个版本。") % question.on,
            hint=gettext("请选择有更正的营业日，或指定比较的版本。"),
            where={"on": question.on},
        ) from None
    except NothingPublished as fault:
        raise NothingPublished(
            message=gettext("“%s”需要的营业日没有发布过。") % question.words(f"sheet.{kind.name}"),
            hint=gettext("请选择另一个期初日或营业日。"),
            where=fault.where,
        ) from None


def _is_closed(question: Question, kind: Kind) -> bool:
    return kind.is_of_bank and question.within is not None


def _entry(question: Question, name: str) -> CentreEntry:
    return CentreEntry(KINDS[name], question.words(f"sheet.{name}"), _SAYS[name], question.page(name))
