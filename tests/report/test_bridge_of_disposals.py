"""What nights make of disposals, and the NPL bridge over them: nothing of a bad balance leaves it without its name."""

import json
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from hand_made import FEBRUARY, JANUARY, MARCH, loan, publish_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_rows import debtor, inputs, overdue_loan, payment, policy
from postloan.desk.report.bridge import MOVES, bridge
from postloan.plan.night import assess

OWED = 100_000
DAYS = (JANUARY, FEBRUARY, MARCH)
PUBLISHED = (
    "status", "tier", "outstanding_cents", "own_share_outstanding_cents", "paid_principal_cents", "received_cents",
    "written_off_cents", "transferred_cents", "asset_cents",
)  # fmt: skip
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["cash", "asset", "transferred", "write_off", "charges"]), st.integers(-20, 59),
        st.integers(1, 60_000),
    ),
    max_size=6,
)  # fmt: skip


def written(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def nights(events: list[tuple[str, int, int]], days: tuple[date, ...] = DAYS) -> list[dict[str, Any]]:
    """What nights publish of a loan of 1,000.00 that is 400 days past due in January, by what happened to it."""
    row, due = overdue_loan(1, 400, on=JANUARY, cents=OWED)
    paid, decided = [], []
    for place, (kind, after, cents) in enumerate(events):
        on = JANUARY + timedelta(days=after)
        if kind == "cash":
            paid.append(payment(1, on, cents, name=f"P{place}"))
            continue
        terms = {"principal": written(cents), "interest": "0", "ground": "核销"}
        if kind == "charges":
            terms = {"component": "penalty", "amount": written(cents), "met_by": "asset"}
        elif kind != "write_off":
            terms |= {kind: written(cents)}
        decided.append({
            "decision_id": f"D{place}", "loan_no": 1, "kind": "waiver" if kind == "charges" else "write_off",
            "effective_on": on, "terms": json.dumps(terms),
        })  # fmt: skip
    given = inputs(loan=[row], instalment=[due], debtor=[debtor()], payment=paid, decision=decided)
    return [
        assess(given, policy(on, book_of_record="postloan"), on=on).loans.row(0, named=True) for on in days
    ]  # fmt: skip


def bridged(published: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    for on, row in zip(DAYS, published, strict=True):
        publish_by_hand(folder, on, [loan(1, row["tier"], 0) | {name: row[name] for name in PUBLISHED}])
    report = bridge(folder, DAYS[0], DAYS[-1])
    assert report.failed == ()
    return {each["way"]: each["balance"] for each in report.shown[0].rows}


@settings(max_examples=15, deadline=None)
@given(EVENTS)
def test_whatever_happens_to_a_bad_loan_its_balance_is_kept_to_the_cent(events: list[tuple[str, int, int]]) -> None:
    published = nights(events)
    with tempfile.TemporaryDirectory() as folder:
        ways = bridged(published, Path(folder))
    first, last = published[0], published[-1]
    assert ways["opening"] == (first["outstanding_cents"] if first["status"] == "active" else 0)
    assert ways["closing"] == (last["outstanding_cents"] if last["status"] == "active" else 0)
    assert ways["opening"] + sum(ways[name] for name in MOVES[:-1]) == ways["closing"]
    assert ways["other"] == 0
    assert all(ways[name] <= 0 for name in ("cash", "asset", "transferred", "written_off"))


def test_each_step_of_a_disposal_has_its_line(tmp_path: Path) -> None:
    events = [("cash", 3, 200_00), ("asset", 10, 300_00), ("charges", 10, 5_00), ("write_off", 40, 500_00),
              ("cash", 50, 70_00)]  # fmt: skip
    published = nights(events)
    assert bridged(published, tmp_path) == {
        "opening": OWED, "new": 0, "upgraded": 0, "cash": -200_00, "asset": -300_00, "written_off": -500_00,
        "transferred": 0, "other": 0, "closing": 0, "recovered": 70_00,
    }  # fmt: skip
    gone = published[-1]
    assert (gone["status"], gone["recovered_cents"]) == ("written_off", 70_00)
    assert gone["last_recovered_on"] == JANUARY + timedelta(days=50)


def test_what_an_asset_met_of_a_decision_is_told_to_the_core_and_waits_for_it() -> None:
    row, due = overdue_loan(1, 400, on=JANUARY, cents=OWED)
    terms = {"principal": "300.00", "interest": "0", "asset": "300.00", "ground": "以物抵债"}
    decided = {
        "decision_id": "D1",
        "loan_no": 1,
        "kind": "write_off",
        "effective_on": JANUARY,
        "terms": json.dumps(terms),
    }
    given = inputs(loan=[row], instalment=[due], debtor=[debtor()], decision=[decided])
    pending = assess(given, policy(JANUARY), on=JANUARY)
    assert pending.loans["outstanding_cents"].to_list() == [OWED]
    (told,) = pending.instructions.select(pl.col("state").cast(pl.String), "asset_cents").rows()
    assert told == ("pending", 300_00)
    own = assess(given, policy(JANUARY, book_of_record="postloan"), on=JANUARY).loans
    assert own.select("outstanding_cents", "asset_cents").row(0) == (700_00, 300_00)
