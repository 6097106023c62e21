"""Files are taken by what they are, kept by hash, compared with all others, and fetched by whoever may."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inspection_walk import photo, small_one, submitted
from postloan.desk.core.models import Officer
from postloan.desk.inspection.files.content import bits_apart, looks_of, read_content
from postloan.desk.inspection.files.queries import file_path
from postloan.desk.inspection.models import Inspection, InspectionFile
from postloan.desk.inspection.queries import rules_on
from postloan.errors import FileRefused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _send(client, inspection: Inspection, content: bytes, name: str = "photo.jpg"):
    sent = {"file": SimpleUploadedFile(name, content, content_type="image/jpeg")}
    return client.post(f"/inspections/{inspection.pk}/files", sent)


def _zip(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return held.getvalue()


def test_a_photo_is_kept_with_its_time_and_place(logged_in) -> None:
    inspection, client = small_one(), logged_in("officer")
    answer = _send(client, inspection, photo(taken=datetime(2024, 5, 6, 9, 30)), "../现场/门头.jpeg")  # noqa: DTZ001
    assert answer.status_code == 200
    held = InspectionFile.objects.get(inspection=inspection)
    assert (held.name, held.kind, held.camera) == ("门头.jpg", "jpeg", "TestCam")
    assert (held.latitude_e7, held.longitude_e7) == (302_600_000, 1_201_500_000)
    assert held.taken_at is not None
    assert held.taken_at.isoformat() == "2024-05-06T01:30:00+00:00"
    assert file_path(held.sha256).is_file()
    assert "2024-05-06 09:30" in answer.content.decode()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<html><script>alert(1)</script></html>", b"MZ\x90\x00 program", photo()[:900], b"%PDF-1.7 cut short",
        b"GIF89a\x01\x00\x01\x00", _zip("readme.txt"), _zip("word/document.xml", "word/vbaProject.bin"),
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    ],
    ids=["empty", "html", "program", "cut photo", "cut pdf", "gif", "zip", "macro", "svg"],
)  # fmt: skip
def test_what_is_no_photo_or_document_is_refused_with_its_code(logged_in, content: bytes) -> None:
    inspection = small_one()
    answer = _send(logged_in("officer"), inspection, content)
    assert (answer.status_code, "PL-D30" in answer.content.decode()) == (400, True)
    assert not inspection.files.exists()


def test_documents_are_told_by_their_content() -> None:
    rules = rules_on(datetime(2026, 1, 1).date())  # noqa: DTZ001
    assert read_content(b"%PDF-1.7\n...\n%%EOF\n", rules.files).kind == "pdf"
    assert read_content(_zip("word/document.xml"), rules.files).kind == "docx"
    assert read_content(_zip("xl/workbook.xml"), rules.files).kind == "xlsx"
    small = rules.files.model_copy(update={"bytes_most": 1000})
    with pytest.raises(FileRefused, match="超过"):
        read_content(photo(), small)
    few = rules.files.model_copy(update={"pixels_most": 1000})
    with pytest.raises(FileRefused, match="像素"):
        read_content(photo(), few)


def test_a_file_too_large_is_refused_and_the_others_are_kept(logged_in) -> None:
    inspection = small_one()
    most = rules_on(inspection.opened_on).files.bytes_most
    sent = {"file": [SimpleUploadedFile("a.jpg", photo(5)), SimpleUploadedFile("b.pdf", b"%PDF-" + b"0" * most)]}
    answer = logged_in("officer").post(f"/inspections/{inspection.pk}/files", sent)
    assert (answer.status_code, "b.pdf" in answer.content.decode()) == (400, True)
    assert inspection.files.count() == 1


def test_a_reused_photo_is_flagged_even_when_it_was_packed_again(logged_in) -> None:
    first, second, client = small_one(), small_one(), logged_in("officer")
    _send(client, first, photo(11))
    _send(client, first, photo(12))
    same = _send(client, second, photo(11), "other.jpg").content.decode()
    assert "与另一次检查的文件相同" in same
    near = _send(client, second, photo(12, quality=55, side=260), "near.jpg").content.decode()
    assert "与另一次检查的照片几乎相同" in near
    other = _send(client, second, photo(13), "third.jpg").content.decode()
    assert other.count("与另一次检查的") == 2
    submitted(logged_in, second)
    page = logged_in("inspector").get(f"/inspections/{second.pk}/review").content.decode()
    assert first.debtor_name in page
    assert "几乎相同" in page


def test_the_hash_of_looks_outlasts_packing_and_tells_pictures_apart() -> None:
    from PIL import Image  # noqa: PLC0415

    def looks(content: bytes) -> str:
        return looks_of(Image.open(io.BytesIO(content)).convert("RGB"))

    assert bits_apart(looks(photo(3)), looks(photo(3, quality=40, side=240))) <= 3
    assert min(bits_apart(looks(photo(3)), looks(photo(other))) for other in range(4, 24)) > 10
    assert looks_of(Image.new("RGB", (50, 50), "white")) == ""


def test_files_are_fetched_as_attachments_within_the_offices_alone(logged_in) -> None:
    inspection, client = small_one(), logged_in("officer")
    _send(client, inspection, photo(21))
    held = inspection.files.get()
    answer = client.get(f"/inspections/{inspection.pk}/files/{held.pk}")
    assert b"".join(answer.streaming_content) == photo(21)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    small = client.get(f"/inspections/{inspection.pk}/files/{held.pk}/small")
    assert small["Content-Type"] == "image/jpeg"
    assert b"".join(small.streaming_content)
    elsewhere = Officer.objects.filter(staff_no__isnull=False).exclude(org=inspection.org).order_by("-pk").first()
    assert elsewhere is not None
    assert logged_in(elsewhere.username).get(f"/inspections/{inspection.pk}/files/{held.pk}").status_code == 404
    other = small_one()
    assert client.get(f"/inspections/{other.pk}/files/{held.pk}").status_code == 404


def test_a_submitted_report_keeps_its_files(logged_in) -> None:
    inspection, client = small_one(), logged_in("officer")
    _send(client, inspection, photo(31))
    _send(client, inspection, photo(32))
    _send(client, inspection, photo(32), "again.jpg")
    assert inspection.files.count() == 2
    first = inspection.files.first()
    assert first is not None
    assert client.post(f"/inspections/{inspection.pk}/files/{first.pk}/remove").status_code == 200
    assert inspection.files.count() == 1
    submitted(logged_in, inspection)
    assert _send(client, inspection, photo(33)).status_code == 409
    held = inspection.files.get()
    assert client.post(f"/inspections/{inspection.pk}/files/{held.pk}/remove").status_code == 409
    assert inspection.files.count() == 1
