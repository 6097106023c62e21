"""Versions that people approved, as text of a category's rule file: a new version is put below those that stand there.

What stands in the file is never written anew, so that a past day is judged by the very words it was judged by.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from postloan.rules.figures import Cite, RuleFile
from postloan.rules.reading import read_shape
from postloan.rules.rulebook import Rulebook
from postloan.rules.sources import SourceFile, beside, shipped_rules, wrong
from postloan.rules.warnings import CATEGORIES, WarningRule, Warnings

_FILE = TypeAdapter(RuleFile[Warnings])
_FROM = re.compile(r"^( *)- from:", re.MULTILINE)
_WIDTH = 100_000
"""A condition stays on its line."""


@dataclass(frozen=True)
class StandingRule:
    """A rule as the latest version of its category has it, and the day from which that version holds."""

    rule: WarningRule
    category: str
    since: date


def standing_rules(rulebook: Rulebook) -> dict[str, StandingRule]:
    """The rules by id as the latest versions have them, whether those have begun or not."""
    return {
        rule.id: StandingRule(rule, category, version.since)
        for category in CATEGORIES
        for version in rulebook.in_force[f"warnings/{category}"][-1:]
        if isinstance(version, Warnings)
        for rule in version.rules
    }


def rule_written(rule: WarningRule) -> dict[str, Any]:
    """A rule as plain values, without its citation: what people change and compare."""
    return rule.model_dump(mode="json", exclude={"cite"}, exclude_none=True)


def rule_of(written: Mapping[str, Any], cite: Cite) -> WarningRule:
    """A rule of plain values. Raises pydantic's ValidationError where it is none."""
    return WarningRule.model_validate({**written, "cite": cite})


def warning_file(home: Path, category: str) -> SourceFile:
    """The file of a category as the next night would read it. Raises RuleFileWrong where it is not there."""
    return beside(shipped_rules(), home / "rulebook" / "bank", f"warnings/{category}.yaml")


def with_version(file: SourceFile, since: date, rules: Sequence[WarningRule], *, says: str) -> bytes:
    """The file with a version below those that stand in it.

    says  a line above it, for whoever reads the file.

    Raises RuleFileWrong where a version of that day or a later one is there, the rules are none that a version may
    hold, or the file cannot be gone on with: its versions do not stand last.
    """
    standing: RuleFile[Warnings] = read_shape(file, _FILE)
    last = standing.versions[-1].since
    if since <= last:
        raise wrong(file.shown, "versions", f"one begins on {last}, and the new one on {since}")
    try:
        version = Warnings.model_validate({"from": since, "rules": tuple(rules)})
    except ValidationError as error:
        why = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise wrong(file.shown, f"the version from {since}", why) from None
    text = file.content.decode()
    margin = _FROM.findall(text)[-1:] or [""]
    content = f"{text.rstrip()}\n{_block(version, margin[0], says)}".encode()
    read: RuleFile[Warnings] = read_shape(SourceFile(file.name, file.shown, content), _FILE)
    if read.versions != (*standing.versions, version):
        raise wrong(file.shown, "versions", "they do not stand last, so that none can be put below them")
    return content


def _block(version: Warnings, margin: str, says: str) -> str:
    lines = [f"# {says}", f"- from: {version.since}", "  rules:"]
    lines += [f"    {line}" for rule in version.rules for line in _lines(rule)]
    return "".join(f"{margin}{line}\n" for line in lines)


def _lines(rule: WarningRule) -> Iterable[str]:
    """A rule as lines of a list: one key a line, as the shipped files have it."""
    told = rule_written(rule) | {"cite": rule.cite.model_dump(exclude_defaults=True)}
    told = {key: value for key, value in told.items() if value != [] and (key, value) != ("of", "debtor")}
    for place, (key, value) in enumerate(told.items()):
        flow = yaml.safe_dump(
            {key: value}, allow_unicode=True, sort_keys=False, width=_WIDTH, default_flow_style=True
        ).strip()
        yield f"{'- ' if place == 0 else '  '}{flow.removeprefix('{').removesuffix('}')}"
