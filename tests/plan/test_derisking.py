"""De-risking a circle: what a change may do to a fall and to chance, that losses add up, and the next cuts."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from a_network import ON
from hypothesis import given
from hypothesis import strategies as st

from postloan.plan.circles import Circle
from postloan.plan.derisking import Changes, Cut, Weighed, next_cuts, weigh
from postloan.rules.circle_rules import CircleRules
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.rulebook import load_rulebook
from postloan.rules.stresses import Stresses

RULES = load_desk_rules(None).version("circles", CircleRules, ON)
LAW = load_rulebook(None).version("stresses", Stresses, ON).contagion.model_copy(update={"draws": 100})
SIZE = 6
NUMBERS = [3, 5, 8, 13, 21, 34]

Pair = tuple[int, int, int]


def circle(pairs: list[Pair], claims: list[int], buffers: list[int], numbers: list[int] | None = None) -> Circle:
    """Six debtors; a pair names them by place. What is lost is half of a claim, and who owes more fails less often."""
    numbers = numbers or NUMBERS
    called = {(numbers[debtor], numbers[other]): min(cents, claims[debtor]) for debtor, other, cents in pairs
              if debtor != other}  # fmt: skip
    members = pl.DataFrame({
        "debtor_no": numbers, "claim_cents": claims, "buffer_cents": buffers,
        "loss_cents": [claim // 2 for claim in claims], "chance": [1 / (2 + claim) for claim in claims],
        "is_impaired": [False] * SIZE,
    }).sort("debtor_no")  # fmt: skip
    rows = [(*ends, cents) for ends, cents in called.items()]
    schema = {"debtor_no": pl.Int64, "guarantor_no": pl.Int64, "called_cents": pl.Int64}
    return Circle(members, pl.DataFrame(rows, schema=schema, orient="row").sort("debtor_no", "guarantor_no"))


def weighed(held: Circle, first: set[int], numbers: list[int] | None = None) -> Weighed:
    return weigh(held, frozenset((numbers or NUMBERS)[at] for at in first), LAW, RULES.trials)


PLACES = st.integers(0, SIZE - 1)
PAIRS = st.lists(st.tuples(PLACES, PLACES, st.integers(1, 90)), max_size=12)
CENTS = st.lists(st.integers(0, 80), min_size=SIZE, max_size=SIZE)
FIRST = st.sets(PLACES, min_size=1, max_size=2)


@given(PAIRS, CENTS, CENTS, FIRST, st.data())
def test_no_change_makes_a_fall_or_a_year_worse(
    pairs: list[Pair], claims: list[int], buffers: list[int], first: set[int], data: st.DataObject
) -> None:
    held = circle(pairs, claims, buffers)
    before = weighed(held, first)
    ties = [tuple(row[:2]) for row in held.pairs.iter_rows()]
    change = Changes(
        released=frozenset(data.draw(st.sets(st.sampled_from(ties))) if ties else ()),
        gone=frozenset(data.draw(st.sets(st.sampled_from(NUMBERS), max_size=2))),
        support_cents=data.draw(st.dictionaries(st.sampled_from(NUMBERS), st.integers(1, 100), max_size=2)),
    )
    changed = change.laid_on(held)
    # Who is gone does not fall first either.
    after = weigh(changed, frozenset(NUMBERS[at] for at in first) - change.gone, LAW, RULES.trials)
    fell = [set(each.members.filter(pl.col("round") >= 0)["debtor_no"]) for each in (after, before)]
    assert fell[0] <= fell[1]
    assert after.lost_cents <= before.lost_cents
    assert after.expected_cents <= before.expected_cents
    assert after.expected_fallen <= before.expected_fallen + 1e-9
    assert after.called_cents <= before.called_cents
    assert after.core_count <= before.core_count
    assert changed.members["debtor_no"].equals(held.members["debtor_no"])


@given(PAIRS, CENTS, CENTS, FIRST)
def test_losses_and_calls_add_up(pairs: list[Pair], claims: list[int], buffers: list[int], first: set[int]) -> None:
    held = circle(pairs, claims, buffers)
    found = weighed(held, first)
    fell = found.members.filter(pl.col("round") >= 0)["debtor_no"].implode()
    of_fallen = held.members.filter(pl.col("debtor_no").is_in(fell))
    assert found.fallen == of_fallen.height == sum(each.debtors for each in found.rounds)
    assert found.lost_cents == of_fallen["loss_cents"].sum() <= held.members["loss_cents"].sum()
    assert sum(each.claim_cents for each in found.rounds) == of_fallen["claim_cents"].sum()
    assert found.called_cents == held.pairs.filter(pl.col("debtor_no").is_in(fell))["called_cents"].sum()
    assert found.called_cents == found.members["called_cents"].sum()
    stands = found.members.join(held.members, on="debtor_no").filter(pl.col("round") < 0)
    assert (stands["called_cents"] <= stands["buffer_cents"]).all(), "who stands pays all that is called"
    assert 0 <= found.paid_cents <= found.called_cents


@given(PAIRS, CENTS, CENTS, FIRST, st.permutations(NUMBERS))
def test_the_order_of_numbers_does_not_matter(
    pairs: list[Pair], claims: list[int], buffers: list[int], first: set[int], numbers: list[int]
) -> None:
    one, other = circle(pairs, claims, buffers), circle(pairs, claims, buffers, numbers)
    found, same = weighed(one, first), weighed(other, first, numbers)
    assert (found.rounds, found.lost_cents, found.called_cents, found.paid_cents, found.core_count) == (
        same.rounds, same.lost_cents, same.called_cents, same.paid_cents, same.core_count,
    )  # fmt: skip
    shuffled = Circle(one.members, one.pairs.sample(fraction=1.0, shuffle=True, seed=1))
    again = weighed(shuffled, first)
    assert again.members.equals(found.members)


@given(PAIRS, CENTS, CENTS, FIRST)
def test_each_next_cut_is_the_best_of_all_and_leaves_what_it_says(
    pairs: list[Pair], claims: list[int], buffers: list[int], first: set[int]
) -> None:
    held, falls = circle(pairs, claims, buffers), frozenset(NUMBERS[at] for at in first)
    before = weighed(held, first).lost_cents
    told = next_cuts(held, falls, RULES.next_cuts)
    assert len(told.cuts) <= RULES.next_cuts.cuts
    left = before
    for cut in told.cuts:
        best = max((lowered(held, falls, each, left) for each in every(held, falls)), default=0)
        assert lowered(held, falls, change(cut), left) == pytest.approx(best)
        held = change(cut).laid_on(held)
        assert cut.left_cents == weigh(held, falls, LAW, RULES.trials).lost_cents == left - cut.lowers_cents
        assert cut.left_cents < left
        left = cut.left_cents
    if len(told.cuts) < RULES.next_cuts.cuts:
        assert all(lowered(held, falls, each, left) <= 0 for each in every(held, falls)), "it stopped too soon"


def change(cut: Cut) -> Changes:
    if cut.guarantor_no is None:
        return Changes(gone=frozenset({cut.debtor_no}))
    return Changes(released=frozenset({(cut.debtor_no, cut.guarantor_no)}))


def every(held: Circle, falls: frozenset[int]) -> list[Changes]:
    """Each guarantee, and each debtor that did not fall first."""
    ties = [Changes(released=frozenset({tuple(row[:2])})) for row in held.pairs.iter_rows()]
    return ties + [Changes(gone=frozenset({number})) for number in NUMBERS if number not in falls]


def lowered(held: Circle, falls: frozenset[int], made: Changes, before: int) -> float:
    """How much less is lost for what is given up."""
    is_tie = pl.concat_list("debtor_no", "guarantor_no").is_in([list(each) for each in made.released])
    given = held.pairs.filter(is_tie)["called_cents"].sum() if made.released else 0
    given += held.members.filter(pl.col("debtor_no").is_in(list(made.gone)))["claim_cents"].sum()
    given += held.pairs.filter(pl.col("guarantor_no").is_in(list(made.gone)))["called_cents"].sum()
    return (before - weigh(made.laid_on(held), falls, LAW, RULES.trials).lost_cents) / max(given, 1)


def test_a_cut_by_hand() -> None:
    """0 falls, then 1, then 2 and 3: to release 1 to 2 saves 40 for 10, and to let 1 go saves 90 for 70 and more."""
    claims, buffers = [100, 50, 80, 20, 0, 0], [0, 19, 9, 9, 0, 0]
    pairs = [(0, 1, 20), (1, 2, 10), (1, 3, 20)]
    held = circle(pairs, claims, buffers)
    told = next_cuts(held, frozenset({NUMBERS[0]}), RULES.next_cuts)
    assert told.cuts == (
        Cut(NUMBERS[1], NUMBERS[2], 40, 10, 85),
        Cut(NUMBERS[0], NUMBERS[1], 35, 20, 50),
    )
    assert (told.tried, told.among) == (6, 6)
    fewer = next_cuts(held, frozenset({NUMBERS[0]}), RULES.next_cuts.model_copy(update={"tried": 1}))
    assert (fewer.tried, fewer.among) == (1, 6)
    assert fewer.cuts[0].gives_up_cents == 90, "the greatest amount is tried first: what 2 owes, and gave"
    assert all(earlier.left_cents > later.left_cents for earlier, later in pairwise(told.cuts))


def test_support_from_outside_is_called_first() -> None:
    """30 of 50 are paid from outside: 20 is called, and 1 stands; of 25 lost nothing is left."""
    held = circle([(0, 1, 50)], [50, 10, 0, 0, 0, 0], [0, 20, 0, 0, 0, 0])
    assert weighed(held, {0}).fallen == 2
    after = weighed(Changes(support_cents={NUMBERS[0]: 30}).laid_on(held), {0})
    assert (after.fallen, after.lost_cents, after.called_cents, after.paid_cents) == (1, 0, 20, 20)
    less = weighed(Changes(support_cents={NUMBERS[0]: 29}).laid_on(held), {0})
    assert (less.fallen, less.called_cents) == (2, 21)


def test_chance_draws_a_member_alike_before_and_after() -> None:
    held = circle([(0, 1, 50)], [50, 10, 3, 4, 5, 6], [0, 0, 0, 0, 0, 0])
    before, after = weighed(held, {0}), weighed(Changes(released=frozenset({(3, 5)})).laid_on(held), {0})
    along = [each.members["along_ratio"].to_numpy() for each in (before, after)]
    assert along[0][1] > 0
    assert not np.delete(along[0], 1).any()
    assert not along[1].any()
    assert replace(Changes(), gone=frozenset()).laid_on(held).pairs.equals(held.pairs)
