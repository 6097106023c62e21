"""The report as Word and PDF says what the data and the inspector said."""

import io
import json
from pathlib import Path

import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import trans_real
from docx import Document

from inspection_walk import accepted, photo, small_one, submitted
from postloan.desk.core.lists.cells import money
from postloan.desk.inspection.models import Inspection
from postloan.desk.inspection.report.document import document_of, number_of
from postloan.desk.inspection.report.pdf import TEMPLATE, inputs_of
from postloan.site.catalogues import compile_catalogues

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _reported(logged_in) -> Inspection:
    inspection = small_one()
    sent = {"file": SimpleUploadedFile("门头.jpg", photo(41))}
    assert logged_in("officer").post(f"/inspections/{inspection.pk}/files", sent).status_code == 200
    submitted(logged_in, inspection, use_vouchers="no", measures="加强<回款>监控 & {{ 7 * 7 }} #show")
    return accepted(logged_in, inspection)


def _words(content: bytes) -> str:
    read = Document(io.BytesIO(content))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    edges = [each.paragraphs[0].text for each in (read.sections[0].header, read.sections[0].footer)]
    return "\n".join([*(line.text for line in read.paragraphs), *cells, *edges])


def test_word_holds_the_facts_answers_findings_and_signatures(logged_in) -> None:
    inspection = _reported(logged_in)
    answer = logged_in("inspector").get(f"/inspections/{inspection.pk}/report.docx")
    assert answer["Content-Disposition"].endswith(f'{number_of(inspection)}.docx"')
    words = _words(answer.content)
    for said in (
        "贷后检查报告", inspection.debtor_name, money(inspection.exposure_cents), "加强<回款>监控 & {{ 7 * 7 }} #show",
        "贷款用途凭证不全", "陈志华", "林雅琴", inspection.run_id, number_of(inspection),
    ):  # fmt: skip
        assert said in words
    assert "{%" not in words
    assert len(Document(io.BytesIO(answer.content)).inline_shapes) == 1


def test_pdf_holds_the_same_facts_and_is_the_same_bytes_again(logged_in) -> None:
    inspection = _reported(logged_in)
    client = logged_in("inspector")
    pdf = client.get(f"/inspections/{inspection.pk}/report.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert len(pdf.content) > 20_000
    told = document_of(inspection)
    asked = {"root": str(Path(typst_root()).resolve()), "sys_inputs": inputs_of(told), "field": "value"}
    facts = json.loads(typst.query(TEMPLATE.read_bytes(), "<fact>", **asked))
    assert facts == told["basics"] + told["figures"]
    assert ["客户名称", inspection.debtor_name] in facts
    assert json.loads(typst.query(TEMPLATE.read_bytes(), "<finding>", **asked)) == told["findings"]


def typst_root() -> str:
    from django.conf import settings  # noqa: PLC0415

    return str(settings.MEDIA_ROOT)


def test_a_report_that_is_not_accepted_says_so(logged_in) -> None:
    inspection = submitted(logged_in, small_one())
    assert "未定稿" in _words(logged_in("officer").get(f"/inspections/{inspection.pk}/report.docx").content)
    assert logged_in("officer").get(f"/inspections/{small_one().pk}/report.pdf").status_code == 404


@pytest.fixture
def _english() -> None:
    """The English catalogues, compiled as a server compiles them when it starts."""
    compile_catalogues()
    trans_real._translations = {}
    trans_real._default = None


@pytest.mark.usefixtures("_english")
def test_the_report_in_english(logged_in) -> None:
    inspection = _reported(logged_in)
    client = logged_in("inspector")
    client.cookies["django_language"] = "en"
    words = _words(client.get(f"/inspections/{inspection.pk}/report.docx").content)
    assert "Post-loan inspection report" in words
    assert client.get(f"/inspections/{inspection.pk}/report.pdf").content.startswith(b"%PDF-")
