"""The page of rules: every rule with its clauses, figures, cases and the step that applies it, from the rulebook.

`python -m postloan.rules.pages` writes docs/rules.md; with --check it says whether the page is out of date.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from postloan.rules.figures import RuleFile
from postloan.rules.reading import read_yaml
from postloan.rules.rulebook import load_rulebook
from postloan.rules.sources import shipped_rules

APPLIED_BY = {
    "overdue_floors": "steps/overdue_floor.py",
    "fact_floors": "steps/fact_floor.py",
    "restructuring_floors": "steps/restructuring_floor.py",
    "contamination": "steps/debtor_floor.py",
    "retail": "plan/classify.py",
    "upgrade": "steps/upgrade.py",
    "transition": "rules/tier_law.py",
    "group_alert": "steps/group_alert.py",
    "grades": "steps/tier_history.py",
    "dpd_buckets": "steps/days_past_due.py",
    "allocation_order": "steps/balances.py",
    "allocation": "steps/balances.py",
    "overdue_interest": "steps/balances.py",
    "interest_bounds": "steps/interest_standing.py",
    "extension_limits": "steps/extension_limit.py",
    "working_days": "steps/schedule.py",
    "forms": "desk/report/g11.py",
    "provision_rates": "steps/provisions.py",
    "provision_coverage": "plan/provision_tests.py",
    "general_reserve": "plan/provision_tests.py",
    "capital_provisions": "plan/provision_tests.py",
    "book_of_record": "steps/standing.py",
    "publish_checks": "night/checks.py",
    "tie_out": "plan/tie_out.py",
}
"""Where each rule meets the loans, under src/postloan."""

_HEAD = """# Rules

Written by `make docs` from the rulebook; edit that, not this page. Each figure has its clause and whether a person has
read it there; `postloan rules --unconfirmed` lists those nobody has. The tests run the cases.
"""


def page() -> str:
    """The whole page."""
    cases = list(_cases(shipped_rules() / "cases"))
    return "\n".join([_HEAD, *(_rule(file, cases) for file in load_rulebook(home=None).written)])


def _cases(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.yaml")):
        written = read_yaml(path.read_bytes())
        assert isinstance(written, list)  # noqa: S101 - tests/test_cases.py reads every case in its shape
        yield from written


def _rule(file: RuleFile[Any], cases: Sequence[dict[str, Any]]) -> str:
    mine = [case for case in cases if case["rule"] == file.rule]
    covered = sorted({name for case in mine for name in case.get("covers", ())})
    lines = [
        f"## {file.rule}\n",
        f"{file.says.strip()}\n",
        f"Applied by `src/postloan/{APPLIED_BY[file.rule]}`."
        + (f" Requirements: {', '.join(covered)}." if covered else "") + "\n",
        "| from | figure | value | clause | read in its source |\n| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for version in file.versions:
        for key, figure in version.cited():
            cite = figure.cite
            read = str(cite.confirmed_on) if cite.confirmed_on else "no"
            read += "" if cite.place_confirmed else ", the article not"
            lines.append(f"| {version.since} | {key} | {figure.written()} | {cite} | {read} |")
    if mine:
        lines.append("\nCases:\n")
        lines += [f"- {case['case']}{' (at the edge)' if case.get('at_edge') else ''}" for case in mine]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page again, or with --check say whether it is what the rulebook says."""
    parser = argparse.ArgumentParser(prog="python -m postloan.rules.pages", description=main.__doc__)
    parser.add_argument("docs", type=Path, nargs="?", default=Path("docs"), help="the folder of pages")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when the page is out of date")
    asked = parser.parse_args()
    path, fresh = asked.docs / "rules.md", page()
    if path.exists() and path.read_text(encoding="utf-8") == fresh:
        return 0
    if not asked.check:
        path.write_text(fresh, encoding="utf-8")
    sys.stdout.write(f"{path} {'is out of date: run make docs' if asked.check else 'written'}\n")
    return 1 if asked.check else 0


if __name__ == "__main__":
    sys.exit(main())
