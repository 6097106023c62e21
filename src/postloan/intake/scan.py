"""Scan: walk through a CSV file in small pieces before it is parsed.

A parser fills in short lines, guesses at stray quotes, and needs memory for the longest field. Walking through first
costs a second a gigabyte and finds, with its place, whatever the parser would not tell.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from postloan.errors import FeedUnreadable

PIECE_BYTES = 1 << 20
RECORD_BYTES_MAX = 1 << 20

_NEWLINE, _COMMA, _QUOTE = 10, 44, 34


@dataclass(frozen=True)
class CsvShape:
    """What a scan found: the header and how many records follow it."""

    header: list[str]
    records: int


def decoded_pieces(path: Path, encoding: str) -> Iterator[bytes]:
    """Read a file as UTF-8 bytes without a mark, whatever it is written in; refuse what it is not written in."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)()
    at = 0
    is_also_utf8, utf8 = encoding != "utf-8", codecs.getincrementaldecoder("utf-8")()
    holds_wide = False
    with path.open("rb") as opened:
        while True:
            piece = opened.read(PIECE_BYTES)
            if at == 0:
                _check_mark(path, piece, encoding)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as wrong:
                raise _other_encoding(path, encoding, at + max(wrong.start, 0)) from wrong
            if is_also_utf8:
                is_also_utf8, wide = _goes_on_as_utf8(utf8, piece)
                holds_wide = holds_wide or wide
            if not piece:
                break
            at += len(piece)
            yield text.encode()
    if is_also_utf8 and holds_wide:
        raise _other_encoding(path, encoding, 0)


def _goes_on_as_utf8(decoder: codecs.IncrementalDecoder, piece: bytes) -> tuple[bool, bool]:
    try:
        text = decoder.decode(piece, final=not piece)
    except UnicodeDecodeError:
        return False, False
    return True, not text.isascii() and any("\u4e00" <= letter <= "\u9fff" for letter in text)


def _check_mark(path: Path, start: bytes, encoding: str) -> None:
    if not start:
        raise FeedUnreadable(
            message=f"{path.name} is empty: it has not even a header.",
            hint="Deliver at least the line of column names; a table without rows is fine.",
            where={"file": path},
        )
    is_marked_otherwise = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if is_marked_otherwise or (encoding != "utf-8" and start.startswith(codecs.BOM_UTF8)):
        raise _other_encoding(path, encoding, 0)


def _other_encoding(path: Path, encoding: str, at: int) -> FeedUnreadable:
    other = "gb18030" if encoding == "utf-8" else "utf-8"
    return FeedUnreadable(
        message=f"{path.name} is not written in {encoding}.",
        hint=f"Say the encoding in feed.yaml (encoding: {other}), or deliver the file in {encoding}.",
        where={"file": path, "byte": at, "encoding": encoding},
    )


def scan_csv(path: Path, encoding: str) -> CsvShape:
    """Walk through a CSV file; refuse it, with the line, where it is not a table."""
    walk = _Walk(path)
    for piece in decoded_pieces(path, encoding):
        walk.take(piece)
    return walk.finish()


class _Walk:
    """The state between two pieces: the unfinished record, and the lines and records passed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rest = b""
        self.header: list[str] | None = None
        self.lines = 0
        self.records = 0

    def take(self, piece: bytes) -> None:
        held = self.rest + piece
        seen = np.frombuffer(held, np.uint8)
        if b"\0" in piece:
            raise self._refuse("holds a zero byte", self.lines + 1 + held[: held.index(b"\0")].count(b"\n"))
        newlines = np.flatnonzero(seen == _NEWLINE)
        quotes = np.flatnonzero(seen == _QUOTE) if b'"' in held else None
        ends = newlines if quotes is None else newlines[np.searchsorted(quotes, newlines) % 2 == 0]
        if len(ends):
            self._pass_records(held, seen, newlines, quotes, ends)
            self.lines += int(np.searchsorted(newlines, ends[-1], side="right"))
            held = held[ends[-1] + 1 :]
        if len(held) > RECORD_BYTES_MAX:
            raise self._refuse(f"has a record over {RECORD_BYTES_MAX} bytes", self.lines + 1)
        self.rest = held

    def finish(self) -> CsvShape:
        if self.rest:
            if self.rest.count(b'"') % 2:
                raise self._refuse("opens a quote that is never closed", self.lines + 1)
            self.take(b"\n")
        if self.header is None:
            raise self._refuse("has no header", 1)
        return CsvShape(self.header, self.records)

    def _pass_records(
        self,
        held: bytes,
        seen: npt.NDArray[np.uint8],
        newlines: npt.NDArray[np.int64],
        quotes: npt.NDArray[np.int64] | None,
        ends: npt.NDArray[np.int64],
    ) -> None:
        commas = np.flatnonzero(seen == _COMMA)
        if quotes is not None:
            commas = commas[np.searchsorted(quotes, commas) % 2 == 0]
        fields = np.diff(np.searchsorted(commas, ends), prepend=0) + 1
        lengths = np.diff(ends, prepend=-1)
        begins = self.lines + 1 + np.searchsorted(newlines, np.concatenate(([0], ends[:-1] + 1)))
        if self.header is None:
            self.header = self._names(held[: ends[0]])
            self.records -= 1
        wrong = np.flatnonzero(lengths > RECORD_BYTES_MAX)
        if len(wrong):
            raise self._refuse(f"has a record over {RECORD_BYTES_MAX} bytes", int(begins[wrong[0]]))
        wrong = np.flatnonzero(fields != len(self.header))
        if len(wrong):
            raise self._refuse(
                f"has {fields[wrong[0]]} fields where the header has {len(self.header)}", int(begins[wrong[0]])
            )
        self.records += len(ends)

    def _names(self, line: bytes) -> list[str]:
        return next(csv.reader([line.decode().rstrip("\r")]), [])

    def _refuse(self, why: str, line: int) -> FeedUnreadable:
        return FeedUnreadable(
            message=f"{self.path.name} {why} in line {line}.",
            hint="Deliver the file again; a field that holds a comma, a quote or a line break stands in quotes.",
            where={"file": self.path, "line": line},
        )
