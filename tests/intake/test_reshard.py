"""The same facts in another number of shards are the facts that loading into that number would have given."""

from pathlib import Path

import pytest
from delivering import Bank, tree

from feeds import small_bank
from postloan.demo.bank import write_demo_feeds
from postloan.errors import HomeNotReady, RequestWrong
from postloan.intake.load import load_feeds
from postloan.intake.reshard import reshard


def _quiet(_what: str, _done: int, _total: int) -> None:
    pass


@pytest.mark.parametrize(("before", "after"), [(2, 7), (5, 1), (1, 3)])
def test_it_is_what_loading_would_have_given(before: int, after: int, tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    write_demo_feeds(feeds, tmp_path / "truth", loans=120, months=3, seed=11, tell=_quiet)
    load_feeds(tmp_path / "held", feeds, shards=before)
    load_feeds(tmp_path / "loaded", feeds, shards=after)

    reshard(tmp_path / "held", tmp_path / "moved", after, tell=_quiet)

    assert tree(tmp_path / "moved" / "facts") == tree(tmp_path / "loaded" / "facts")


def test_a_loan_that_changed_its_debtor_lies_where_its_debtor_lay_at_each_load(bank: Bank, tmp_path: Path) -> None:
    tables = small_bank()
    feeds = bank.deliver(tables)
    load_feeds(bank.home, feeds, shards=4)
    load_feeds(tmp_path / "loaded", feeds, shards=9)
    tables["loan"][0]["debtor_id"] = "D3"
    feeds = bank.deliver(tables)
    for home, shards in ((bank.home, 4), (tmp_path / "loaded", 9)):
        load_feeds(home, feeds, shards=shards, correct=True)

    reshard(bank.home, tmp_path / "moved", 9, tell=_quiet)

    assert tree(tmp_path / "moved" / "facts") == tree(tmp_path / "loaded" / "facts")


def test_what_is_there_is_never_overwritten(opened: Bank, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "kept").write_text("kept")

    with pytest.raises(RequestWrong):
        reshard(opened.home, there, 3, tell=_quiet)

    assert [path.name for path in there.iterdir()] == ["kept"]


@pytest.mark.parametrize("shards", [0, 10_000])
def test_a_number_that_cannot_be_is_refused(shards: int, opened: Bank, tmp_path: Path) -> None:
    with pytest.raises(RequestWrong):
        reshard(opened.home, tmp_path / "moved", shards, tell=_quiet)


def test_nothing_loaded_is_nothing_to_move(tmp_path: Path) -> None:
    with pytest.raises(HomeNotReady):
        reshard(tmp_path / "nothing", tmp_path / "moved", 2, tell=_quiet)
    assert not (tmp_path / "moved").exists()
