"""Groups cross shards: the alerts are the same bytes however the book is cut and whoever computes it."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from a_book import FEED_DAY, ON, book

from feeds import write_feed
from postloan.intake.load import load_feeds
from postloan.night.pool import workers_pool
from postloan.night.run import run_night
from postloan.snapshot.read import published_run, read_debtors, read_loans, scan_group_alerts
from postloan.tables.units import NON_PERFORMING


def loaded(folder: Path, shards: int) -> Path:
    """The book with every third debtor in one of five groups."""
    tables = {table: rows for table, rows in book(debtors=60).items() if rows}
    for at, row in enumerate(tables["debtor"]):
        row["group_id"] = f"G{at % 5}" if at % 3 == 0 else None
    load_feeds(folder / "home", write_feed(folder / "feeds", FEED_DAY, tables), shards=shards)
    return folder / "home"


def alert_file(home: Path) -> Path:
    (found,) = (home / "snapshots" / str(published_run(home, ON)) / "group_alert").iterdir()
    return found


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = loaded(tmp_path_factory.mktemp("eight"), 8)
    shutil.copytree(home, home.with_name("fresh"))
    run_night(home, ON)
    return home


def test_one_shard_and_eight_leave_the_same_bytes(eight: Path, tmp_path: Path) -> None:
    one = loaded(tmp_path, 1)
    run_night(one, ON)
    assert alert_file(one).read_bytes() == alert_file(eight).read_bytes()


@pytest.mark.slow
def test_workers_leave_the_same_bytes(eight: Path, tmp_path: Path) -> None:
    shutil.copytree(eight.with_name("fresh"), tmp_path / "home")
    with workers_pool(2) as pool:
        run_night(tmp_path / "home", ON, pool=pool)
    assert alert_file(tmp_path / "home").read_bytes() == alert_file(eight).read_bytes()


def test_the_alerts_are_what_the_published_rows_say(eight: Path) -> None:
    """Worked out again, one debtor after the other, from published loans and debtors."""
    loans = read_loans(eight, ON).filter(pl.col("status") == "active").to_dicts()
    debtors = {each["debtor_no"]: each for each in read_debtors(eight, ON).to_dicts() if each["group_id"]}
    mine: dict[int, list[dict]] = {}
    for each in loans:
        mine.setdefault(each["debtor_no"], []).append(each)
    expected = []
    for bad in debtors:
        worst = debtors[bad]["tier_worst"]
        if worst not in NON_PERFORMING or bad not in mine:
            continue
        since = min(each["tier_since_on"] for each in mine[bad] if each["tier"] == worst)
        for other in debtors:
            if other == bad or other not in mine or debtors[other]["group_id"] != debtors[bad]["group_id"]:
                continue
            largest = max(mine[other], key=lambda each: (each["own_share_outstanding_cents"], -each["loan_no"]))
            expected.append(
                (debtors[bad]["group_id"], bad, worst, since, other, largest["org_id"],
                 debtors[other]["exposure_cents"])
            )  # fmt: skip
    names = ("group_id", "debtor_no", "tier", "since_on", "other_no", "org_id", "exposure_cents")
    found = scan_group_alerts(eight, ON).select(names).collect().rows()
    assert len(found) > 20
    assert found == sorted(expected)


def test_an_alert_classes_nobody(eight: Path, tmp_path: Path) -> None:
    """The same book without its groups has the same tiers."""
    tables = {table: rows for table, rows in book(debtors=60).items() if rows}
    home = tmp_path / "home"
    load_feeds(home, write_feed(tmp_path / "feeds", FEED_DAY, tables), shards=8)
    run_night(home, ON)
    assert read_loans(home, ON, ["loan_no", "tier"]).equals(read_loans(eight, ON, ["loan_no", "tier"]))
    assert scan_group_alerts(home, ON).collect().is_empty()
