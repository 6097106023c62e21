"""Signs that a report may not be what it says (真实性提示): copied text, reused photos, answers that data contradict.

They are shown before a report is accepted. They accuse nobody: the reviewer looks, and decides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process, utils

from postloan.desk.inspection.files.queries import reused
from postloan.desk.inspection.models import Inspection, InspectionFile
from postloan.desk.inspection.opening.due import months_later
from postloan.desk.inspection.report.answers import contradicted, contradictions
from postloan.rules.inspection_forms import InspectionForm
from postloan.rules.inspection_rules import Inspections, SignRules

_COMPARED_MOST = 5000
_SHOWN_MOST = 3


@dataclass(frozen=True)
class Sign:
    """One sign: of which kind, in the reader's words, and where to look.

    weight   high where somebody should ask, low where it is only worth knowing.
    figures  what the words are made of: it can be kept, and said in any language.
    """

    kind: str
    said: str
    weight: str
    figures: Mapping[str, Any]
    href: str = ""
    href_said: str = ""

    @property
    def coded(self) -> dict[str, Any]:
        """The sign without words."""
        return {"kind": self.kind, "weight": self.weight, **self.figures}


def signs_of(inspection: Inspection, form: InspectionForm, rules: Inspections) -> list[Sign]:
    """Every sign of a submitted report, the heavier first."""
    files = list(inspection.files.all())
    found = [
        *_contradictions(inspection, form),
        *_copied(inspection, rules.signs),
        *_reused(inspection, files, rules.signs),
        *_photos(inspection, files),
    ]
    return sorted(found, key=lambda sign: sign.weight != "high")


def _contradictions(inspection: Inspection, form: InspectionForm) -> Iterator[Sign]:
    checks = inspection.facts.get("checks", {})
    found = contradictions(form, inspection.answers, checks)
    for (question, each), (asked, how) in zip(found, contradicted(form, inspection.answers, checks), strict=True):
        figures = {"question": question.question, "fact": each.fact, "found": checks[each.fact]}
        yield Sign("contradiction", _("“%(question)s”：%(how)s") % {"question": asked, "how": how}, "high", figures)


def _copied(inspection: Inspection, rules: SignRules) -> Iterator[Sign]:
    """Earlier reports of the last months whose text is nearly the same."""
    if len(inspection.prose) < rules.letters_least or inspection.submitted_on is None:
        return
    begins_on = months_later(inspection.submitted_on, -rules.compared_months)
    others = (
        Inspection.objects.filter(
            form=inspection.form, submitted_on__gte=begins_on, submitted_at__lt=inspection.submitted_at
        )
        .exclude(prose="")
        .order_by("-submitted_on", "-pk")
        .values_list("pk", "prose")[:_COMPARED_MOST]
    )
    prose = dict(others)
    alike = process.extract(
        inspection.prose, prose, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=rules.alike_percent,
        limit=_SHOWN_MOST,
    )  # fmt: skip
    named = Inspection.objects.in_bulk([key for _prose, _percent, key in alike])
    for _prose, percent, key in alike:
        other = named[key]
        told = {"percent": round(percent), "name": other.debtor_name, "on": other.submitted_on}
        is_own = other.debtor_id == inspection.debtor_id
        words = (
            _("文字与本客户 %(on)s 的报告相似度 %(percent)s%%") if is_own
            else _("文字与“%(name)s” %(on)s 的报告相似度 %(percent)s%%")
        )  # fmt: skip
        figures = {"percent": told["percent"], "inspection": key, "is_own": is_own}
        yield Sign("copied", words % told, "high", figures, reverse("inspection:inspection", args=[key]), _("对照查看"))


def _reused(inspection: Inspection, files: Sequence[InspectionFile], rules: SignRules) -> Iterator[Sign]:
    for each in reused(inspection, files, bits_most=rules.photo_bits_most):
        other = each.other.inspection
        told = {"file": each.file.name, "name": other.debtor_name, "on": other.submitted_on or other.opened_on}
        words = (
            _("文件“%(file)s”与“%(name)s” %(on)s 检查中的文件相同") if each.is_same
            else _("照片“%(file)s”与“%(name)s” %(on)s 检查中的照片几乎相同")
        )  # fmt: skip
        figures = {"file": each.file.sha256, "inspection": other.pk, "is_same": each.is_same}
        yield Sign(
            "reused", words % told, "high", figures, reverse("inspection:inspection", args=[other.pk]), _("对照查看")
        )


def _photos(inspection: Inspection, files: Sequence[InspectionFile]) -> Iterator[Sign]:
    photos = [each for each in files if each.is_photo]
    if inspection.way == "on_site" and not photos:
        yield Sign("photo", _("现场检查没有照片"), "high", {"photos": 0})
    for photo in photos:
        if photo.taken_at is not None and photo.taken_at.date() < inspection.opened_on:
            told = {"file": photo.name, "on": photo.taken_at.date()}
            yield Sign(
                "photo",
                _("照片“%(file)s”拍摄于 %(on)s，早于本次检查") % told,
                "high",
                {"file": photo.sha256, "taken_on": told["on"]},
            )
    if unplaced := [photo for photo in photos if photo.taken_at is None or photo.latitude_e7 is None]:
        told_count = {"count": len(unplaced), "all": len(photos)}
        yield Sign(
            "photo",
            _("%(all)s 张照片中有 %(count)s 张没有拍摄时间或地点") % told_count,
            "low",
            {"unplaced": len(unplaced), "photos": len(photos)},
        )
