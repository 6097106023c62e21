"""A load that is killed, or meets a full disk, leaves nothing that counts; loading again gives the same bytes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from delivering import Bank, february, tree

from feeds import small_bank
from postloan.errors import HomeUnwritable

LOADER = """
import sys, time
from pathlib import Path
from postloan.intake import load, stage

home, feeds, moment = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def wait_to_be_killed():
    print("here", flush=True)
    time.sleep(60)

def tell(what, done, total):
    if what.endswith(moment):
        wait_to_be_killed()

def stop_before(name):
    real = getattr(load, name)
    def stopped(*args, **kwargs):
        if moment == name or (moment == "record" and name == "write_text" and args[0].parent.name == "loads"):
            wait_to_be_killed()
        return real(*args, **kwargs)
    setattr(load, name, stopped)

for name in ("write_text", "write_frame"):
    stop_before(name)
if moment == "rename":
    stage.sync = lambda path: wait_to_be_killed() if path.name.startswith("000002.json") else None
load.load_feeds(home, feeds, tell=tell)
"""

MOMENTS = ("loan", "payment", "write_frame", "record", "rename")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_load_is_loaded_again_to_the_same_bytes(bank: Bank, moment: str) -> None:
    bank.loaded(february(), "2024-02-29")
    before = tree(bank.home / "facts" / "loads")
    folder = bank.deliver(small_bank())
    command = [sys.executable, "-c", LOADER, str(bank.home), str(folder), moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as loader:
        assert loader.stdout is not None
        assert loader.stdout.readline() == "here\n"
        loader.send_signal(signal.SIGKILL)
    left = {name for name in tree(bank.home / "facts" / "loads") if not name.endswith(".tmp")}
    assert left == set(before)
    assert len(bank.rows("payment", "payment_id")) == len(february()["payment"])
    assert (bank.home / "facts" / "parts" / "000002").exists()
    bank.load(folder)

    clean = Bank(bank.root / "clean")
    clean.loaded(february(), "2024-02-29")
    clean.load(folder)
    assert tree(bank.home) == tree(clean.home)


def test_a_killed_first_load_may_be_followed_by_another(bank: Bank) -> None:
    folder = bank.deliver(small_bank())
    command = [sys.executable, "-c", LOADER, str(bank.home), str(folder), "record"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as loader:
        assert loader.stdout is not None
        assert loader.stdout.readline() == "here\n"
        loader.send_signal(signal.SIGKILL)
    bank.load(bank.deliver(february(), "2024-02-29"), shards=3)
    assert bank.facts().layout.shards == 3


@pytest.mark.parametrize("when", ["parts", "record"])
def test_a_full_disk_leaves_the_home_as_it_was(
    opened: Bank, monkeypatch: pytest.MonkeyPatch, when: str, tmp_path: Path
) -> None:
    from postloan.intake import stage  # noqa: PLC0415

    real = stage.sync

    def full(path: Path) -> None:
        if path.suffix == ".tmp" if when == "record" else path.parent.name == "payment":
            raise OSError(28, os.strerror(28))
        real(path)

    monkeypatch.setattr(stage, "sync", full)
    refusal = opened.refused(HomeUnwritable, opened.deliver(small_bank()))
    assert "No space left" in refusal.message
    Bank(tmp_path / "other").refused(HomeUnwritable, opened.deliver(small_bank()))
    monkeypatch.undo()
    assert opened.load()[-1].quarantined == 0
