"""The rules of guarantee circles at the desk: how far a graph looks, how much is tried, how many cuts are proposed."""

from typing import Annotated

from pydantic import Field

from postloan.rules.figures import Cited, Version

Bound = Annotated[int, Field(ge=1, le=10**9)]


class Graph(Cited):
    """The most that one graph shows: steps from the debtor, and nodes."""

    steps: Annotated[int, Field(ge=1, le=9)]
    nodes: Annotated[int, Field(ge=2, le=500)]


class Trials(Cited):
    """How much is tried.

    longest            debtors of the longest ring of guarantees that is looked for.
    passed             guarantees after which a trial of a fall is broken off.
    drawn, draws_least debtors that are drawn in all, and how often each is at least.
    """

    longest: Annotated[int, Field(ge=2, le=9)]
    passed: Bound
    drawn: Bound
    draws_least: Annotated[int, Field(ge=100, le=10_000)]

    def draws(self, most: int, size: int) -> int:
        """How often a circle of so many debtors is drawn, where `most` are asked for."""
        return min(most, max(self.draws_least, self.drawn // max(size, 1)))


class NextCuts(Cited):
    """How many next cuts are proposed, and of how many guarantees and debtors each is the best."""

    cuts: Annotated[int, Field(ge=1, le=50)]
    tried: Bound


class CircleRules(Version):
    """How far the desk looks into guarantee circles from a day on."""

    graph: Graph
    trials: Trials
    next_cuts: NextCuts
