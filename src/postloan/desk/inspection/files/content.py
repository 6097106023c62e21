"""What an uploaded file is, told by its bytes and not by its name; and what a photo says of place and time."""

import io
import warnings
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.utils import timezone as clock
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from postloan.errors import FileRefused
from postloan.rules.inspection_rules import FileRules

_PHOTOS = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp"}
_OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_SIDE = 8
"""The perceptual hash has this many rows of this many bits."""
_EVEN_MOST = 8
"""Of a picture whose grey values lie this near together, the hash says nothing."""
_THUMB = (800, 800)
_ZIP_MEMBERS_MOST = 5000
_ONE_E7 = 10**7
_SEXAGESIMAL = (1, 60, 3600)


@dataclass(frozen=True)
class Content:
    """A file that may be kept.

    looks      a photo's perceptual hash as 16 hexadecimal digits; empty where there is none to speak of.
    thumbnail  the photo small, as JPEG without what the camera wrote.
    """

    kind: str
    sha256: str
    size: int
    width: int | None = None
    height: int | None = None
    looks: str = ""
    taken_at: datetime | None = None
    latitude_e7: int | None = None
    longitude_e7: int | None = None
    camera: str = ""
    thumbnail: bytes = b""


def read_content(content: bytes, rules: FileRules) -> Content:
    """Find out what a file is. Raises FileRefused where it is empty, too large, damaged or of a kind not taken."""
    if not content:
        raise _refused(_("文件是空的。"), _("请重新选择文件。"))
    if len(content) > rules.bytes_most:
        raise _refused(
            _("文件超过 %s MB。") % (rules.bytes_most // 2**20), _("请压缩后再上传；手机拍照请选“中等”画质。")
        )
    found = _photo(content, rules) or _document(content)
    if found is None or found.kind not in rules.kinds:
        raise _refused(
            _("不是可以接收的文件：内容不是照片、PDF、Word 或 Excel。"),
            _("请上传 JPG、PNG、WEBP、PDF、DOCX 或 XLSX；改扩展名没有用，按内容检查。"),
        )
    return found


def _refused(message: str, hint: str) -> FileRefused:
    return FileRefused(message=message, hint=hint, where={"field": "file"})


def _photo(content: bytes, rules: FileRules) -> Content | None:
    """The file as a photo; None where it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(_PHOTOS)) as opened:
                width, height, form = opened.width, opened.height, str(opened.format)
                if width * height > rules.pixels_most:
                    raise _refused(_("照片的像素太大。"), _("请缩小后再上传。"))
                opened.verify()
            # What was verified cannot be read any more: it is opened again.
            with Image.open(io.BytesIO(content), formats=list(_PHOTOS)) as opened:
                exif = opened.getexif()
                upright = ImageOps.exif_transpose(opened).convert("RGB")
    except UnidentifiedImageError:
        return None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise _refused(_("照片已损坏，打不开。"), _("请重新拍摄或导出后再上传。")) from None
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    return Content(
        kind=_PHOTOS[form], sha256=sha256(content).hexdigest(), size=len(content), width=width, height=height,
        looks=looks_of(upright), taken_at=_taken_at(exif), latitude_e7=_degrees_e7(place, "Latitude"),
        longitude_e7=_degrees_e7(place, "Longitude"), thumbnail=_thumbnail(upright),
        camera=f"{exif.get(ExifTags.Base.Make, '')} {exif.get(ExifTags.Base.Model, '')}".strip("\0 ")[:100],
    )  # fmt: skip


def _document(content: bytes) -> Content | None:
    kind = "pdf" if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:] else _office(content)
    return Content(kind=kind, sha256=sha256(content).hexdigest(), size=len(content)) if kind else None


def _office(content: bytes) -> str | None:
    """Word or Excel without macros: a zip that holds the right part."""
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        return None
    if len(names) > _ZIP_MEMBERS_MOST or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for part, kind in _OFFICE.items() if part in names), None)


def looks_of(picture: Image.Image) -> str:
    """The perceptual hash of a picture: whether each of 8 × 8 cells is brighter than its neighbour, as 16 digits.

    It outlasts scaling, compression and a little brightness. An even surface has none.
    """
    small = picture.convert("L").resize((_SIDE + 1, _SIDE), Image.Resampling.LANCZOS)
    grey = small.tobytes()
    if max(grey) - min(grey) < _EVEN_MOST:
        return ""
    bits = 0
    for row in range(_SIDE):
        for column in range(_SIDE):
            at = row * (_SIDE + 1) + column
            bits = bits << 1 | (grey[at] > grey[at + 1])
    return f"{bits:016x}"


def bits_apart(one: str, other: str) -> int:
    """In how many bits two perceptual hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _thumbnail(picture: Image.Image) -> bytes:
    picture.thumbnail(_THUMB)
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=80)
    return held.getvalue()


def _taken_at(exif: Image.Exif) -> datetime | None:
    """When the photo was taken by the camera's clock; by the bank's time zone where the camera names none."""
    more = exif.get_ifd(ExifTags.IFD.Exif)
    written = more.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    zone = _zone(more.get(ExifTags.Base.OffsetTimeOriginal))
    try:
        taken = datetime.strptime(str(written).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone is another tag
        return taken.replace(tzinfo=zone or clock.get_default_timezone()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(written: Any) -> timezone | None:
    try:
        hours, minutes = str(written).strip("\0 ").split(":")
        offset = timedelta(hours=abs(int(hours)), minutes=int(minutes))
        return timezone(-offset if hours.startswith("-") else offset)
    except (ValueError, OverflowError):
        return None


def _degrees_e7(place: Any, which: str) -> int | None:
    """Latitude or longitude of a photo in 1e-7 degrees; south and west below nought."""
    tags = ExifTags.GPS
    parts, side = place.get(tags[f"GPS{which}"]), str(place.get(tags[f"GPS{which}Ref"], ""))
    try:
        degrees = sum(Fraction(part) / each for part, each in zip(parts, _SEXAGESIMAL, strict=True))
        found = round(degrees * _ONE_E7) * (-1 if side[:1] in {"S", "W"} else 1)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if abs(found) <= 180 * _ONE_E7 else None
