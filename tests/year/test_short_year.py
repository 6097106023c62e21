"""A short year in a process of its own: all holds, and each planted defect is named.

Its seed is one in whose last night there is work to lose; `make year` lives one that nobody chose.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("long_year.py")
PLANTED = 19
"""Defects that `planted.py` plants."""


@pytest.mark.slow
def test_a_short_year_holds_and_each_planted_defect_is_noticed(tmp_path: Path) -> None:
    asked = ["--loans", "60", "--nights", "12", "--cuts", "2", "--workers", "0", "--seed", "5"]
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "POSTLOAN"))}
    lived = subprocess.run(
        [sys.executable, str(SCRIPT), *asked, "--plant", "--folder", str(tmp_path / "year")],
        capture_output=True,
        text=True,
        check=False,
        env=surroundings,
    )
    assert lived.returncode == 0, lived.stdout + lived.stderr
    assert lived.stdout.startswith("seed ")
    assert "2 power cuts" in lived.stdout
    assert "12 nights held" in lived.stdout
    assert len([line for line in lived.stdout.splitlines() if line.startswith("planted: ")]) == PLANTED
