"""The words of the pages: Chinese in the templates and code, English in catalogues beside each desk.

    python -m postloan.site.catalogues           collect the words anew, keeping every translation
    python -m postloan.site.catalogues --check   fail where a word has no English, or two; or a catalogue is old

No gettext tools are needed: Django turns templates into what Babel reads, and Babel does the rest.
"""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

_PACKAGE = Path(__file__).parents[1]
_HEAD = b"""\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
_KEYWORDS: dict[str, tuple[object, ...] | None] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip


def rooms() -> list[Path]:
    """The folders that have a catalogue of their own: the site and each desk."""
    desks = [path.parent for path in sorted((_PACKAGE / "desk").glob("*/apps.py"))]
    return [_PACKAGE / "site", *desks]


def catalogue_file(room: Path) -> Path:
    """Where the English of a room stands."""
    return room / "locale" / "en" / "LC_MESSAGES" / "django.po"


def compile_catalogues() -> None:
    """Compile what was written since it was last compiled; an installed wheel brings them compiled."""
    for room in rooms():
        written = catalogue_file(room)
        made = written.with_suffix(".mo")
        if written.exists() and (not made.exists() or made.stat().st_mtime < written.stat().st_mtime):
            part = made.with_name(f".django.{os.getpid()}.part")
            with part.open("wb") as file:
                write_mo(file, _read(written))
            part.replace(made)


def words_in(room: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Every word that a room's code and templates say, with its context where it has one."""
    for path in sorted(room.rglob("*")):
        if path.suffix == ".py":
            content = path.read_bytes()
        elif path.suffix in {".html", ".txt"}:
            content = _as_code(path.read_text(encoding="utf-8"))
        else:
            continue
        for _line, word, _comments, context in extract("python", io.BytesIO(content), keywords=_KEYWORDS):  # type: ignore[arg-type]
            yield word, context


def _as_code(template: str) -> bytes:
    from django.utils.translation.template import templatize  # noqa: PLC0415 - needs Django's settings

    return templatize(template).encode()


def collected(room: Path) -> Catalog:
    """The catalogue of a room, with every word it says and the English there was for it."""
    before = _read(catalogue_file(room)) if catalogue_file(room).exists() else Catalog()
    made = Catalog(locale="en", project="postloan", fuzzy=False)
    for word, context in words_in(room):
        held = before.get(word if isinstance(word, str) else word[0], context)
        made.add(word, held.string if held else "", context=context)
    return made


def untranslated(room: Path) -> list[str]:
    """The words of a room that have no English."""
    return [str(message.id) for message in collected(room) if message.id and not _is_said(message.string)]


def said_twice() -> list[str]:
    """The words that two rooms say differently in English: pages would show what the room that is read last says.

    A word that must be said in two ways has a context (`pgettext`).
    """
    said: dict[tuple[str, str | None], set[str]] = {}
    for room in rooms():
        for message in collected(room):
            if message.id and _is_said(message.string):
                said.setdefault((str(message.id), message.context), set()).add(str(message.string))
    return [f"{word}: {' or '.join(sorted(ways))}" for (word, _), ways in sorted(said.items()) if len(ways) > 1]


def _is_said(string: object) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="en")


def _written(catalog: Catalog) -> bytes:
    held = io.BytesIO()
    write_po(held, catalog, no_location=True, omit_header=True, sort_output=True, width=0)
    return _HEAD + held.getvalue()


def main(arguments: list[str]) -> int:
    """Collect, or check."""
    from django.conf import settings  # noqa: PLC0415

    if not settings.configured:
        settings.configure(USE_I18N=True)
    faults = 0
    for room in rooms():
        file, content = catalogue_file(room), _written(collected(room))
        if "--check" not in arguments:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        elif not file.exists() or file.read_bytes() != content:
            sys.stderr.write(f"{file} is not up to date: python -m postloan.site.catalogues\n")
            faults += 1
        for word in untranslated(room):
            sys.stderr.write(f"{room.name}: no English for {word}\n")
            faults += "--check" in arguments
    for word in said_twice():
        sys.stderr.write(f"said in two ways: {word}\n")
        faults += "--check" in arguments
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
