"""Holds the table of traps to the tests there are: one that is renamed, removed or skipped is missed here."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from postloan.rules.figures import Strict
from postloan.rules.reading import read_yaml

ROOT = Path(__file__).parents[1]


class Trap(Strict):
    """Where risk.md says it, what goes wrong or is chosen, and the tests that would see it; or why there is none."""

    at: str
    trap: str
    tests: Annotated[tuple[str, ...], Field(strict=False)] = ()
    not_built: str = ""


TRAPS = TypeAdapter(list[Trap]).validate_python(read_yaml((ROOT / "tests" / "loss_traps.yaml").read_bytes()))
COLLECT = """
import json, sys, pytest

class Seen:
    def pytest_collection_finish(self, session):
        runs = [item.nodeid for item in session.items if not {mark.name for mark in item.iter_markers()} & LEFT_OUT]
        json.dump(runs, open(sys.argv[1], "w", encoding="utf-8"))

LEFT_OUT = {"skip", "skipif", "xfail"}
pytest.main(["--collect-only", "-q", "-n", "0", "-p", "no:cacheprovider", *sys.argv[2:]], plugins=[Seen()])
"""
"""Pytest by itself, in a process of its own: this one may have been asked for a few tests only."""


def test_every_trap_is_watched_by_a_test_that_runs(tmp_path: Path) -> None:
    named = [node for trap in TRAPS for node in trap.tests]
    found = tmp_path / "collected.json"
    files = sorted({node.partition("::")[0] for node in named})
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, str(found), *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.exists(), done.stdout + done.stderr
    collected = json.loads(found.read_text(encoding="utf-8"))
    tests = set(collected) | {node.partition("[")[0] for node in collected}
    assert not [node for node in named if node not in tests]


def test_every_trap_is_named_once_and_has_a_test_or_a_reason() -> None:
    assert len({(trap.at, trap.trap) for trap in TRAPS}) == len(TRAPS)
    assert not [trap for trap in TRAPS if bool(trap.tests) == bool(trap.not_built)]
    assert {trap.at for trap in TRAPS} >= {"1", "3.3", "5.1", "5.2", "5.3", "5.4", "5.5", "5.8"}
