"""Holding, settling and tracing, against the same sentences in plain Python, on calendar days."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.kernels import upgrade
from postloan.kernels.daycount import NEVER

EPOCH = date(1970, 1, 1)
FIRST = 19_000
BAD = 2
FEW = settings(max_examples=300, deadline=None)


def later(day: int, months: int) -> int:
    """The same day so many months on, or that month's last."""
    start = EPOCH + timedelta(days=day)
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return (date(years, month + 1, min(start.day, monthrange(years, month + 1)[1])) - EPOCH).days


@st.composite
def lives(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Days of one to three loans, by day and loan, with everything that the kernels ask of them."""
    loans, day, out = draw(st.integers(1, 3)), FIRST, []
    upgraded = merged = NEVER
    for _ in range(draw(st.integers(1, 12))):
        day += draw(st.sampled_from([1, 30, 90, 183]))
        if draw(st.integers(0, 2)) == 0:
            upgraded = day - draw(st.integers(0, 1))
        merged = day if draw(st.integers(0, 5)) == 0 else merged
        clean = draw(st.sampled_from([NEVER, day, day - 100, day - 181, day - 184, day - 366]))
        for place in range(loans):
            tier = draw(st.integers(0, 4))
            out.append({
                "place": place, "on": day, "tier": tier, "worst": max(tier, draw(st.integers(0, 4))),
                "on_book": draw(st.integers(0, 9)) > 0, "free": draw(st.integers(0, 4)) == 0,
                "upgrade_on": upgraded, "clean": clean, "barred": draw(st.integers(0, 4)) == 0,
                "months": draw(st.sampled_from([0, 6, 12])), "held": draw(st.sampled_from([0, 2])),
                "floor": draw(st.integers(0, 2)), "merged_on": merged, "merger_months": draw(st.sampled_from([0, 6])),
                "upgraded": draw(st.booleans()),
                "was_bad": draw(st.integers(0, 5)) == 0, "was_upgraded": draw(st.booleans()),
                "was_tier": draw(st.sampled_from([0, 0, 0, 2, 4])), "improved_first": draw(st.booleans()),
            })  # fmt: skip
    return out


def column(rows: list[dict[str, Any]], name: str, kind: Any = np.int32) -> Any:
    return np.array([row[name] for row in rows], kind)


def days(rows: list[dict[str, Any]], *names: str) -> list[Any]:
    return [column(rows, name) for name in names]


@FEW
@given(lives())
def test_holding(rows: list[dict[str, Any]]) -> None:
    tiers = {name: column(rows, name, np.int8) for name in ("tier", "worst", "held")}
    flags = {name: column(rows, name, np.bool_) for name in ("on_book", "free", "barred", "was_bad", "was_upgraded")}
    place, on, upgrade_on, clean, months = days(rows, "place", "on", "upgrade_on", "clean", "months")
    out, is_held, is_upgraded = upgrade.hold(
        place, on, tiers["tier"], tiers["worst"], flags["on_book"], flags["free"], upgrade_on, clean, flags["barred"],
        months, tiers["held"], flags["was_bad"], flags["was_upgraded"], BAD,
    )  # fmt: skip
    before: dict[int, tuple[int, bool, int]] = {}
    for at, row in enumerate(rows):
        last_on, was_there, last_tier = before.get(row["place"], (row["on"] - 1, False, 0))
        decided = row["on_book"] and row["upgrade_on"] != NEVER and row["upgrade_on"] > last_on
        is_known = row["clean"] != NEVER and row["clean"] <= row["upgrade_on"]
        counts = row["upgrade_on"] >= later(row["clean"], row["months"]) if is_known else row["was_upgraded"]
        improves = decided and counts and not row["barred"]
        was_bad = row["worst"] >= BAD or row["was_bad"] or (was_there and last_tier >= BAD)
        waits = row["on_book"] and was_bad and row["tier"] < row["held"] and not row["free"] and not improves
        tier = row["held"] if waits else row["tier"]
        assert (out[at], is_held[at], is_upgraded[at]) == (tier, waits, improves)
        before[row["place"]] = (row["on"], row["on_book"], tier)


@FEW
@given(lives())
def test_settling(rows: list[dict[str, Any]]) -> None:
    tier, floor, held, was_tier = (column(rows, name, np.int8) for name in ("tier", "floor", "held", "was_tier"))
    on_book, free, upgraded, improved_first = (
        column(rows, name, np.bool_) for name in ("on_book", "free", "upgraded", "improved_first")
    )
    place, on, merged_on, merger_months = days(rows, "place", "on", "merged_on", "merger_months")
    out, cause = upgrade.settle(
        place, on, tier, floor, on_book, free, upgraded, held, merged_on, merger_months, was_tier, improved_first, BAD
    )  # fmt: skip
    before: dict[int, int] = {}
    for at, row in enumerate(rows):
        expected, why = 0, upgrade.OWN
        if row["on_book"]:
            expected = max(row["tier"], row["floor"])
            why = upgrade.TOUCHED if row["floor"] > row["tier"] else upgrade.OWN
            stood = max(row["was_tier"], before.get(row["place"], 0))
            if stood >= BAD and expected < row["held"] and not row["free"] and not row["upgraded"]:
                expected, why = row["held"], upgrade.HELD
            is_bar = row["merged_on"] != NEVER and row["on"] < later(row["merged_on"], row["merger_months"])
            at_merger = row["was_tier"] if row["improved_first"] else stood
            if is_bar and expected < at_merger:
                expected, why = at_merger, upgrade.BARRED
        assert (out[at], cause[at]) == (expected, why)
        before[row["place"]] = expected
        if not row["on_book"]:
            del before[row["place"]]


@FEW
@given(lives(), st.lists(st.integers(FIRST - 5, FIRST + 1_200), min_size=1, max_size=3))
def test_tracing(rows: list[dict[str, Any]], asked: list[int]) -> None:
    loans = 1 + max(row["place"] for row in rows)
    begins = np.full(loans, FIRST, np.int32)
    place, on = days(rows, "place", "on")
    since, other, then = upgrade.trace(place, on, begins, column(rows, "tier", np.int8), np.array(asked, np.int32))
    for loan in range(loans):
        mine = [(at, row) for at, row in enumerate(rows) if row["place"] == loan]
        *earlier, (_, last) = mine
        differs = [at for at, row in earlier if row["tier"] != last["tier"]]
        assert other[loan] == (differs[-1] if differs else -1)
        after = [row["on"] for at, row in mine if differs and at > differs[-1]]
        assert since[loan] == (after[0] if differs else FIRST)
        for place_asked, day in enumerate(asked):
            known = [row["tier"] for _, row in mine if row["on"] <= day]
            assert then[loan, place_asked] == (known[-1] if known else -1)
