"""A table that is accepted in slices gives the very files that it gives in one piece."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from delivering import Bank, tree
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from feeds import small_bank
from postloan.errors import FeedUnreadable
from postloan.intake import read, slices
from postloan.intake.load import load_feeds

DAY = "2024-02-29"
LOANS = 7


def _book(payments: list[dict[str, Any]]) -> dict[str, Any]:
    """A book of several loans and debtors, and the payments that a test wants."""
    tables: dict[str, Any] = dict(small_bank())
    debtor, loan = tables["debtor"][0], tables["loan"][0]
    tables["debtor"] = [debtor | {"debtor_id": f"D{at}"} for at in range(LOANS)]
    tables["loan"] = [loan | {"loan_id": f"L{at}", "debtor_id": f"D{at}"} for at in range(LOANS)]
    one = {"version": 1, "due_on": "2024-03-20", "principal": "10.00", "interest": "1.00"}
    tables["instalment"] = [{"loan_id": f"L{at}", "seq": seq} | one for at in range(LOANS) for seq in (1, 2)]
    return {name: tables[name] for name in ("org", "debtor", "loan", "instalment")} | {"payment": payments}


_DAYS = st.integers(0, 20).map(lambda days: str(date(2024, 2, 1) + timedelta(days)))
_PAYMENTS = st.lists(
    st.fixed_dictionaries(
        {
            # Few names and few loans, so that payments are repeated, moved and taken back across loans.
            "payment_id": st.integers(0, 12).map("P{}".format),
            "loan_id": st.integers(0, LOANS).map("L{}".format),
            "paid_on": _DAYS,
            "amount": st.sampled_from(["1.00", "2.00", "-1.00", "x"]),
            "known_on": st.sampled_from(["2024-02-28", DAY]),
            "reverses_payment_id": st.one_of(st.none(), st.integers(0, 12).map("P{}".format)),
        }
    ),
    min_size=1,
    max_size=30,
)


def _loaded(root: Path, feeds: Path, monkeypatch: pytest.MonkeyPatch, *, whole: bool) -> dict[str, str]:
    home = root / ("whole" if whole else "sliced")
    with monkeypatch.context() as small:
        if not whole:
            small.setattr(slices, "WHOLE_ROWS_MAX", 0)
            small.setattr(slices, "SLICE_ROWS", 4)
            small.setattr(slices, "BATCH_ROWS", 3)
            small.setattr(read, "CSV_WHOLE_BYTES_MAX", 0)
        load_feeds(home, feeds, shards=5)
    return tree(home)


@settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(payments=_PAYMENTS)
def test_slices_give_the_bytes_of_the_whole(
    payments: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = Bank(tmp_path_factory.mktemp("bank"))
    feeds = bank.deliver(_book(payments), DAY)

    assert _loaded(bank.root, feeds, monkeypatch, whole=False) == _loaded(bank.root, feeds, monkeypatch, whole=True)


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_every_form_can_be_cut(form: str, encoding: str, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    payments = [
        {"payment_id": f"P{at}", "loan_id": f"L{at % LOANS}", "paid_on": "2024-02-20", "amount": "1.00"}
        for at in range(12)
    ]
    feeds = bank.deliver(_book(payments), DAY, form=form, encoding=encoding)

    assert _loaded(bank.root, feeds, monkeypatch, whole=False) == _loaded(bank.root, feeds, monkeypatch, whole=True)


def test_an_increment_in_slices_meets_what_was_loaded_before(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"loan_id": "L1", "paid_on": "2024-02-10", "amount": "1.00"}
    bank.deliver(_book([one | {"payment_id": f"P{at}"} for at in range(6)]), DAY)
    later = one | {"paid_on": "2024-03-01"}
    moved = [later | {"payment_id": "P2", "loan_id": "L5"}, later | {"payment_id": "P9", "reverses_payment_id": "P1"}]
    bank.deliver({"payment": [*moved, later | {"payment_id": "P8"}]}, "2024-03-01", modes={"payment": "increment"})

    sliced = _loaded(bank.root, bank.feeds, monkeypatch, whole=False)

    assert sliced == _loaded(bank.root, bank.feeds, monkeypatch, whole=True)
    put_aside = pl.read_parquet(bank.root / "sliced" / "facts" / "parts" / "000002" / "quarantine.parquet")
    assert put_aside["rule"].to_list() == ["key_moved"]


def test_a_damaged_page_is_refused_and_leaves_nothing(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds = bank.deliver(_book([]), DAY, form="parquet")
    file = feeds / "instalment.parquet"
    held = bytearray(file.read_bytes())
    held[8:40] = bytes(32)
    file.write_bytes(held)
    monkeypatch.setattr(slices, "WHOLE_ROWS_MAX", 0)

    refusal = bank.refused(FeedUnreadable, feeds)

    assert refusal.where["file"] == file
