"""What a filed report says, once for Word and PDF: title, facts, sections, findings, photos, signatures, the run."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.core.figures import money
from postloan.desk.core.lists.cells import language
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.work.told import told_said
from postloan.desk.inspection.files.queries import photo_said, thumbnail_path
from postloan.desk.inspection.models import Inspection, InspectionFile
from postloan.desk.inspection.queries import form_of, last_answers, last_report
from postloan.desk.inspection.report.answers import asked, form_said
from postloan.desk.inspection.report.facts import differences, figures_said
from postloan.tables.said import said


def number_of(inspection: Inspection) -> str:
    """The number under which a report is filed: 贷检 year and sequence."""
    return f"DJ{inspection.opened_on.year}{inspection.pk:07d}"


def document_of(inspection: Inspection) -> dict[str, Any]:
    """Everything that a report's document shows, in the language of the page; plain text, no markup."""
    form, last = form_of(inspection), last_report(inspection)
    facts, head = inspection.facts, _head_office(inspection.org)
    return {
        "bank": head,
        "title": _("贷后检查报告"),
        "form": form_said(form),
        "number": number_of(inspection),
        "number_said": _("编号"),
        "state": _state(inspection),
        "basics_said": _("基本情况"),
        "basics": _basics(inspection),
        "figures_said": _("业务数据（%s）") % facts["on"],
        "figures": [list(each) for each in figures_said(facts)],
        "loans": _loans(facts),
        "collateral": _collateral(facts),
        "differences_said": _("与上次检查相比的变化"),
        "differences": [[each.said, each.before, each.now] for each in differences(facts, last.facts if last else {})],
        "differences_head": [_("项目"), _("上次"), _("本次")],
        "no_differences": _("首次检查，或与上次检查相比无变化。"),
        "sections": [
            {"title": section.said, "rows": [[each.said, each.answer_said] for each in section.questions]}
            for section in asked(form, inspection.answers, last_answers(inspection, last))
        ],
        "findings_said": _("发现的问题及整改要求"),
        "findings_head": [_("问题"), _("程度"), _("责任人"), _("整改限期")],
        "findings": _findings(inspection),
        "no_findings": _("本次检查未发现问题。"),
        "photos_said": _("现场影像"),
        "photos": _photos(inspection.files.all()),
        "opinion_said": _("复核意见"),
        "opinion": inspection.opinion or "—",
        "signatures_said": _("签字"),
        "signatures": _signatures(inspection),
        "source": _("数据来源：%(on)s 快照，批次 %(run)s") % {"on": inspection.facts_on, "run": inspection.run_id},
        "page_said": _("第"), "of_said": _("页，共"), "pages_said": _("页"),
        "lang": "zh" if language() == "zh" else "en",
    }  # fmt: skip


def _head_office(org: Org) -> str:
    head = Org.objects.filter(pk=org.path.strip("/").split("/")[0]).first()
    return head.name if head else ""


def _state(inspection: Inspection) -> str:
    if inspection.state == Inspection.State.ACCEPTED:
        return ""
    return _("未定稿：%s") % said("inspection_state", inspection.state, language())


def _basics(inspection: Inspection) -> list[list[str]]:
    facts, debtor = inspection.facts, inspection.facts["debtor"]
    return [
        [_("客户名称"), inspection.debtor_name],
        [_("客户号"), inspection.debtor_id],
        [_("客户类型"), said("legal_form", debtor["legal_form"], language())],
        [_("企业规模"), said("size_class", debtor["size_class"], language())],
        [_("经办机构"), inspection.org.name],
        [_("检查种类"), said("inspection_kind", inspection.kind, language())],
        [_("检查缘由"), told_said(inspection.cause)],
        [_("检查方式"), said("inspection_way", inspection.way, language())],
        [_("检查日期"), str(inspection.inspected_on)],
        [_("检查地点"), inspection.place or "—"],
        [_("贷款余额（元）"), money(facts["figures"]["exposure_cents"])],
        [_("检查时分类"), said("tier", facts["figures"]["tier_worst"] or "", language())],
    ]


def _loans(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": _("在账借据"),
        "head": [_("借据号"), _("产品"), _("余额（元）"), _("逾期天数"), _("五级分类"), _("到期日")],
        "rows": [
            [row["loan_id"], row["product"], money(row["outstanding_cents"]), str(row["days_past_due"]),
             said("tier", row["tier"], language()), row["matures_on"] or "—"]
            for row in facts["loans"]
        ],
    }  # fmt: skip


def _collateral(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": _("押品"),
        "head": [_("押品号"), _("押品类型"), _("估值（元）"), _("估值日"), _("保险到期"), _("登记到期")],
        "rows": [
            [row["collateral_id"], said("collateral_kind", row["kind"] or "", language()),
             "—" if row["value_cents"] is None else money(row["value_cents"]), row["valued_on"] or "—",
             row["insured_to_on"] or "—", row["registration_ends_on"] or "—"]
            for row in facts["collateral"]
        ],
    }  # fmt: skip


def _findings(inspection: Inspection) -> list[list[str]]:
    return [
        [each.said, said("severity", each.severity, language()), each.owner.name if each.owner else "—",
         str(each.due_on)]
        for each in inspection.findings.select_related("owner").order_by("pk")
    ]  # fmt: skip


def _photos(files: Iterable[InspectionFile]) -> list[dict[str, str]]:
    """The photos with what the camera wrote; the small picture is what a document prints."""
    return [
        {"sha256": each.sha256, "said": photo_said(each)}
        for each in files
        if each.is_photo and thumbnail_path(each.sha256).is_file()
    ]


def _signatures(inspection: Inspection) -> list[list[str]]:
    rows = [_signature(_("检查人"), inspection.author, inspection.submitted_at)]
    if inspection.needs_two:
        rows.append(_signature(_("共同检查人"), inspection.second, inspection.signed_at))
    is_accepted = inspection.state == Inspection.State.ACCEPTED
    reviewer = inspection.reviewer if is_accepted else None
    return [*rows, _signature(_("复核人"), reviewer, inspection.reviewed_at if is_accepted else None)]


def _signature(role: str, officer: Officer | None, at: datetime | None) -> list[str]:
    return [role, officer.name if officer else "", _moment(at) if officer and at else ""]


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
