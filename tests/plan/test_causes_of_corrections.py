"""Why two versions of a day differ: rows added, removed and changed, of a loan, of its debtor and of the bank."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from feeds import SMALL_BANK_DAY, small_bank, write_feed
from postloan.errors import VersionUnknown
from postloan.intake.load import load_feeds
from postloan.night.run import run_night, run_nights
from postloan.plan.corrected import Cause, causes
from postloan.plan.versions import versions
from postloan.plan.why import why
from postloan.snapshot.read import (
    edition,
    named_edition,
    published_run,
    published_versions,
    read_loans,
)

ON = SMALL_BANK_DAY


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small bank, then its day delivered otherwise, known on the same day. Never written to."""
    folder = tmp_path_factory.mktemp("corrected")
    bank = small_bank()
    load_feeds(folder / "home", write_feed(folder / "wrong", ON, bank), shards=2)
    run_night(folder / "home", ON)
    right = small_bank()
    right["payment"][0]["amount"] = Decimal("1000.00")
    right["payment"].pop(2)
    right["payment"].append(right["payment"][0] | {"payment_id": "P9", "loan_id": "L3", "paid_on": ON})
    right["debtor"][2] |= {"size_class": "large", "phone": "13900000000"}
    right["org"][1]["name"] = "中关村支行"
    load_feeds(folder / "home", write_feed(folder / "right", ON, right), correct=True)
    run_night(folder / "home", ON)
    return folder / "home"


def found(home: Path) -> dict[str, list[Cause]]:
    loans = read_loans(home, ON, ["loan_no", "debtor_no", "loan_id"])
    ids = dict(loans.select("loan_no", "loan_id").iter_rows())
    told: dict[str, list[Cause]] = {}
    for each in causes(home, edition(home, ON, 1), edition(home, ON, 2), loans):
        told.setdefault("" if each.loan_no is None else ids[each.loan_no], []).append(each)
    return told


def test_each_loan_has_the_rows_that_only_one_version_saw(home: Path) -> None:
    told = found(home)
    (changed,) = told["L1"]
    assert (changed.table, changed.key, changed.change, changed.field) == ("payment", "P1", "changed", "amount_cents")
    assert (changed.before, changed.after) == ("103280", "100000")
    (removed,) = told["L2"]
    assert (removed.key, removed.change, removed.after) == ("P3", "removed", "")
    assert "amount_cents=26817" in removed.before
    (added,) = told["L3"]
    assert (added.key, added.change, added.before, added.known_on) == ("P9", "added", "", ON)
    of_debtor = told["L4"]
    assert [(each.table, each.field, each.after) for each in of_debtor] == [("debtor", "size_class", "large")]
    assert [(each.table, each.key, each.after) for each in told[""]] == [("org", "010", "中关村支行")]


def test_personal_data_is_in_no_cause(home: Path) -> None:
    said = str(found(home))
    assert "139" not in said
    assert "phone" not in said


def test_a_loan_of_which_nothing_differs_says_so(home: Path) -> None:
    loans = read_loans(home, ON, ["loan_no", "debtor_no"])
    told = causes(home, edition(home, ON, 2), edition(home, ON, 2), loans)
    assert [each.change for each in told] == ["elsewhere"] * 4


@pytest.mark.parametrize("number", [1, 2])
def test_why_reads_what_a_version_knew_though_both_became_known_on_one_day(home: Path, number: int) -> None:
    day = edition(home, ON, number)
    for loan_id in ("L1", "L2", "L3", "L4"):
        story = why(home, loan_id, day)
        assert story.is_as_published, loan_id
        assert story.run_id == published_versions(home, ON)[number - 1]


def test_a_version_says_what_it_saw_anew(home: Path) -> None:
    first, second = versions(home, ON)
    assert (first.changed, first.came, first.gone, first.is_read) == ((), (), (), False)
    assert (second.number, second.changed, second.is_read, second.made_at) == (2, ("feeds",), True, None)
    assert [(each.load, each.feed_day, each.source) for each in second.came] == [(2, ON, "core")]
    assert [each.load for each in second.gone] == [1]


def test_a_version_is_named_by_number_word_or_run(home: Path) -> None:
    first, second = published_versions(home, ON)
    for name, run in (("1", first), ("2", second), ("latest", second), (first[:8], first), (second, second)):
        assert named_edition(home, ON, name).run_id == run
    for name in ("3", "filed", first[:7] + "x", "", "zzzzzzzz"):
        with pytest.raises(VersionUnknown):
            named_edition(home, ON, name)
    with pytest.raises(VersionUnknown):
        named_edition(home, ON + timedelta(days=1), "latest")


def test_what_was_known_then_is_the_version_of_then_and_gets_no_new_number(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load_feeds(home, write_feed(tmp_path, ON, small_bank()), shards=1)
    first = run_night(home, ON)
    row = {"payment_id": "P9", "loan_id": "L3", "paid_on": date(2024, 3, 20), "amount": "1.00"}
    load_feeds(home, write_feed(tmp_path, ON + timedelta(days=1), {"payment": [row]}, modes={"payment": "increment"}))
    (second,) = run_nights(home, [ON], clock=lambda: "2024-04-02T08:00:00+08:00")
    back = run_night(home, ON, known_on=ON)
    assert (first.version, second.version, back.version, back.run_id) == (1, 2, 1, first.run_id)
    assert published_run(home, ON) == first.run_id
    assert run_night(home, ON).version == 2
    assert published_versions(home, ON) == (first.run_id, second.run_id)
    assert [each.made_at for each in versions(home, ON)] == [None, "2024-04-02T08:00:00+08:00"]
