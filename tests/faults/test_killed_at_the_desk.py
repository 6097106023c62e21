"""SIGKILL at random instants of adopting and of handing decisions over: all of it or nothing, and each once."""

from pathlib import Path

import pytest
from at_fault import HANDED_ON, Trial, adopting, copied, desk_rows, files, instants, killed, right


@pytest.mark.fault("killed while a day is adopted", planted="no_transaction")
def test_an_adoption_killed_anywhere_ends_as_if_it_had_not_been(trial: Trial, desk: Path, tmp_path: Path) -> None:
    calm = desk_rows(desk / "calm")
    seen = instants(copied(desk / "desk", desk / "counted"), "adopt", defect=trial.defect)
    for at in trial.each(*adopting(seen)):
        home = copied(desk / "desk", desk / "killed")
        killed(trial, home, at, "adopt")
        left = desk_rows(home)
        is_shown = sum(row[0] == "core_adoptedday" for row in left) == 2
        assert left == calm or not is_shown, f"killed at {at}: a day is shown that is not all there"
        right(home, "adopt", defect=trial.defect)
        assert desk_rows(home) == calm, f"killed at {at}: {desk_rows(home) - calm}\n{calm - desk_rows(home)}"
        assert "faults" not in right(home, "audit", "verify").err


@pytest.mark.fault("killed while decisions are handed over", planted="no_transaction")
def test_a_hand_over_killed_anywhere_hands_each_decision_over_once(trial: Trial, desk: Path, tmp_path: Path) -> None:
    command = ("hand-over", "--on", HANDED_ON)
    seen = instants(copied(desk / "calm", desk / "counted"), *command)
    statements = [at for at, kind, what in seen if kind == "sql" and what.startswith(("INSERT", "UPDATE", "COMMIT"))]
    for at in trial.each(statements, [at for at, kind, _what in seen if kind != "sql"]):
        home = copied(desk / "calm", desk / "killed")
        killed(trial, home, at, *command)
        right(home, *command, defect=trial.defect)
        assert desk_rows(home) == desk_rows(desk / "handed"), f"killed at {at}"
        assert files(home, "facts", "desk/feeds") == files(desk / "handed", "facts", "desk/feeds"), f"killed at {at}"
        right(home, "audit", "verify")
