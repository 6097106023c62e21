"""The cases of collection, read without Python; that a split is fair and stays; that who owes more waits no longer."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.plan.collection import came_in, collection_plan, promises_judged, side_of
from postloan.plan.collection_result import Side, difference
from postloan.rules.collection import Collection, Trial
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.figures import Cite
from postloan.rules.reading import read_yaml
from postloan.rules.rulebook import load_rulebook
from postloan.rules.sources import SourceFile, shipped_rules
from postloan.rules.texts import check_citations

FOLDER = shipped_rules() / "cases" / "collection"
LAW = load_desk_rules(None).files["collection"]
RULES = load_desk_rules(None).version("collection", Collection, date(2026, 3, 1))
SCHEMA = {
    "debtor_id": pl.String, "days_past_due": pl.Int64, "cure_cents": pl.Int64, "form": pl.String, "score": pl.Int64,
    "warning_level": pl.String,
}  # fmt: skip


def cases(name: str) -> list[dict[str, Any]]:
    return read_yaml((FOLDER / name).read_bytes())


def cents(written: Any) -> int:
    return int(Decimal(str(written)) * 100)


def planned(*late: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [
        {
            "debtor_id": each.get("debtor", f"D{at}"), "days_past_due": each["days"], "cure_cents": cents(each["cure"]),
            "form": each.get("form", "person"), "score": each.get("score"), "warning_level": each.get("level"),
        }
        for at, each in enumerate(late)
    ]  # fmt: skip
    broken = pl.DataFrame(
        {"debtor_id": [row["debtor_id"] for row in rows], "broken_count": [each.get("broken", 0) for each in late]},
        schema={"debtor_id": pl.String, "broken_count": pl.Int64},
    )
    told = collection_plan(pl.DataFrame(rows, schema=SCHEMA), broken, RULES).to_dicts()
    for row in told:
        step = RULES.step(row["strategy"], row["days_past_due"])
        row |= {"step": step.days, "channel": step.channel, "leads_to": step.leads_to}
    return told


@pytest.mark.parametrize("case", cases("segments.yaml"), ids=lambda case: case["case"])
def test_segments(case: dict[str, Any]) -> None:
    asked = case.get("each", [case])
    for each, told in zip(asked, planned(*(each["late"] for each in asked)), strict=True):
        assert {name: told[name] for name in each["expect"]} == each["expect"], each


@pytest.mark.parametrize("case", cases("promises.yaml"), ids=lambda case: case["case"])
def test_promises(case: dict[str, Any]) -> None:
    for each in case["each"]:
        row = {
            "amount_cents": cents(each["promised"]), "due_on": each["due"], "base_cents": 7_000_000,
            "collected_cents": 7_000_000 + cents(each["paid"]), "is_cured": each.get("cured", False),
        }  # fmt: skip
        [told] = promises_judged(pl.DataFrame([row]), each["on"], RULES).to_dicts()
        assert (told["state"], told["paid_cents"]) == (each["expect"], cents(each["paid"])), each


def test_what_counts_as_collected_was_paid_on_loans_past_due() -> None:
    none, before = came_in({}, {"card": (100, 1), "mortgage": (5_000, 0)})
    assert (none, before) == (0, {"card": [100, 1]})
    came, held = came_in(before, {"card": (100, 1), "mortgage": (15_000, 0)})
    assert (came, held) == (0, before), "the mortgage is not past due"
    came, held = came_in(held, {"card": (2_100, 0), "mortgage": (15_000, 1)})
    assert (came, held) == (2_000, {"card": [2_100, 0], "mortgage": [15_000, 1]}), "the card is cured in full"
    came, held = came_in(held, {"card": (2_900, 0), "mortgage": (25_000, 0)})
    assert (came, held["card"]) == (10_000, [2_100, 0]), "what the card pays after its cure is none of it"
    came, held = came_in(held, {"card": (1_600, 1), "mortgage": (25_000, 0)})
    assert (came, held["card"]) == (-500, [1_600, 1]), "a payment that was counted was reversed"
    assert came_in(held, {})[0] == 0


def test_every_case_cites_what_is_registered() -> None:
    texts = load_rulebook(None).texts
    for name in ("segments.yaml", "promises.yaml"):
        for case in cases(name):
            assert Cite.model_validate(case["because"]).text in texts, case["case"]
    check_citations(texts, LAW.versions, SourceFile("desk/collection.yaml", "rulebook/desk/collection.yaml", b""))


@settings(max_examples=40)
@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=8, max_size=30), st.integers(1, 99))
def test_a_split_is_fair_and_stays(key: str, percent: int) -> None:
    trial = _trial(key, percent)
    drawn = [side_of(f"KH{at:09d}", trial) for at in range(2000)]
    share = sum(side == "challenger" for side in drawn) / len(drawn)
    # Five standard deviations: one in some millions is further off.
    assert abs(share - percent / 100) < 5 * (percent / 100 * (1 - percent / 100) / len(drawn)) ** 0.5
    assert drawn == [side_of(f"KH{at:09d}", trial) for at in range(2000)]
    wider = _trial(key, min(percent + 10, 100))
    assert all(side_of(f"KH{at:09d}", wider) == "challenger" for at in range(500) if drawn[at] == "challenger")


def test_a_split_is_of_the_debtor_alone_and_another_key_draws_anew() -> None:
    alone = [planned({"debtor": f"KH{at}", "days": 2, "cure": 2000})[0]["arm"] for at in range(40)]
    together = planned(*({"debtor": f"KH{at}", "days": 2, "cure": 2000} for at in range(40)))
    assert [row["arm"] for row in together] == alone
    assert {row["strategy"] for row in together if row["arm"] == "challenger"} == {"early_call"}
    assert {row["strategy"] for row in together if row["arm"] == "champion"} == {"standard"}
    one, other = _trial("a-first-key", 50), _trial("another-key", 50)
    same = sum(side_of(f"KH{at}", one) == side_of(f"KH{at}", other) for at in range(4000))
    assert 1800 < same < 2200
    # What was drawn once is drawn for ever: these stand in banks' books.
    assert [side_of(f"KH{at:09d}", RULES.trials[0]) for at in range(6)] == [
        "champion", "champion", "challenger", "champion", "challenger", "champion",
    ]  # fmt: skip


LATE = st.fixed_dictionaries({
    "days": st.integers(1, 400), "cure": st.integers(1, 10**7), "broken": st.integers(0, 5),
    "score": st.none() | st.integers(300, 850),
    "level": st.sampled_from([None, "blue", "yellow", "orange", "red"]),
    "form": st.sampled_from(["person", "company"]),
})  # fmt: skip


@settings(max_examples=60)
@given(LATE, st.sampled_from(["days", "cure", "broken"]), st.integers(1, 10**5))
def test_whoever_owes_more_or_breaks_more_never_waits_longer(late: dict[str, Any], what: str, more: int) -> None:
    first, second = planned(late, late | {what: late[what] + more})
    assert second["priority"] >= first["priority"]
    assert first["segment"] in {each.segment for each in RULES.segments}


def test_the_difference_of_two_shares_has_its_interval() -> None:
    # Newcombe (1998), Table II, method 10: 56/70 against 48/80.
    held = difference(Side(80, 48), Side(70, 56), 95_000_000)
    assert held is not None
    assert (round(held.of, 4), round(held.low, 4), round(held.high, 4)) == (0.2, 0.0524, 0.3339)
    assert held.is_sure
    assert difference(Side(0, 0), Side(10, 3), 95_000_000) is None
    even = difference(Side(40, 20), Side(40, 21), 95_000_000)
    assert even is not None
    assert not even.is_sure


def _trial(key: str, percent: int) -> Trial:
    return RULES.trials[0].model_copy(update={"key": key, "share_e8": percent * 10**6})


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"segments": RULES.segments[-1:] * 2, "trials": ()}, "stands twice"),
        ({"segments": RULES.segments[:-1], "trials": ()}, "the last segment"),
        ({"teams": RULES.teams[:1]}, "is named and not there"),
        ({"outcomes": (*RULES.outcomes, RULES.outcomes[0])}, "stands twice"),
        ({"trials": (*RULES.trials, RULES.trials[0])}, "stands twice"),
    ],
)
def test_rules_that_lose_a_debtor_or_name_nobody_are_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        RULES.changed(**changed)
