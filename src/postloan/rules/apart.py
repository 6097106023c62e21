"""Rules that lie apart from those of the night, each kind in a folder of its own: no night is pinned to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import TypeAdapter

from postloan.errors import NoRuleInForce
from postloan.rules.figures import RuleFile, Version, latest_begun
from postloan.rules.reading import read_shape
from postloan.rules.sources import SourceFile, shipped_rules, wrong
from postloan.rules.unconfirmed import UnconfirmedFigure, unconfirmed_figures

V = TypeVar("V", bound=Version)


Found = tuple[tuple[str, str, int], ...]
"""The files of a folder by name: where each lies, and when it was changed last."""


@dataclass(frozen=True)
class RulesApart:
    """All versions of the rules of a folder, by rule."""

    folder: ClassVar[str]
    files: Mapping[str, RuleFile[Any]]

    def version(self, rule: str, shape: type[V], on: date) -> V:
        """The version of a rule in force on a day. Raises NoRuleInForce: silence is an error, never a default."""
        found = latest_begun(self.files[rule].versions, on)
        if not isinstance(found, shape):
            raise NoRuleInForce(
                message=f"{rule} has no version in force on {on}.",
                hint=f"Add the earlier version to rulebook/{self.folder}.",
                where={"rule": rule, "on": on},
            )
        return found

    @property
    def in_force(self) -> dict[str, tuple[Version, ...]]:
        """The versions of each rule, oldest first, under its folder and name."""
        return {f"{self.folder}/{name}": file.versions for name, file in sorted(self.files.items())}

    def unconfirmed(self, on: date | None = None) -> list[UnconfirmedFigure]:
        """The figures nobody has read in their source; with `on`, those not read lately before it too."""
        return [
            figure
            for rule, versions in self.in_force.items()
            for version in versions
            for figure in unconfirmed_figures(rule, version, on)
        ]


def found_apart(folder: str, home: Path | None, shapes: Mapping[str, TypeAdapter[Any]]) -> Found:
    """Find the files of a folder that come with Postloan; one of the same name in home/rulebook stands in for one.

    Raises RuleFileWrong where a file has no shape, or a shape no file.
    """
    folders = [shipped_rules() / folder, *([home / "rulebook" / folder] if home else [])]
    found = {path.stem: path for each in folders for path in sorted(each.glob("*.yaml"))}
    for name in sorted(found.keys() - shapes.keys()):
        raise wrong(str(found[name]), "the file", "no rule kept in this folder has this name")
    for name in sorted(shapes.keys() - found.keys()):
        raise wrong(f"rulebook/{folder}/{name}.yaml", "the file", "is missing")
    return tuple((name, str(path), path.stat().st_mtime_ns) for name, path in sorted(found.items()))


def read_apart(folder: str, found: Found, shapes: Mapping[str, TypeAdapter[Any]]) -> dict[str, RuleFile[Any]]:
    """Read the files that were found. Raises RuleFileWrong."""
    files = {}
    for name, path, _changed in found:
        files[name] = read_shape(SourceFile(f"{folder}/{name}.yaml", path, Path(path).read_bytes()), shapes[name])
        if files[name].rule != name:
            raise wrong(path, "rule", f"{files[name].rule} is not the name of the file")
    return files
