"""What the tests of the inspection desk do again and again: order, fill in, submit, review."""

import io
from collections.abc import Callable, Iterable
from datetime import datetime
from random import Random
from typing import Any

import polars as pl
from django.test import Client
from PIL import ExifTags, Image

from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.desk.inspection.models import Inspection
from postloan.desk.inspection.opening.actions import inspection_order
from postloan.desk.inspection.opening.due import debtors_inspected
from postloan.desk.inspection.queries import form_of
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.inspection_forms import Question

LogIn = Callable[[str], Client]


def desk_of_user(username: str, action: str) -> Desk:
    officer = Officer.objects.select_related("org").get(username=username)
    return Desk(officer, actions_of(officer), scope_of(officer, action), None)


def debtors(desk: Desk, where: pl.Expr) -> list[str]:
    """The debtors of the officer's office that an expression keeps, the largest first."""
    rows = debtors_inspected(desk.day).filter((pl.col("org_id") == desk.officer.org_id) & where)
    return rows.sort("exposure_cents", "debtor_id", descending=True)["debtor_id"].to_list()


def order(debtor_ids: Iterable[str], kind: str = "special") -> list[Inspection]:
    desk = desk_of_user("inspector", "inspection.plan")
    return inspection_order(
        desk.officer, list(debtor_ids), kind=kind, day=desk.day, rules=load_desk_rules(desk.day.home),
        reason="试查", due_on=None,
    )  # fmt: skip


def small_one(kind: str = "special") -> Inspection:
    """An inspection of a debtor of the officer's office that one person signs."""
    desk = desk_of_user("officer", "inspection.write")
    taken = set(Inspection.objects.values_list("debtor_id", flat=True))
    mine = debtors(desk, (pl.col("tier") == "pass") & (pl.col("exposure_cents") < 10**9))
    return order([next(each for each in mine if each not in taken)], kind)[0]


def calm(question: Question, about: str) -> str:
    """An answer that raises no finding; `about` keeps what is written of one debtor apart from that of another."""
    if question.kind == "text":
        return f"{question.zh}：现场核对，经营和还款均无异常。{about}"
    if question.kind == "number":
        return "12"
    raised = set(question.finding.when) if question.finding else set()
    plain = [choice.value for choice in question.choices] or ["yes", "no"]
    return next(value for value in plain if value not in raised)


def filled(inspection: Inspection, **changed: str) -> dict[str, str]:
    """A complete report as its page sends it, without concern; `changed` answers by question."""
    inspection.refresh_from_db()
    answers = {
        f"q-{question.question}": changed.get(question.question, calm(question, inspection.debtor_name))
        for question in form_of(inspection).questions
    }
    about = {
        "way": "on_site", "place": "经营场所", "inspected_on": str(inspection.opened_on),
        "version": str(inspection.version), "draft": str(inspection.draft),
    }  # fmt: skip
    return answers | about


def submitted(logged_in: LogIn, inspection: Inspection, **changed: str) -> Inspection:
    answer = logged_in("officer").post(f"/inspections/{inspection.pk}/submit", filled(inspection, **changed))
    assert answer.status_code == 302, answer.content.decode()[:2000]
    inspection.refresh_from_db()
    return inspection


def accepted(logged_in: LogIn, inspection: Inspection, **sent: str) -> Inspection:
    told = {"version": str(inspection.version), "opinion": "同意"} | sent
    answer = logged_in("inspector").post(f"/inspections/{inspection.pk}/accept", told)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    inspection.refresh_from_db()
    return inspection


def photo(seed: int = 1, *, quality: int = 90, side: int = 320, taken: datetime | None = None, **save: Any) -> bytes:
    """A photo of a few grey fields; the same seed is the same picture, however it is scaled or packed."""
    chance = Random(seed)  # noqa: S311 - a picture, not a secret
    tiles = [chance.randrange(256) for _ in range(36)]
    small = Image.new("L", (6, 6))
    small.putdata(tiles)
    picture = small.resize((side, side), Image.Resampling.BICUBIC).convert("RGB")
    exif = Image.Exif()
    if taken is not None:
        exif[ExifTags.Base.Make] = "TestCam"
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (30.0, 15.0, 36.0)
        place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", (120.0, 9.0, 0.0)
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=quality, exif=exif, **save)
    return held.getvalue()
