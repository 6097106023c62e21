"""A walk from one party along ties: who is met at which step, never more than a graph can show, and where each stands.

Parties and members are places here; whose names an officer may see is asked elsewhere.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Walked:
    """Who was met.

    step      per place, how many steps from the first; in the order in which they were met.
    edges     the ties between those met.
    left_out  how many more were met and not taken, since the graph is full.
    spots     per place, where it is drawn: the first in the middle, each step on a ring around it.
    """

    step: Mapping[int, int]
    edges: pl.DataFrame
    left_out: int
    spots: Mapping[int, tuple[float, float]]


def walk(edges: pl.DataFrame, first: int, *, steps: int, most: int, further: Collection[int] = ()) -> Walked:
    """Walk some steps from a place, and one step further from some of those met.

    edges  from_place, to_place, amount_cents; of one step the greatest amounts are met first.
    """
    step, parent, out = {first: 0}, dict[int, int](), set[int]()
    for _ in range(steps):
        last = max(step.values())
        out |= _meet(edges, [place for place, at in step.items() if at == last], step, parent, most)
    for place in further:
        if place in step:
            out |= _meet(edges, [place], step, parent, most)
    met = list(step)
    between = edges.filter(pl.col("from_place").is_in(met) & pl.col("to_place").is_in(met))
    return Walked(step, between, len(out - step.keys()), _spots(first, step, parent))


def _meet(
    edges: pl.DataFrame, frontier: Sequence[int], step: dict[int, int], parent: dict[int, int], most: int
) -> set[int]:
    """Take whom some places are tied to while there is room; return who is left out."""
    ways = pl.concat([
        edges.filter(pl.col(here).is_in(frontier)).select("amount_cents", here=here, there=there)
        for here, there in (("from_place", "to_place"), ("to_place", "from_place"))
    ]).sort("amount_cents", "here", "there", descending=[True, False, False], nulls_last=True)  # fmt: skip
    out = set()
    for _, here, there in ways.iter_rows():
        if there in step:
            continue
        if len(step) >= most:
            out.add(there)
            continue
        step[there], parent[there] = step[here] + 1, here
    return out


def _spots(first: int, step: Mapping[int, int], parent: Mapping[int, int]) -> dict[int, tuple[float, float]]:
    """Give each a sector of its parent's, as wide as what hangs on it."""
    children: dict[int, list[int]] = {place: [] for place in step}
    for place, over in parent.items():
        children[over].append(place)
    wide = dict.fromkeys(step, 1)
    for place in sorted(step, key=lambda each: -step[each]):
        wide[place] = max(1, sum(wide[child] for child in children[place]))
    spots, begins = {first: (0.0, 0.0)}, {first: (0.0, math.tau)}
    for place in sorted(step, key=lambda each: step[each]):
        begin, sector = begins[place]
        for child in children[place]:
            part = sector * wide[child] / wide[place]
            begins[child] = (begin, part)
            angle, radius = begin + part / 2, float(step[child])
            spots[child] = (round(radius * math.cos(angle), 4), round(radius * math.sin(angle), 4))
            begin += part
    return spots
