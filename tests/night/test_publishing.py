"""Publishing: once, under its pins, checked, and read back whole or refused."""

import json
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from a_book import ON, SHARDS
from test_killed import files

from feeds import SMALL_BANK_DAY, small_bank, write_feed
from postloan.errors import (
    CheckFailed,
    HomeBusy,
    HomeNotReady,
    LoanUnknown,
    NightPinned,
    NothingPublished,
    SnapshotDamaged,
)
from postloan.intake.facts import Facts
from postloan.intake.load import load_feeds
from postloan.night import shard as shard_module
from postloan.night.checks import check_night
from postloan.night.pins import pins, run_id
from postloan.night.run import run_night, run_nights
from postloan.rules.rulebook import load_rulebook
from postloan.snapshot.read import published_days, published_run, read_debtors, read_loans, read_manifest, scan_loans

LATER = ON + timedelta(days=1)


def stamps(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


def correct_payment(home: Path, feeds: Path, *, day: date = LATER, cents: int = 1) -> str:
    """Load an increment that corrects one payment's amount; gives the loan's identifier."""
    loans = read_loans(home, ON, ["loan_id", "disbursed_on"])
    loan_id, disbursed_on = loans.row(0)
    row = {
        "payment_id": "PX", "loan_id": loan_id, "paid_on": max(disbursed_on, date(2024, 6, 1)),
        "amount": Decimal(cents) / 100, "reverses_payment_id": None,
    }  # fmt: skip
    load_feeds(home, write_feed(feeds, day, {"payment": [row]}, modes={"payment": "increment"}))
    return str(loan_id)


# Once ------------------------------------------------------------------------------------------------------------


def test_the_same_night_twice_changes_nothing(home: Path) -> None:
    first = run_night(home, ON)
    before, contents = stamps(home / "snapshots"), files(home / "snapshots")
    again = run_night(home, ON)
    assert (first.was_there, again.was_there) == (False, True)
    assert (again.run_id, again.manifest) == (first.run_id, first.manifest)
    assert stamps(home / "snapshots") == before
    assert files(home / "snapshots") == contents


def test_what_is_known_later_publishes_another_run_and_the_old_stays(home: Path, tmp_path: Path) -> None:
    first = run_night(home, ON)
    old = files(home / "snapshots" / first.run_id)
    loan_id = correct_payment(home, tmp_path / "more", cents=12_345)
    then = read_loans(home, ON, ["loan_id", "received_cents"]).filter(pl.col("loan_id") == loan_id)["received_cents"][0]

    second = run_night(home, ON)
    assert second.run_id != first.run_id
    assert second.manifest["pins"]["known_on"] == LATER.isoformat()
    now = read_loans(home, ON, ["loan_id", "received_cents"]).filter(pl.col("loan_id") == loan_id)["received_cents"][0]
    assert now == then + 12_345
    assert files(home / "snapshots" / first.run_id) == old

    back = run_night(home, ON, known_on=ON)
    assert back.run_id == first.run_id, "what was known then is published under its own pins"
    assert files(home / "snapshots" / first.run_id) == old
    assert published_run(home, ON) == first.run_id


def test_a_load_of_the_same_day_is_seen_by_a_night_in_the_same_process(home: Path, tmp_path: Path) -> None:
    """Manifest and rows speak of the same feeds, even where the day of knowing is the same."""
    run_night(home, ON)
    loan_id = correct_payment(home, tmp_path / "one", cents=100)
    run_night(home, ON, known_on=LATER)
    before = dict(read_loans(home, ON, ["loan_id", "received_cents"]).rows())
    row = {"payment_id": "PY", "loan_id": loan_id, "paid_on": date(2024, 6, 2), "amount": Decimal(7),
           "reverses_payment_id": None}  # fmt: skip
    load_feeds(
        home, write_feed(tmp_path / "two", LATER, {"payment": [row]}, modes={"payment": "increment"}), correct=True
    )
    run_night(home, ON, known_on=LATER)
    after = dict(read_loans(home, ON, ["loan_id", "received_cents"]).rows())
    assert after[loan_id] == before[loan_id] - 100 + 700


def test_the_banks_own_rules_are_seen_by_a_night_in_the_same_process(home: Path) -> None:
    first = run_night(home, ON)
    of_core = read_loans(home, ON, ["balance_break_cents", "outstanding_cents", "own_outstanding_cents"])
    broken = of_core.filter(pl.col("balance_break_cents") != 0)
    assert not broken.filter(pl.col("outstanding_cents") != pl.col("own_outstanding_cents")).is_empty()
    own_rules = home / "rulebook" / "bank"
    own_rules.mkdir(parents=True)
    text = (Path(__file__).parents[2] / "rulebook" / "bank" / "book_of_record.yaml").read_text()
    (own_rules / "book_of_record.yaml").write_text(text.replace("system: core", "system: postloan"))
    second = run_night(home, ON)
    assert second.run_id != first.run_id
    own = read_loans(home, ON, ["outstanding_cents", "own_outstanding_cents"])
    assert own["outstanding_cents"].equals(own["own_outstanding_cents"], check_names=False)


# Pins ------------------------------------------------------------------------------------------------------------


def test_the_manifest_pins_what_the_night_rests_on(home: Path) -> None:
    manifest = run_night(home, ON).manifest
    assert manifest["pins"].keys() == {"on", "known_on", "law_of", "code", "rulebook", "feeds", "lock"}
    assert manifest["pins"]["feeds"] == Facts(home, None).feed_hashes
    assert manifest["pins"]["rulebook"] == load_rulebook(home).fingerprint
    assert (manifest["on"], manifest["shards"], manifest["currency"]) == (ON.isoformat(), SHARDS, "CNY")
    assert len(manifest["files"]) == 8 * SHARDS + 8, "eight tables a shard, and eight of the bank"
    assert all(check["passed"] for check in manifest["checks"])
    totals = manifest["totals"]
    assert sum(tier["loans"] for tier in totals["tiers"].values()) == int(
        (read_loans(home, ON, ["status"])["status"] == "active").sum()
    )


def test_the_run_is_named_by_its_pins_alone(home: Path, tmp_path: Path) -> None:
    facts, rulebook = Facts(home, None), load_rulebook(home)
    pinned = pins(facts, rulebook, on=ON, law_of=ON)
    assert run_id(pinned) == run_id(dict(reversed(pinned.items()))) == run_night(home, ON).run_id
    for name in pinned:
        changed = pinned | {name: {"1": "other"} if name == "feeds" else "other"}
        assert run_id(changed) != run_id(pinned), name
    shutil.copytree(home, tmp_path / "elsewhere")
    moved = pins(Facts(tmp_path / "elsewhere", None), rulebook, on=ON, law_of=ON)
    assert run_id(moved) == run_id(pinned), "the folder is no pin"


def test_a_night_begun_otherwise_is_not_finished(home: Path) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_night(home, ON, tell=stop)
    (pinned,) = home.glob("nights/*/pins.json")
    pinned.write_text(json.dumps(json.loads(pinned.read_text()) | {"rulebook": "another"}))
    with pytest.raises(NightPinned, match="different rulebook") as refusal:
        run_night(home, ON)
    assert refusal.value.where["folder"] == pinned.parent
    assert published_days(home) == []


def test_feeds_loaded_while_a_night_is_computed_do_not_slip_into_it(home: Path, tmp_path: Path) -> None:
    """A worker that starts late would see other facts than its fellows: the night refuses, and begins anew."""
    run_night(home, ON)
    before = Facts(home, None).feed_hashes

    def load_meanwhile(_on: object, done: int, _of: int) -> None:
        if done == 1:
            correct_payment(home, tmp_path / "meanwhile", day=ON + timedelta(days=2))
            shard_module.begun_with.cache_clear()

    row_day = ON + timedelta(days=2)
    with pytest.raises(NightPinned, match="feeds changed"):
        run_night(home, LATER, known_on=row_day, tell=load_meanwhile)
    assert published_run(home, LATER) is None
    again = run_night(home, LATER, known_on=row_day)
    assert again.manifest["pins"]["feeds"] == Facts(home, row_day).feed_hashes != before


# Two at once -----------------------------------------------------------------------------------------------------


def test_a_second_night_in_the_same_home_is_refused(home: Path) -> None:
    nights: Iterator[Any] = run_nights(home, [ON, LATER])
    next(nights)
    with pytest.raises(HomeBusy):
        run_night(home, ON)
    assert len(list(nights)) == 1
    assert run_night(home, ON).was_there


# Checks ----------------------------------------------------------------------------------------------------------


def let_all_stop_paying(home: Path, feeds: Path, day: date) -> None:
    """Take back every payment: the tiers' shares move far, and from a real cause."""
    payments = Facts(home, None)
    ids = {row["loan_no"]: row["loan_id"] for row in payments.read("loan", None, ["loan_no", "loan_id"]).to_dicts()}
    rows = [
        {"payment_id": f"B{row['payment_id']}", "loan_id": ids[row["loan_no"]], "paid_on": day,
         "amount": Decimal(row["amount_cents"]) / 100, "reverses_payment_id": row["payment_id"]}
        for row in payments.read("payment", None).filter(pl.col("reverses_payment_id").is_null()).to_dicts()
    ]  # fmt: skip
    taken_back = payments.read("payment", None)["reverses_payment_id"].drop_nulls().to_list()
    rows = [row for row in rows if row["reverses_payment_id"] not in taken_back]
    feed = write_feed(feeds, day, {"payment": rows}, modes={"payment": "increment"})
    (report,) = load_feeds(home, feed)
    assert report.quarantined == 0


@pytest.mark.parametrize(("days", "is_refused"), [(1, True), (7, True), (8, False)])
def test_a_tier_share_that_moves_too_far_within_a_week_keeps_what_was_published(
    home: Path, tmp_path: Path, days: int, is_refused: bool
) -> None:
    run_night(home, ON)
    before, day = files(home / "snapshots"), ON + timedelta(days=days)
    let_all_stop_paying(home, tmp_path / "back", day)
    if not is_refused:
        assert not run_night(home, day).was_there
        return
    with pytest.raises(CheckFailed) as refusal:
        run_night(home, day)
    assert "tier shares" in refusal.value.message
    assert "loss" in str(refusal.value.where)
    assert files(home / "snapshots") == before
    assert published_days(home) == [ON]
    with pytest.raises(CheckFailed):
        run_night(home, day)


@pytest.mark.parametrize(
    ("known", "lost"),
    [
        ("loans_known", "no loan lost"),
        ("cash_known_cents", "cash conserved"),
        ("debt_known_cents", "principal conserved"),
    ],
)
def test_a_loan_or_a_cent_that_is_not_accounted_for_stops_the_night(home: Path, known: str, lost: str) -> None:
    totals = run_night(home, ON).manifest["totals"]
    limits = load_rulebook(home).in_force["publish_checks"][0]
    assert all(check["passed"] for check in check_night(home, ON, totals, limits))
    for more in (1, -1):
        with pytest.raises(CheckFailed, match=lost):
            check_night(home, ON, totals | {known: totals[known] + more}, limits)


def test_more_rows_in_quarantine_than_the_rulebook_allows_stop_the_night(home: Path) -> None:
    """The limit binds when it is passed, not when it is reached."""
    totals = run_night(home, ON).manifest["totals"]
    limits = load_rulebook(home).in_force["publish_checks"][0]
    assert limits.quarantined.over_share_e8 == 5_000_000
    assert check_night(home, ON, totals | {"rows_accepted": 95, "rows_quarantined": 5}, limits)
    with pytest.raises(CheckFailed, match="quarantine"):
        check_night(home, ON, totals | {"rows_accepted": 94, "rows_quarantined": 5}, limits)


def test_a_delivery_that_is_mostly_bad_is_loaded_and_not_published(home: Path, tmp_path: Path) -> None:
    """Its good rows are facts and its bad rows can be read; what was published before stays."""
    run_night(home, ON)
    day = ON + timedelta(days=1)
    rows = [{"payment_id": f"X{at}", "loan_id": "nobody's", "paid_on": day, "amount": 1} for at in range(2_000)]
    (report,) = load_feeds(home, write_feed(tmp_path / "bad", day, {"payment": rows}, modes={"payment": "increment"}))
    assert report.quarantined == 2_000
    with pytest.raises(CheckFailed, match="quarantine") as refusal:
        run_night(home, day)
    assert "2,000 of" in str(refusal.value.where)
    assert published_days(home) == [ON]


# Reading ---------------------------------------------------------------------------------------------------------


def test_a_day_that_is_not_published_is_said_to_be_so(home: Path) -> None:
    with pytest.raises(NothingPublished):
        read_loans(home, ON)
    run_night(home, ON)
    with pytest.raises(NothingPublished, match="2024-07-01"):
        read_loans(home, LATER)
    assert published_days(home) == [ON]


def test_a_home_without_feeds_has_no_night(tmp_path: Path) -> None:
    with pytest.raises(HomeNotReady):
        run_night(tmp_path / "nowhere", ON)


def test_loans_are_read_in_order_and_by_column(home: Path) -> None:
    run_night(home, ON)
    whole = read_loans(home, ON)
    assert whole["loan_no"].to_list() == list(range(1, whole.height + 1))
    assert read_loans(home, ON, ["tier", "loan_id"]).columns == ["tier", "loan_id"]
    assert read_debtors(home, ON)["debtor_no"].is_sorted()
    loan_id = whole["loan_id"][0]
    _, _, shard = Facts(home, None).find_loan(loan_id)
    assert scan_loans(home, ON, shard=shard).filter(pl.col("loan_id") == loan_id).collect().height == 1
    with pytest.raises(LoanUnknown):
        Facts(home, None).find_loan("nobody's")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def take_away(path: Path) -> None:
    path.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("damage", [cut_short, take_away])
@pytest.mark.parametrize("file", ["loan/0003.parquet", "debtor/0000.parquet", "manifest.json", "pointer"])
def test_damage_is_named_and_the_night_computed_again_repairs_it(home: Path, damage: Any, file: str) -> None:
    run = run_night(home, ON).run_id
    calm = files(home / "snapshots")
    damaged = home / "snapshots" / (f"{ON}.json" if file == "pointer" else f"{run}/{file}")
    damage(damaged)
    read = read_debtors if file.startswith("debtor") else read_loans
    expected = NothingPublished if file == "pointer" and damage is take_away else SnapshotDamaged
    with pytest.raises(expected) as refusal:
        read(home, ON)
    if expected is SnapshotDamaged:
        assert Path(str(refusal.value.where["file"])) == damaged
    assert not run_night(home, ON).was_there
    assert files(home / "snapshots") == calm
    assert read_manifest(home, ON)["run_id"] == run


def test_a_byte_changed_in_a_snapshot_whose_pointer_is_gone_is_repaired(home: Path) -> None:
    run = run_night(home, ON).run_id
    calm = files(home / "snapshots")
    (home / "snapshots" / f"{ON}.json").unlink()
    changed = home / "snapshots" / run / "loan" / "0001.parquet"
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    run_night(home, ON)
    assert files(home / "snapshots") == calm


def test_a_loan_with_a_negative_rate_goes_to_quarantine_and_stops_no_night(tmp_path: Path) -> None:
    bank = small_bank()
    bank["loan"][0]["annual_rate"] = Decimal("-0.05")
    bank["org"] += [{"org_id": f"9{at}", "name": "支行", "level": "branch"} for at in range(60)]  # few rows are bad
    (report,) = load_feeds(tmp_path / "home", write_feed(tmp_path, SMALL_BANK_DAY, bank), shards=2)
    assert report.tables["loan"].quarantined == 1
    assert run_night(tmp_path / "home", SMALL_BANK_DAY).manifest["totals"]["loans_published"] == 3
