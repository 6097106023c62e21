"""What people and other systems bring along: pictures, workbooks, names and texts that mean harm."""

import csv
import io
import socket
import ssl
import struct
import zipfile
import zlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import CharField, TextField
from docx import Document
from held_pages import opened, things
from messaging import Mailbox
from PIL import ExifTags, Image

from inspection_walk import photo, small_one
from postloan.desk.book import narrow
from postloan.desk.core.days import business_day
from postloan.desk.core.lists.form import Column
from postloan.desk.core.lists.workbook import workbook
from postloan.desk.core.word import letter_of
from postloan.desk.inspection.files.actions import plain_name
from postloan.desk.inspection.files.content import read_content
from postloan.desk.inspection.models import InspectionFile
from postloan.desk.inspection.queries import rules_on
from postloan.desk.outbox.sending.doors import Sendable, check_doors
from postloan.desk.outbox.sending.mail import MailDoor, mail_server
from postloan.desk.report.files import as_csv
from postloan.desk.report.form import Column as ReportColumn
from postloan.desk.report.form import Report, Sheet, Snapshot
from postloan.errors import FileRefused, SettingWrong

pytestmark = pytest.mark.django_db
RUNS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "=cmd|' /C calc'!A1", "https://evil.example/")
MARK = "<i id=x>\"'&"
"""Shown as it is, it would be a tag and end an attribute."""
SAYS = {
    "name", "debtor_name", "party_name", "title", "text", "reason", "note", "label", "why", "source", "court",
    "reference", "asset_name", "left_why", "failure", "camera",
}  # fmt: skip


# Pictures and archives ---------------------------------------------------------------------------------------------


@pytest.fixture
def rules() -> Any:
    return rules_on(business_day(None).on).files


def with_exif(**tags: Any) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = tags.pop("make", "x")
    for name, value in tags.items():
        exif.get_ifd(ExifTags.IFD.Exif)[getattr(ExifTags.Base, name)] = value
    held = io.BytesIO()
    Image.new("RGB", (16, 16)).save(held, "JPEG", exif=exif)
    return held.getvalue()


@pytest.mark.parametrize(
    ("taken", "offset"),
    [
        ("0001:01:01 00:00:00", "+14:00"), ("9999:12:31 23:59:59", "-12:00"), ("2024:05:06 09:30:00", "9" * 30 + ":00"),
        ("2024:05:06 09:30:00", "+99:99"), ("2024:05:06 09:30:00", "-:"), ("0000:00:00 00:00:00", "x"),
        ("0001:01:01 00:00:00", ""),
    ],
)  # fmt: skip
def test_no_clock_of_a_camera_breaks_the_desk(taken: str, offset: str, rules) -> None:
    found = read_content(with_exif(DateTimeOriginal=taken, OffsetTimeOriginal=offset), rules)
    assert found.kind == "jpeg"
    assert found.taken_at is None or found.taken_at.year == 2024


def png(width: int, height: int, *more: tuple[bytes, bytes]) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * min((width + 1) * height, 2**26))
    parts = [(b"IHDR", head), *more, (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def test_a_picture_that_unpacks_to_more_than_is_taken_is_refused_before_it_is_unpacked(rules) -> None:
    assert read_content(png(64, 64), rules).kind == "png"
    for width, height in ((100_000, 100_000), (2**31 - 1, 1), (60_000_001, 1)):
        with pytest.raises(FileRefused):
            read_content(png(width, height), rules)
    text = b"x\0\0" + zlib.compress(b"\0" * 80 * 2**20)
    with pytest.raises(FileRefused):
        read_content(png(64, 64, (b"zTXt", text)), rules)


def test_an_archive_of_very_many_parts_is_refused(rules) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        for at in range(5000):
            archive.writestr(f"p{at}", "")
    with pytest.raises(FileRefused):
        read_content(held.getvalue(), rules)


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/cron.d/x.jpg",
        "..\\..\\x.jpg",
        "/etc/passwd",
        'a"\r\nX-Evil: 1.jpg',
        "\u202egpj.exe",
        "." * 300,
        "~/.ssh/x",
    ],
)
def test_a_files_name_says_nothing_of_where_it_lies_or_what_is_sent(
    name: str, logged_in, settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    inspection, client = small_one(), logged_in("officer")
    content = photo(len(name))
    upload = SimpleUploadedFile("x.jpg", content)
    upload._name = name
    assert client.post(f"/inspections/{inspection.pk}/files", {"file": upload}).status_code == 200
    held = InspectionFile.objects.get(inspection=inspection)
    assert not set(held.name) & set("/\\\r\n\0")
    assert not set(plain_name(name, "jpeg")) & set("/\\\r\n\0"), "whatever the server before it took off"
    assert held.name.endswith(".jpg")
    assert {path.parts[-3] for path in tmp_path.rglob("*") if path.is_file()} == {"inspection"}
    answer = client.get(f"/inspections/{inspection.pk}/files/{held.pk}")
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "X-Evil" not in answer


# Formulas ----------------------------------------------------------------------------------------------------------


def test_a_list_as_a_workbook_runs_nothing_and_links_nowhere() -> None:
    columns = (Column("name", "=1+1"), Column("state", "x", "word", say=lambda text: text))
    made = workbook(columns, [{"name": text, "state": text} for text in RUNS], [("=1+1", "=2+2")])
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/" in name]
        kept = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "=cmd|" in kept
    assert len(sheets) >= 2
    assert not any(tag in sheet for sheet in sheets for tag in ("<f>", "<f ", "<hyperlink"))


def test_a_report_as_csv_runs_nothing_and_keeps_numbers() -> None:
    told = Snapshot(on=date(2026, 1, 1), run_id="r", known_on=date(2026, 1, 1), pins_sha256="p", currency="CNY")
    written = [text for text in RUNS if "\r" not in text]  # which the reader of this test takes for a line's end
    rows = tuple({"row": "item", "who": text, "amount": -100} for text in (*written, "张三"))
    sheet = Sheet("s", (ReportColumn("who", "text"), ReportColumn("amount", "money")), rows)
    _head, *cells = csv.reader(io.StringIO(as_csv(Report("r", told, None, sheet, (sheet,)))))
    assert [who[0] for _row, who, _amount in cells] == ["'"] * 6 + ["h", "张"]
    assert [who.removeprefix("'") for _row, who, _amount in cells] == [*written, "张三"], "and loses nothing"
    assert {amount for _row, _who, amount in cells} == {"-1.00"}


# What is shown -----------------------------------------------------------------------------------------------------


@pytest.fixture
def hostile_feeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name that the feeds brought holds a tag."""
    kept = narrow.kept

    def hostile(*given: Any) -> pl.DataFrame:
        rows = kept(*given)
        return rows.with_columns(
            pl.lit(MARK).alias(name) for name in ("name", "debtor_name", "group_name") if name in rows.columns
        )

    monkeypatch.setattr(narrow, "kept", hostile)


def mark_everything() -> None:
    """Let every text that anybody wrote into the desk hold a tag."""
    for model in apps.get_models():
        if not model.__module__.startswith("postloan."):
            continue
        said = [
            each.name for each in model._meta.get_fields()
            if isinstance(each, CharField | TextField) and each.name in SAYS and not each.unique and not each.choices
        ]  # fmt: skip
        if said:
            model.objects.update(**dict.fromkeys(said, MARK))


@pytest.mark.slow
@pytest.mark.one_database
def test_no_page_takes_a_name_or_a_text_for_markup(hostile_feeds, logged_in, loans: pl.DataFrame) -> None:
    filled, seen = things(loans), set()
    mark_everything()
    for place, name, client in opened(logged_in, filled):
        answer = client.get(place)
        if answer.status_code != 200 or answer.streaming or not answer["Content-Type"].startswith("text/html"):
            continue
        shown = answer.content.decode()
        assert "<i id=x>" not in shown, name
        seen |= {name} if "&lt;i id=x&gt;" in shown else set()
    assert len(seen) > 20, sorted(seen)


def test_a_letter_takes_no_text_for_a_template() -> None:
    said = ["{{ 7 * 7 }}", "{% for x in range(9) %}y{% endfor %}", "{{ ''.__class__.__mro__ }}", "<w:p/>&amp;"]
    made = letter_of(said[0], said, said[1], date(2026, 1, 1), to=said[2])
    words = "\n".join(line.text for line in Document(io.BytesIO(made)).paragraphs)
    for each in said:
        assert each in words
    assert "49" not in words


# Doors to other systems --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("OUTBOX_SMS_URL", "http://gateway.example/send"), ("OUTBOX_SMS_URL", "file:///etc/passwd"),
        ("OUTBOX_SMS_URL", "http://localhost.evil.example/"), ("OUTBOX_SMS_URL", "http://127.0.0.1@evil.example/"),
        ("OUTBOX_SMTP_URL", "smtp://user:secret@mail.example:25"), ("OUTBOX_SMTP_URL", "http://mail.example"),
    ],
)  # fmt: skip
def test_no_message_goes_where_it_can_be_read_on_the_way(name: str, url: str, settings) -> None:
    check_doors()
    setattr(settings, name, url)
    with pytest.raises(SettingWrong) as refused:
        check_doors()
    assert "secret@" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_mail_server_that_nobody_vouches_for_is_given_nothing(scheme: str, tmp_path: Path, monkeypatch) -> None:
    certificate, key = certificate_of(tmp_path)
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(certificate, key)
    box, tls = Mailbox(), {"ssl_context" if scheme == "smtps" else "tls_context": shown}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port, **tls)
    server.start()
    message = Sendable(uuid4(), "email", "zhang@example.com", "张三", "提醒", "请还款", "银行", date(2026, 1, 1))
    door = MailDoor(mail_server(f"{scheme}://localhost:{port}"), "loans@bank.example")
    try:
        assert (door.send(message).came, box.mails) == ("shut", [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert door.send(message).came == "sent"
        assert len(box.mails) == 1
    finally:
        server.stop()


def certificate_of(folder: Path) -> tuple[Path, Path]:
    """A certificate of localhost that only itself vouches for, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "server.pem", folder / "server.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return paths
