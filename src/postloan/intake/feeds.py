"""Feeds: the folders a bank delivers, one a business date, and what each says it holds."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from postloan.errors import FeedNotDescribed, FeedUnreadable
from postloan.intake.records import CORE
from postloan.tables.inputs import FEED_TABLES

FORMS = ("csv", "parquet", "xlsx")
DESCRIPTION = "feed.yaml"
NOT_IN_HUNDREDTHS = frozenset({"BHD", "CLF", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies with more than two decimals: `_cents` cannot hold them."""

Mode = Literal["full", "increment"]


class FeedDescription(BaseModel):
    """What feed.yaml may say.

    encoding       of the CSV files.
    book_currency  the currency of the bank's books; the first load fixes it, CNY where it says nothing.
    law_of         the day whose rules class the days before the rulebook begins; the first load fixes it.
    source         who delivers; a day holds one delivery of each source. `desk` is what the desk decided.
    tables         how each table is delivered; a table not named is full.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    book_currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    law_of: date | None = None
    source: str = Field(default=CORE, pattern=r"^[a-z][a-z0-9_]{0,30}$")
    tables: dict[str, Mode] = Field(default_factory=dict)


@dataclass(frozen=True)
class FeedFile:
    """One file of a feed folder, with the hash of its bytes."""

    path: Path
    sha256: str
    size: int
    changed_ns: int


@dataclass(frozen=True)
class Feed:
    """One business date's delivery: a file a table."""

    day: date
    folder: Path
    description: FeedDescription
    tables: dict[str, FeedFile]
    files: dict[str, str]
    content: str

    def mode(self, table: str) -> Mode:
        """Whether a table replaces what was known or adds to it."""
        return self.description.tables.get(table, "full")


def find_days(feed_dir: Path) -> list[Path]:
    """Find the feed folders under a path, in the order of their dates: the path itself, or those inside it."""
    if not feed_dir.is_dir():
        raise FeedNotDescribed(
            message=f"There is no folder {feed_dir}.",
            hint="Give the folder of one day, named by its date, or the folder that holds such folders.",
            where={"folder": feed_dir},
        )
    if _looks_dated(feed_dir.resolve().name):
        return [feed_dir]
    days = [inside for inside in feed_dir.iterdir() if inside.is_dir() and _looks_dated(inside.name)]
    if not days:
        raise FeedNotDescribed(
            message=f"{feed_dir} is not named by a date and holds no folder that is.",
            hint="Name each day's folder by its business date, such as 2024-01-31.",
            where={"folder": feed_dir},
        )
    return sorted(days, key=feed_day)


def feed_day(folder: Path) -> date:
    """Read the business date that a feed folder is named by."""
    name = folder.resolve().name
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", name):
            return date.fromisoformat(name)
        wrong = None
    except ValueError as not_a_day:
        wrong = not_a_day
    raise FeedNotDescribed(
        message=f"{name} is not a day of the calendar.",
        hint="Name the folder by its business date, such as 2024-01-31.",
        where={"folder": folder},
    ) from wrong


def open_feed(folder: Path) -> Feed:
    """Read what a feed folder holds, and hash every file of it; no rows are read yet."""
    day = feed_day(folder)
    present = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "_")))
    description = _describe(folder / DESCRIPTION)
    tables: dict[str, FeedFile] = {}
    files: dict[str, str] = {}
    for path in present:
        file = _hash(path)
        files[path.name] = file.sha256
        if path.name == DESCRIPTION:
            continue
        table = _table_of(path)
        if table in tables:
            raise FeedNotDescribed(
                message=f"The table {table} comes twice: {tables[table].path.name} and {path.name}.",
                hint="Leave one file a table.",
                where={"folder": folder, "table": table},
            )
        tables[table] = file
    _check_whole(folder, description, tables)
    listing = "".join(f"{name}\0{files[name]}\n" for name in sorted(files))
    return Feed(day, folder, description, tables, files, hashlib.sha256(listing.encode()).hexdigest())


def check_unchanged(file: FeedFile) -> None:
    """Refuse a file that was written to while it was being loaded: its hash would tell of other rows."""
    stat = file.path.stat()
    if (stat.st_size, stat.st_mtime_ns) != (file.size, file.changed_ns):
        raise FeedUnreadable(
            message=f"{file.path.name} changed while it was being loaded.",
            hint="Load the folder again once the delivery is complete.",
            where={"file": file.path},
        )


def _looks_dated(name: str) -> bool:
    return re.match(r"[0-9]{4}-?[0-9]{1,2}-?[0-9]{1,2}", name) is not None


def _describe(path: Path) -> FeedDescription:
    if not path.exists():
        return FeedDescription()
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        description = FeedDescription.model_validate({} if said is None else said)
    except (yaml.YAMLError, UnicodeDecodeError, ValidationError) as wrong:
        raise FeedNotDescribed(
            message=f"{path.name} cannot be understood: {_first_complaint(wrong)}",
            hint="It may say encoding (utf-8, gb18030), book_currency, law_of, source and tables (full or increment).",
            where={"file": path},
        ) from wrong
    if description.book_currency in NOT_IN_HUNDREDTHS:
        raise FeedNotDescribed(
            message=f"Books in {description.book_currency} cannot be kept: its unit is finer than a hundredth.",
            hint="Keep the book in a currency of two decimals or fewer.",
            where={"file": path, "book_currency": description.book_currency},
        )
    return description


def _first_complaint(wrong: Exception) -> str:
    if isinstance(wrong, ValidationError):
        first = wrong.errors(include_url=False)[0]
        return f"{'.'.join(str(step) for step in first['loc']) or 'the whole'}: {first['msg']}."
    return f"{' '.join(str(wrong).split())}."


def _table_of(path: Path) -> str:
    table, _, form = path.name.partition(".")
    if table not in FEED_TABLES or form not in FORMS or not path.is_file():
        raise FeedNotDescribed(
            message=f"{path.name} is not a feed table.",
            hint=f"A file is named by its table and its form: {', '.join(FORMS)}. Tables: {', '.join(FEED_TABLES)}.",
            where={"file": path},
        )
    return table


def _check_whole(folder: Path, description: FeedDescription, tables: dict[str, FeedFile]) -> None:
    if not tables:
        raise FeedNotDescribed(
            message=f"{folder.name} holds no table.",
            hint="A feed has at least one table; a header without rows will do.",
            where={"folder": folder},
        )
    for table in description.tables:
        if table not in tables:
            raise FeedNotDescribed(
                message=f"{DESCRIPTION} names the table {table}, which the folder does not hold.",
                hint="Deliver the table, if only its header, or remove the name.",
                where={"folder": folder, "table": table},
            )


def _hash(path: Path) -> FeedFile:
    if not path.is_file():
        _table_of(path)
    try:
        stat = path.stat()
        with path.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as wrong:
        raise FeedUnreadable(
            message=f"{path.name} cannot be read: {wrong.strerror}.",
            hint="Check that the file is there and may be read.",
            where={"file": path},
        ) from wrong
    return FeedFile(path, sha256, stat.st_size, stat.st_mtime_ns)
