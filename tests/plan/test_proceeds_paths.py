"""The way of loan money through the whole bank: hop by hop, whatever the shards, and every cent of it."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from a_network import published
from a_trail import DRAWN, ON, a_ring, company, drawdown, landed, loan, paid, tables

from postloan.snapshot.read import read_of_bank, scan_warnings


def publish(folder: Path, tables: dict, *, shards: int = 3) -> Path:
    return published(folder, shards=shards, tables=tables, on=ON)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("ring"), a_ring())


def told(home: Path) -> list[tuple]:
    rows = read_of_bank(home, ON, "proceeds_path")
    columns = ("hop", "from_id", "to_id", "to_place", pl.col("amount_cents") // 100, pl.col("stayed_cents") // 100,
               "finding")  # fmt: skip
    return rows.filter(pl.col("loan_id") == "LA").select(columns).rows()


def test_money_is_followed_along_three_hops_and_stops_where_it_came_back_or_left_the_bank(home: Path) -> None:
    assert told(home) == [
        (0, None, "A", "here", 1_000_000, 80_000, None),
        (1, "A", "B", "here", 900_000, 0, None),
        (1, "A", "D", "here", 20_000, 20_000, "related"),
        (2, "B", "C", "here", 900_000, 100_000, None),
        (3, "C", "A", "here", 500_000, 500_000, "returned"),
        (3, "C", "S1", "other_bank", 300_000, 300_000, "securities"),
    ]


def test_rows_do_not_depend_on_the_shards(home: Path, tmp_path: Path) -> None:
    alone = publish(tmp_path, a_ring(), shards=1)
    assert read_of_bank(alone, ON, "proceeds_path").equals(read_of_bank(home, ON, "proceeds_path"))


def test_a_payee_at_another_bank_is_no_path(home: Path) -> None:
    """Hops stop there: nothing was seen to move, and nothing is told."""
    assert "LE" not in read_of_bank(home, ON, "proceeds_path")["loan_id"]


def test_what_is_found_raises_its_signals(home: Path) -> None:
    raised = scan_warnings(home, ON).filter(pl.col("debtor_id") == "A").select("signal", "level").collect().rows()
    assert {("WS-ACC-03", "orange"), ("WS-ACC-04", "orange")} <= set(raised)


def test_every_cent_that_came_stayed_or_went_on(home: Path) -> None:
    rows = read_of_bank(home, ON, "proceeds_path").filter(pl.col("loan_id") == "LA")
    by_hop = rows.group_by("hop").agg(pl.col("amount_cents", "stayed_cents").sum()).sort("hop")
    went_on = (by_hop["amount_cents"] - by_hop["stayed_cents"]).to_list()
    assert went_on == [*by_hop["amount_cents"].to_list()[1:], 0]
    assert rows["stayed_cents"].sum() == 100_000_000


def test_the_window_begins_with_the_drawdown(home: Path) -> None:
    assert date(2025, 5, 1) == DRAWN
    assert read_of_bank(home, ON, "proceeds_path")["moved_on"].max() == date(2025, 5, 8)


def test_money_that_comes_at_one_moment_goes_on_in_the_same_order_whatever_the_shards(tmp_path: Path) -> None:
    names = "HGFEDCBA"
    tables_of = tables(
        [company(name) for name in (*names, "Y", "Z")], [loan(name, 100_000) for name in names],
        [drawdown(name, 100_000) for name in names],
        [
            *(landed(name, 100_000) for name in names),
            *(row for name in names for row in paid(name, "Y", 100_000)), *paid("Y", "Z", 250_000, at=11),
        ],
    )  # fmt: skip
    one, several = (publish(tmp_path / str(count), tables_of, shards=count) for count in (1, 3))
    assert read_of_bank(one, ON, "proceeds_path").equals(read_of_bank(several, ON, "proceeds_path"))
