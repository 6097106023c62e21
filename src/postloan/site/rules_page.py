"""The page of rules, docs/rules.md: every requirement with its clauses and figures, its cases, and the steps of it.

Run as `python -m postloan.site.rules_page`, with --check to write nothing and say whether the page is out of date. The
cases and the docstrings of the steps are read from the tree in which this module lies.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import postloan
from postloan.rules.figures import RuleFile
from postloan.rules.reading import read_yaml
from postloan.rules.rulebook import read_rulebook
from postloan.rules.sources import shipped_rules
from postloan.tables.pages import Page, rewritten

_SOURCE = re.compile(r"rulebook: (.*?)(?:\n\n|\Z)", re.DOTALL)
_ROOMS = ("steps", "plan")


def rules_page() -> str:
    """Write the requirements as one table, and each rule with its figures."""
    shipped = shipped_rules()
    files = [file for file in read_rulebook(shipped, None).written if file.covers]
    cases = _cases(shipped / "cases")
    steps = _steps(Path(postloan.__file__).parent, [file.rule for file in files])
    requirements = sorted({requirement for file in files for requirement in file.covers})
    parts = ["## Requirements", "", "Cases at a bound, which stand on both its sides, are marked ≷."]
    for requirement in requirements:
        parts += ["", f"### {requirement}", ""]
        parts += [f"- [{file.rule}](#{file.rule}): {file.covers[requirement]}" for file in files
                  if requirement in file.covers]  # fmt: skip
        parts += [f"  - {'≷ ' if case.get('at_edge') else ''}{case['case']}" for case in cases
                  if requirement in case.get("covers", ())]  # fmt: skip
    return "\n".join([*parts, "", "## Rules", *(line for file in files for line in _rule(file, steps))]) + "\n"


def _rule(file: RuleFile[Any], steps: dict[str, list[str]]) -> Iterator[str]:
    yield from ("", f"### {file.rule}", "", file.says.strip(), "")
    applied = ", ".join(f"`{step}`" for step in steps[file.rule])
    covers = ", ".join(f"[{requirement}](#{requirement.lower()})" for requirement in file.covers)
    yield from (f"Applied by: {applied}. Meets: {covers}.", "")
    yield _line(("from", "figure", "value", "clause", "confirmed"))
    yield _line(["---"] * 5)
    for version in file.versions:
        for key, figure in version.cited():
            cite = figure.cite
            confirmed = str(cite.confirmed_on) if cite.confirmed_on else "not yet"
            if not cite.place_confirmed:
                confirmed += ", place not yet"
            yield _line((str(version.since), f"`{key}`", figure.written(), str(cite), confirmed))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _cases(folder: Path) -> list[dict[str, Any]]:
    """Every case of the folder, as written, in the order of the files."""
    written = [read_yaml(path.read_bytes()) for path in sorted(folder.glob("*.yaml"))]
    return [case for file in written if isinstance(file, list) for case in file]


def _steps(package: Path, rules: Sequence[str]) -> dict[str, list[str]]:
    """The steps that apply each rule: those that name it as their source."""
    found: dict[str, list[str]] = {rule: [] for rule in rules}
    for path in [path for room in _ROOMS for path in sorted((package / room).glob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            sign = ast.get_docstring(node) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) else None
            named = {word for said in _SOURCE.findall(sign or "") for word in re.findall(r"\w+", said)}
            for rule in found.keys() & named:
                if (name := f"{path.parent.name}/{path.name}") not in found[rule]:
                    found[rule].append(name)
    return found


RULES_PAGE = Page("rules.md", rules_page)


def main() -> int:
    """Write the page again, or with --check say whether it is what the rulebook says."""
    parser = argparse.ArgumentParser(prog="python -m postloan.site.rules_page", description=main.__doc__)
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
