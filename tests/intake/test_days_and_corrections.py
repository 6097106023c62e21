"""Days come in order and once; a correction supersedes, and what was known before can still be asked."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from delivering import Bank, february, tree, with_row

from feeds import Row, small_bank, write_feed
from postloan.errors import FeedChanged, FeedOutOfOrder, HomeBusy, HomeNotReady, LoanUnknown, RequestWrong
from postloan.intake.facts import Facts
from postloan.intake.load import load_feeds
from postloan.intake.number import shard_of
from postloan.intake.records import read_records
from postloan.intake.stage import held_home

JANUARY, FEBRUARY, MARCH = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)


def payment(name: str, amount: str, **more: Any) -> Row:
    return {"payment_id": name, "loan_id": "L1", "paid_on": "2024-02-15", "amount": amount} | more


def increment(bank: Bank, day: date, *rows: Row, correct: bool = False) -> None:
    bank.loaded({"payment": list(rows)}, str(day), modes={"payment": "increment"}, correct=correct)


def amounts(bank: Bank, known_on: date | None = None) -> dict[str, int]:
    return dict(bank.rows("payment", "payment_id", "amount_cents", known_on=known_on))


def test_the_same_feed_twice_changes_nothing(bank: Bank) -> None:
    first = bank.loaded(small_bank())
    before = tree(bank.home)
    [again] = bank.load()
    assert (first.already_loaded, again.already_loaded) == (False, True)
    assert again.tables == first.tables
    assert tree(bank.home) == before


def test_a_changed_day_is_refused_unless_it_is_a_correction(bank: Bank) -> None:
    bank.loaded(february(), "2024-02-29")
    bank.loaded(small_bank())
    changed = with_row("payment", lambda row: row.update(amount="1000.00"))
    folder = bank.deliver(changed)
    refusal = bank.refused(FeedChanged, folder)
    assert refusal.where["loaded_as"] == 2
    [report] = bank.load(folder, correct=True)
    assert not report.already_loaded
    assert read_records(bank.home)[-1].supersedes == (2,)
    assert amounts(bank)["P1"] == 100000
    assert amounts(bank, FEBRUARY)["P1"] == 103280
    assert bank.load(folder)[0].already_loaded


def test_a_correction_of_a_past_day_is_known_only_from_the_latest_day_on(bank: Bank) -> None:
    increment_day = date(2024, 4, 30)
    bank.loaded(small_bank())
    increment(bank, increment_day, payment("P7", "7.00"))
    changed = with_row("payment", lambda row: row.update(amount="1000.00"))
    bank.loaded(changed, correct=True)
    assert read_records(bank.home)[-1].known_on == increment_day
    assert amounts(bank, MARCH)["P1"] == 103280
    assert amounts(bank, increment_day)["P1"] == 100000
    assert amounts(bank, increment_day)["P7"] == 700


def test_a_day_out_of_order_is_refused_unless_it_is_a_correction(bank: Bank) -> None:
    bank.loaded(small_bank())
    folder = bank.deliver(february(), "2024-02-29")
    assert bank.refused(FeedOutOfOrder, folder).where["latest"] == MARCH
    bank.load(folder, correct=True)
    assert len(amounts(bank)) == 5, "March is still the latest full delivery"
    with pytest.raises(HomeNotReady):
        bank.facts(FEBRUARY)


def test_several_days_are_taken_in_their_order(bank: Bank) -> None:
    bank.deliver(small_bank())
    bank.deliver(february(), "2024-02-29")
    assert [report.feed_day for report in bank.load()] == [FEBRUARY, MARCH]
    bank.deliver({"payment": [payment("P7", "7.00")]}, "2024-04-30", modes={"payment": "increment"})
    assert [report.already_loaded for report in bank.load()] == [True, True, False]


def test_days_before_a_refused_one_stay_loaded(bank: Bank) -> None:
    bank.deliver(february(), "2024-02-29")
    (bank.deliver({}) / "payment.csv").write_text("what\n")
    with pytest.raises(Exception, match="what"):
        bank.load()
    assert bank.facts().known_on == FEBRUARY


def test_a_full_table_replaces_and_an_increment_adds(bank: Bank) -> None:
    bank.loaded({**small_bank(), "payment": [payment("P1", "1")]}, "2024-02-29")
    increment(bank, MARCH, payment("P2", "2"))
    assert amounts(bank) == {"P1": 100, "P2": 200}
    bank.loaded({"payment": [payment("P3", "3")]}, "2024-04-30")
    increment(bank, date(2024, 5, 31), payment("P4", "4"))
    assert amounts(bank) == {"P3": 300, "P4": 400}
    assert amounts(bank, MARCH) == {"P1": 100, "P2": 200}


def test_a_correction_by_known_on(bank: Bank) -> None:
    bank.loaded({**small_bank(), "payment": [payment("P1", "1"), payment("P2", "2")]}, "2024-02-29")
    increment(bank, MARCH, payment("P1", "1.50"))
    assert amounts(bank) == {"P1": 150, "P2": 200}
    assert amounts(bank, FEBRUARY) == {"P1": 100, "P2": 200}
    last = read_records(bank.home)[-1].tables["payment"]
    assert last.repeats_keys
    assert last.last_known_on == MARCH


def test_a_row_known_earlier_does_not_undo_one_known_later(bank: Bank) -> None:
    bank.loaded({**small_bank(), "payment": [payment("P1", "1")]}, "2024-02-29")
    increment(bank, MARCH, payment("P1", "2"))
    increment(bank, date(2024, 4, 30), payment("P1", "3", known_on="2024-03-01"))
    assert amounts(bank) == {"P1": 200}


def test_a_correction_inside_one_file(bank: Bank) -> None:
    rows = [payment("P1", "1", known_on="2024-02-16"), payment("P1", "2", known_on="2024-02-20")]
    report = bank.loaded({**small_bank(), "payment": rows})
    assert report.quarantined == 0
    assert amounts(bank) == {"P1": 200}


def test_a_re_delivered_day_does_not_undo_a_later_correction(bank: Bank) -> None:
    bank.loaded({**small_bank(), "payment": [payment("P1", "1"), payment("P2", "2")]}, "2024-02-29")
    increment(bank, MARCH, payment("P1", "1.50"))
    bank.loaded({**small_bank(), "payment": [payment("P1", "1"), payment("P2", "2.50")]}, "2024-02-29", correct=True)
    assert amounts(bank) == {"P1": 150, "P2": 250}


def test_new_keys_do_not_count_as_repeats(bank: Bank) -> None:
    bank.loaded({**small_bank(), "payment": [payment("P1", "1")]}, "2024-02-29")
    increment(bank, MARCH, payment("P2", "2"))
    bank.loaded({"payment": [payment("P1", "1")]}, "2024-04-30")
    assert [record.tables["payment"].repeats_keys for record in read_records(bank.home)] == [False, False, False]


def test_a_correction_may_not_move_a_payment_to_another_loan(bank: Bank) -> None:
    bank.loaded({**small_bank(), "payment": [payment("P1", "1")]}, "2024-02-29")
    increment(bank, MARCH, payment("P1", "1", loan_id="L3"))
    assert bank.quarantine().select("key", "rule").rows() == [("P1", "key_moved")]
    assert amounts(bank) == {"P1": 100}
    bank.loaded({"payment": [payment("P1", "1", loan_id="L3")]}, "2024-04-30")
    assert bank.rows("payment", "payment_id", "loan_no") == [("P1", 3)]


def test_a_loan_stays_with_its_debtor(bank: Bank) -> None:
    bank.loaded(february(), "2024-02-29")
    report = bank.loaded(with_row("loan", lambda row: row.update(debtor_id="D3")))
    assert report.tables["loan"].quarantined == 1
    assert ("L1", "owner_changed") in bank.quarantine().select("key", "rule").rows()
    assert bank.facts().find_loan("L2")[:2] == (2, 1)


def test_a_loan_that_came_with_a_wrong_debtor_can_be_corrected(bank: Bank) -> None:
    bank.loaded(with_row("loan", lambda row: row.update(debtor_id="D3")))
    bank.loaded(small_bank(), correct=True)
    assert bank.facts().find_loan("L1") == (1, 1, shard_of("D1", 8))
    assert bank.facts().read("payment", shard_of("D1", 8), ["loan_no"])["loan_no"].to_list() == [1, 1, 2]


def test_numbers_are_given_in_order_and_never_again(bank: Bank) -> None:
    tables = small_bank()
    tables["loan"].reverse()
    bank.loaded(tables)
    assert bank.rows("loan", "loan_no", "loan_id") == [(1, "L1"), (2, "L2"), (3, "L3"), (4, "L4")]
    later = small_bank()
    later["loan"] = [later["loan"][3] | {"loan_id": "A0"}, later["loan"][1], later["loan"][3] | {"loan_id": "Z9"}]
    bank.loaded({"loan": later["loan"]}, "2024-04-30")
    assert bank.rows("loan", "loan_no", "loan_id") == [(2, "L2"), (5, "A0"), (6, "Z9")]
    bank.loaded({"loan": small_bank()["loan"]}, "2024-05-31")
    assert bank.rows("loan", "loan_no", "loan_id") == [(1, "L1"), (2, "L2"), (3, "L3"), (4, "L4")]


def test_a_loan_no_longer_in_the_book_is_not_found(bank: Bank) -> None:
    bank.loaded(small_bank())
    assert bank.facts().find_loan("L3") == (3, 2, shard_of("D2", 8))
    bank.loaded({"loan": small_bank()["loan"][:2]}, "2024-04-30")
    for loan_id in ("L3", "L99"):
        with pytest.raises(LoanUnknown):
            bank.facts().find_loan(loan_id)
    assert bank.facts(MARCH).find_loan("L3")[0] == 3
    report = bank.loaded({"payment": [payment("P9", "1", loan_id="L3")]}, "2024-05-31", modes={"payment": "increment"})
    assert report.tables["payment"].quarantined == 1


@pytest.mark.parametrize("shards", [2, 3, 8, 40])
def test_rows_and_numbers_do_not_depend_on_shards(shards: int, tmp_path: Path) -> None:
    folder = write_feed(tmp_path, MARCH, small_bank())
    load_feeds(tmp_path / "one", folder, shards=1)
    load_feeds(tmp_path / "many", folder, shards=shards)
    one, many = Facts(tmp_path / "one", None), Facts(tmp_path / "many", None)
    assert many.layout.shards == shards
    for table in ("debtor", "loan", "payment"):
        assert many.read(table, None).equals(one.read(table, 0)), table
        held = [many.read(table, shard) for shard in range(shards)]
        assert sum(frame.height for frame in held) == one.read(table, 0).height
    for shard in range(shards):
        ids = many.read("debtor", shard)["debtor_id"].to_list()
        assert all(shard_of(debtor_id, shards) == shard for debtor_id in ids)
        numbers = set(many.read("debtor", shard)["debtor_no"])
        assert set(many.read("loan", shard)["debtor_no"]) <= numbers


def test_the_first_load_fixes_the_shards(bank: Bank) -> None:
    bank.load(bank.deliver(february(), "2024-02-29"), shards=3)
    bank.load(bank.deliver(small_bank()), shards=8)
    assert bank.facts().layout.shards == 3
    assert len(amounts(bank)) == 5


@pytest.mark.parametrize("shards", [0, -1, 10_000])
def test_shards_that_cannot_be(bank: Bank, shards: int) -> None:
    bank.refused(RequestWrong, bank.deliver(small_bank()), shards=shards)


def test_two_loads_at_once(bank: Bank) -> None:
    folder = bank.deliver(small_bank())
    with held_home(bank.home):
        bank.refused(HomeBusy, folder)
    assert bank.load(folder)[0].quarantined == 0


def test_an_empty_home_is_not_ready(tmp_path: Path) -> None:
    with pytest.raises(HomeNotReady):
        Facts(tmp_path / "home", None)


def test_a_damaged_record_is_told(bank: Bank) -> None:
    bank.loaded(small_bank())
    (bank.home / "facts" / "loads" / "000001.json").write_text("{}")
    with pytest.raises(HomeNotReady, match=r"000001\.json"):
        bank.facts()


def test_empty_tables_have_their_types(bank: Bank) -> None:
    bank.loaded(small_bank())
    facts = bank.facts()
    for shard in (None, 0, 7):
        nothing = facts.read("instalment", shard, ["seq", "loan_no", "due_on"])
        assert nothing.schema == {"seq": pl.Int64, "loan_no": pl.Int64, "due_on": pl.Date}
        assert nothing.is_empty()


def test_columns_come_in_the_order_asked(bank: Bank) -> None:
    bank.loaded(small_bank())
    assert bank.facts().read("payment", None, ["amount_cents", "loan_no"]).columns == ["amount_cents", "loan_no"]


def test_rows_come_sorted_from_several_days(bank: Bank) -> None:
    bank.loaded({**small_bank(), "payment": [payment("P5", "1", paid_on="2024-02-20"), payment("P9", "1")]})
    increment(bank, date(2024, 4, 30), payment("P1", "1", paid_on="2024-02-10"), payment("P6", "1"))
    assert [name for (name,) in bank.rows("payment", "payment_id")] == ["P1", "P6", "P9", "P5"]


def test_progress_is_told(bank: Bank) -> None:
    told: list[tuple[str, int, int]] = []
    bank.load(bank.deliver(small_bank()), tell=lambda *what: told.append(what))
    assert [done for _, done, _ in told] == [0, 1, 2, 3, 4]
    assert told[2] == ("2024-03-31 loan", 2, 4)


def test_rows_of_a_superseded_increment_are_gone(bank: Bank) -> None:
    bank.loaded({**small_bank(), "payment": [payment("P1", "1")]}, "2024-02-29")
    increment(bank, MARCH, payment("P2", "2"), payment("P3", "3"))
    increment(bank, date(2024, 4, 30), payment("P4", "4"))
    increment(bank, MARCH, payment("P3", "3.50"), correct=True)
    assert amounts(bank) == {"P1": 100, "P3": 350, "P4": 400}
    assert amounts(bank, MARCH) == {"P1": 100, "P2": 200, "P3": 300}
    assert bank.facts().feed_hashes.keys() == {"1", "3", "4"}


def test_a_full_table_without_a_loan_takes_it_out_of_the_book_at_once(bank: Bank) -> None:
    bank.loaded(february(), "2024-02-29")
    tables = {"loan": small_bank()["loan"][:2], "payment": [payment("P8", "1"), payment("P9", "1", loan_id="L3")]}
    report = bank.loaded(tables, modes={"payment": "increment"})
    assert bank.quarantine().select("key", "rule").rows() == [("P9", "unknown_reference")]
    assert report.tables["payment"].accepted == 1


def test_a_branch_may_hang_on_an_office_of_an_earlier_day(bank: Bank) -> None:
    bank.loaded(small_bank())
    branch = {"org_id": "020", "parent_id": "000", "name": "b", "level": "branch"}
    report = bank.loaded({"org": [branch]}, "2024-04-30", modes={"org": "increment"})
    assert report.quarantined == 0
    assert bank.loaded({"org": [branch | {"org_id": "030"}]}, "2024-05-31").quarantined == 1


def test_a_loan_of_a_debtor_who_came_earlier(bank: Bank) -> None:
    bank.loaded(small_bank())
    loan = small_bank()["loan"][2] | {"loan_id": "L5"}
    assert bank.loaded({"loan": [loan]}, "2024-04-30", modes={"loan": "increment"}).quarantined == 0
    assert bank.facts().find_loan("L5") == (5, 2, shard_of("D2", 8))
    assert bank.facts().find_loan("L1")[0] == 1
