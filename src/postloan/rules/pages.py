"""The page of rules, docs/rules.md: what law asks, each rule with clauses, figures, cases, and the steps that apply it.

`python -m postloan.rules.pages` writes it again; with --check it says whether it is out of date. The cases, and the
docstrings of the steps, are read from the tree in which this module lies.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from postloan.rules.figures import RuleFile
from postloan.rules.reading import read_yaml
from postloan.rules.rulebook import read_rulebook
from postloan.rules.sources import shipped_rules
from postloan.tables.pages import Page, rewritten

_PACKAGE = Path(__file__).parents[1]
_SOURCE = re.compile(r"rulebook: (.*?)(?:\n\n|\Z)", re.DOTALL)
_ROOMS = ("steps", "plan", "night", "desk")

Case = dict[str, Any]


def rules_page() -> str:
    """Write what law asks, requirement by requirement, and then each rule with its figures."""
    shipped = shipped_rules()
    files, cases = read_rulebook(shipped, None).written, _cases(shipped / "cases")
    steps = applied_by([file.rule for file in files])
    requirements = sorted({requirement for file in files for requirement in file.covers})
    parts = ["## Requirements", "", "Cases at a bound, which stand on both its sides, are marked ≷."]
    for requirement in requirements:
        parts += ["", f"### {requirement}", ""]
        parts += [f"- [{file.rule}](#{file.rule}): {file.covers[requirement]}" for file in files
                  if requirement in file.covers]  # fmt: skip
        parts += [f"  {_said(case)}" for case in cases if requirement in case.get("covers", ())]
    parts += ["", "## Rules"]
    for file in files:
        parts += _rule(file, steps[file.rule], [case for case in cases if case["rule"] == file.rule])
    return "\n".join(parts) + "\n"


def _rule(file: RuleFile[Any], steps: Sequence[str], cases: Sequence[Case]) -> Iterator[str]:
    yield from ("", f"### {file.rule}", "", file.says.strip(), "")
    yield f"Applied by: {', '.join(f'`{step}`' for step in steps)}."
    if file.covers:
        yield f"Meets: {', '.join(f'[{requirement}](#{requirement.lower()})' for requirement in file.covers)}."
    yield from ("", _line(("from", "figure", "value", "clause", "confirmed")), _line(["---"] * 5))
    for version in file.versions:
        for key, figure in version.cited():
            cite = figure.cite
            confirmed = str(cite.confirmed_on) if cite.confirmed_on else "not yet"
            if not cite.place_confirmed:
                confirmed += ", place not yet"
            yield _line((str(version.since), f"`{key}`", figure.written(), str(cite), confirmed))
    if cases:
        yield from ("", *(_said(case) for case in cases))


def _said(case: Case) -> str:
    return f"- {'≷ ' if case.get('at_edge') else ''}{case['case']}"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _cases(folder: Path) -> list[Case]:
    """Every case of the folder, as written, in the order of the files."""
    written = [read_yaml(path.read_bytes()) for path in sorted(folder.glob("*.yaml"))]
    return [case for file in written if isinstance(file, list) for case in file]


def applied_by(rules: Sequence[str]) -> dict[str, list[str]]:
    """The modules that apply each rule: those that name it as their source, as a docstring's `rulebook: ...` says."""
    found: dict[str, list[str]] = {rule: [] for rule in rules}
    for path in [path for room in _ROOMS for path in sorted((_PACKAGE / room).rglob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                continue
            sign = ast.get_docstring(node)
            named = {word for said in _SOURCE.findall(sign or "") for word in re.findall(r"\w+", said)}
            for rule in (rule for rule in found if rule.partition("/")[0] in named):
                if (name := path.relative_to(_PACKAGE).as_posix()) not in found[rule]:
                    found[rule].append(name)
    return found


RULES_PAGE = Page("rules.md", rules_page)


def main() -> int:
    """Write the page again, or with --check say whether it is what the rulebook says."""
    parser = argparse.ArgumentParser(prog="python -m postloan.rules.pages", description=main.__doc__)
    parser.add_argument("docs", type=Path, nargs="?", default=Path("docs"), help="the folder of pages")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when the page is out of date")
    asked = parser.parse_args()
    path = asked.docs / RULES_PAGE.file
    text = path.read_text(encoding="utf-8")
    fresh = rewritten(text, RULES_PAGE)
    if text == fresh:
        return 0
    if not asked.check:
        path.write_text(fresh, encoding="utf-8")
    sys.stdout.write(f"{path} {'is out of date: run make docs' if asked.check else 'written'}\n")
    return 1 if asked.check else 0


if __name__ == "__main__":
    sys.exit(main())
