"""A price parted over claims: an earlier rank first, within a rank by size, and no cent lost."""

from hypothesis import given
from hypothesis import strategies as some

from postloan.plan.collateral_proceeds import Claimed, part_by_rank


def claim(rank: int, cents: int) -> Claimed:
    return Claimed("L", "D", rank, cents)


def test_an_earlier_rank_is_met_before_a_later_one_has_a_cent() -> None:
    claims = [claim(2, 100), claim(1, 300), claim(1, 100)]
    assert part_by_rank(claims, 0) == [0, 0, 0]
    assert part_by_rank(claims, 399) == [0, 299, 100]
    assert part_by_rank(claims, 400) == [0, 300, 100]
    assert part_by_rank(claims, 401) == [1, 300, 100]
    assert part_by_rank(claims, 1_000) == [100, 300, 100]
    assert part_by_rank([claim(1, 0)], 5) == [0]
    assert part_by_rank([], 5) == []


CLAIMS = some.lists(some.builds(claim, some.integers(1, 3), some.integers(0, 10**14)), max_size=6)


@given(CLAIMS, some.integers(0, 10**15))
def test_no_cent_is_lost_and_nobody_has_more_than_his_claim(claims: list[Claimed], cents: int) -> None:
    paid = part_by_rank(claims, cents)
    assert sum(paid) == min(cents, sum(each.claim_cents for each in claims))
    assert all(0 <= part <= each.claim_cents for part, each in zip(paid, claims, strict=True))
    for part, each in zip(paid, claims, strict=True):
        later = [other for other, one in zip(paid, claims, strict=True) if one.rank > each.rank]
        assert part == each.claim_cents or not any(later)
