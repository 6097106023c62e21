"""Keeping a paper that was sent, and finding it again."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from postloan.desk.core.days import BusinessDay
from postloan.desk.inspection.files.actions import keep, plain_name
from postloan.desk.inspection.files.content import read_content
from postloan.desk.inspection.queries import rules_on


@dataclass(frozen=True)
class Sent:
    """A file as it was sent; content may be a byte longer than what would be taken."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Kept:
    """A paper that was kept: the name it had, its kind as its bytes tell, the hash under which it lies."""

    name: str
    kind: str
    sha256: str


def paper_path(sha256: str) -> Path:
    """Where a paper lies."""
    return Path(settings.MEDIA_ROOT) / "disposal" / sha256[:2] / sha256


def paper_keep(sent: Sent, day: BusinessDay) -> Kept:
    """Keep a photo, PDF or Word. Raises FileRefused where it is none of these, or too large."""
    found = read_content(sent.content, rules_on(day.on).files)
    keep(paper_path(found.sha256), sent.content)
    return Kept(plain_name(sent.name, found.kind), found.kind, found.sha256)


def bytes_most(day: BusinessDay) -> int:
    """How large a paper may be."""
    return rules_on(day.on).files.bytes_most
