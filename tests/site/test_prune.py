"""Pruning: which days stay, that nothing signed or closed goes, and that a cut leaves no day pointing at nothing."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from feeds import SMALL_BANK_DAY, small_bank, write_feed
from postloan.intake.load import load_feeds
from postloan.night.alone import alone
from postloan.night.closing import close
from postloan.night.run import run_nights
from postloan.site.cli import app
from postloan.snapshot import pruning
from postloan.snapshot.pruning import days_kept, prunable, prune
from postloan.snapshot.read import published_days, published_run, read_loans

DAYS = [
    date(2024, 1, 10), date(2024, 1, 31), date(2024, 2, 15), date(2024, 2, 29), date(2024, 3, 29), date(2025, 3, 31),
]  # fmt: skip
GONE = (DAYS[0], DAYS[2])
"""Thirteen months before 31 March 2025 is 29 February 2024."""
EVER = st.dates(date(2020, 1, 1), date(2026, 12, 31))


@pytest.fixture(scope="session")
def a_long_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Never written to: copy it."""
    folder = tmp_path_factory.mktemp("long")
    load_feeds(folder / "home", write_feed(folder / "feeds", SMALL_BANK_DAY, small_bank()), shards=2)
    list(run_nights(folder / "home", DAYS))
    return folder / "home"


@pytest.fixture
def home(a_long_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(a_long_home, tmp_path / "home")
    return tmp_path / "home"


def asked(home: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["prune", "--home", str(home), "--no-desk", *options])


@given(st.sets(EVER, min_size=1, max_size=60), st.integers(1, 30))
def test_the_last_day_each_month_and_all_late_days_stay(days: set[date], months: int) -> None:
    kept, last = days_kept(days, months), max(days)
    assert kept <= days
    assert {
        max(day for day in days if (day.year, day.month) == month) for month in {(d.year, d.month) for d in days}
    } <= kept
    assert {day for day in days if day >= last - timedelta(days=28 * months)} <= kept
    assert all(day in kept for day in days if day.month == last.month and day.year == last.year)
    assert days_kept(kept, months) == kept, "pruned twice, nothing more goes"
    assert days_kept(days, months) <= days_kept(days, months + 1)


def test_nothing_published_is_nothing_to_prune(tmp_path: Path) -> None:
    assert days_kept([], 13) == set()
    assert json.loads(asked(tmp_path, "--json").output)["days"] == []


def test_what_may_go_is_said_and_then_goes(home: Path) -> None:
    tried = json.loads(asked(home, "--try", "--json").output)
    assert tried["days"] == [day.isoformat() for day in GONE]
    assert tried["bytes"] > 0
    assert published_days(home) == DAYS
    before = {day: read_loans(home, day) for day in DAYS if day not in GONE}
    done = asked(home, "--json")
    assert json.loads(done.output) == {**tried, "removed": True}
    assert published_days(home) == [day for day in DAYS if day not in GONE]
    assert all(read_loans(home, day).equals(rows) for day, rows in before.items())
    assert json.loads(asked(home, "--json").output)["days"] == []


def test_a_night_computed_again_is_the_day_that_was_pruned(home: Path) -> None:
    run, rows = published_run(home, DAYS[0]), read_loans(home, DAYS[0])
    asked(home)
    list(run_nights(home, [DAYS[0]]))
    assert published_run(home, DAYS[0]) == run
    assert read_loans(home, DAYS[0]).equals(rows)


def test_what_was_closed_or_signed_upon_stays(home: Path) -> None:
    close(home, DAYS[0], by="Li Lei", note="first month", closed_at="2024-02-01T09:00:00+08:00")
    signed = published_run(home, DAYS[2])
    assert signed is not None
    assert prunable(home, 13, {signed}).days == ()
    assert prunable(home, 13, {signed}).runs == ()
    assert prunable(home, 13, ()).days == (DAYS[2],)
    (home / "closings" / "000001.json").unlink()
    assert "PL-K04" in asked(home).output, "whoever takes the record away does not get the day removed"
    assert published_days(home) == DAYS


def test_cut_after_the_pointers_the_next_one_ends_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as cut:
        cut.setattr(pruning.shutil, "rmtree", lambda *_asked, **_more: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            prune(home, prunable(home, 13, ()))
    assert published_days(home) == [day for day in DAYS if day not in GONE]
    left = prunable(home, 13, ())
    assert (left.days, len(left.runs)) == ((), len(GONE))
    prune(home, left)
    assert prunable(home, 13, ()).runs == ()


def test_a_night_at_work_keeps_it_out(home: Path) -> None:
    with alone(home):
        refused = asked(home)
    assert refused.exit_code == 1
    assert "PL-I09" in refused.output
    assert published_days(home) == DAYS


def test_a_pointer_that_cannot_be_read_stops_it(home: Path) -> None:
    (home / "snapshots" / f"{DAYS[1]}.json").write_text("{", encoding="utf-8")
    assert "PL-N05" in asked(home).output
    assert len(list((home / "snapshots").glob("*.json"))) == len(DAYS)
