"""Ctrl-C: a terminal sends it to every process of the night; one sentence answers, and the night can go on."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from a_book import ON


def is_gone(group: int) -> bool:
    """Whether no process of the group is left within a few seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
def test_ctrl_c_ends_the_night_and_its_workers_with_one_sentence(a_loaded_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(a_loaded_home, home)
    command = [str(Path(sys.executable).with_name("postloan")), "night", ON.isoformat(), "--home", str(home)]
    night = subprocess.Popen(
        [*command, "--workers", "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until = time.monotonic() + 60
    while not (home / "nights").exists() and night.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(night.pid, signal.SIGINT)
    said, complaint = night.communicate(timeout=60)
    assert night.returncode in {0, 130}, "it may have been done already"
    if night.returncode == 130:
        assert said == ""
        assert "Traceback" not in complaint
        assert len(complaint.strip().splitlines()) == 1
    assert is_gone(night.pid)
    again = subprocess.run([*command, "--workers", "0"], capture_output=True, text=True, check=False)
    assert again.returncode == 0
