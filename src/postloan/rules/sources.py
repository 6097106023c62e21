"""Finds the files of the rulebook: those that come with Postloan, and the bank's own."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from postloan.errors import RuleFileWrong


@dataclass(frozen=True)
class SourceFile:
    """A file of the rulebook as found: its name in the rulebook, how to call it in a message, and its bytes."""

    name: str
    shown: str
    content: bytes


def shipped_rules() -> Path:
    """The folder of rules that comes with Postloan: inside the installed package, or beside src in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "rulebook"
    return installed if installed.is_dir() else package.parents[1] / "rulebook"


def find_sources(
    shipped: Path, own: Path | None, *, required: set[str], optional: set[str], law: Path | None = None
) -> dict[str, SourceFile]:
    """Every rule file by its name in the rulebook. A file whose name is no rule's is refused, not passed over.

    A file in the bank's `own` folder stands in for the shipped one of the same name; so does one in the `law` folder,
    for a rule of law, where another is tried.
    """
    folders = {f"{room}/" if room else "": shipped / room for room in ("", "national", "bank", "bank/warnings")}
    found = {prefix + path.name: path for prefix, folder in folders.items() for path in _rule_files(folder)}
    shown = {name: f"rulebook/{name}" for name in required | found.keys()}
    warnings = own / "warnings" if own else None
    for room, folder in (("bank", own), ("bank/warnings", warnings), ("national", law)):
        for path in _rule_files(folder) if folder else ():
            found[f"{room}/{path.name}"], shown[f"{room}/{path.name}"] = path, str(path)

    for name in sorted(required - found.keys()):
        raise wrong(shown[name], "the file", "is missing")
    for name in sorted(found.keys() - required - optional):
        raise wrong(shown[name], "the file", "no rule kept in this folder has this name")
    return {name: SourceFile(name, shown[name], _bytes(found[name], shown[name])) for name in sorted(found)}


def beside(shipped: Path, own: Path | None, name: str) -> SourceFile:
    """A file that a rule of the bank names, beside the rule: the bank's own, else the shipped one."""
    mine = own / name if own else None
    path = mine if mine and mine.is_file() else shipped / "bank" / name
    shown = str(mine or f"rulebook/bank/{name}")
    return SourceFile(f"bank/{name}", shown, _bytes(path, shown))


def _rule_files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*") if path.suffix in {".yaml", ".yml"}]


def _bytes(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise wrong(shown, "the file", f"cannot be read ({error.strerror})") from error


def fingerprint_of(sources: Iterable[SourceFile]) -> str:
    """sha256 over the names and bytes of the files, in the order of their names."""
    digest = hashlib.sha256()
    for source in sorted(sources, key=lambda source: source.name):
        digest.update(f"{source.name}\0{len(source.content)}\0".encode() + source.content)
    return digest.hexdigest()


def wrong(shown: str, place: str, why: str) -> RuleFileWrong:
    """The refusal of a file, at a place in it."""
    return RuleFileWrong(
        message=f"{shown} is not a rule Postloan can follow: {place}: {why}.",
        hint="Correct the file at this place; the files that come with Postloan show the shape of each rule.",
        where={"file": shown, "place": place},
    )
