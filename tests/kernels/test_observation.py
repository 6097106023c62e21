"""The observation of restructured loans, against an oracle that lives through every day of one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from late_loans import EPOCH, day_number

from postloan.kernels.daycount import NEVER
from postloan.kernels.observation import months_after, watch

START = date(2024, 1, 15)
DAYS = 500
LATER = st.integers(0, DAYS - 1)


class Restructuring(NamedTuple):
    """Decided on a day, the first due day so many days later (None: nothing is to come)."""

    at: int
    first_due_after: int | None = 20
    says_repeat: bool = False


@dataclass(frozen=True)
class Story:
    """What happened to a loan, by days from the beginning: decisions, findings, and from when to when it was late."""

    restructured: tuple[Restructuring, ...] = ()
    findings: tuple[tuple[int, bool], ...] = ()
    late: tuple[tuple[int, int], ...] = ()
    months: int = 6


def day(at: int) -> date:
    return START + timedelta(days=at)


def late_since(story: Story, at: int) -> int | None:
    return max((since for since, until in story.late if since < at < until), default=None)


Answer = tuple[bool, bool, date | None]


def lived(story: Story) -> list[Answer]:
    """Every day in order, as the articles are read aloud."""
    begun: date | None = None
    again, answers = False, []
    for at in range(DAYS):
        for each in story.restructured:
            if each.at == at:
                again = each.says_repeat or begun is not None
                begun = day(at + (each.first_due_after or 0))
        late_from = late_since(story, at)
        if begun is not None and late_from is not None:
            begun = max(begun, day(late_from))
        for found_at, is_resolved in story.findings:
            if found_at != at or begun is None:
                continue
            if not is_resolved:
                begun = max(begun, day(at))
            elif late_from is None and day(at) >= later(begun, story.months):
                begun, again = None, False
        answers.append((begun is not None, begun is not None and again, begun and later(begun, story.months)))
    return answers


def later(start: date, months: int) -> date:
    """The same day of a later month, or its last."""
    first = date(start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=start.day - 1), last)


def watched(stories: list[Story], is_kept: Callable[[int], bool] = range(DAYS).__contains__) -> list[list[Answer]]:
    """What the kernel says of the days that are kept; the rows of all loans lie among one another, day by day."""
    rows = [(place, at) for at in range(DAYS) if is_kept(at) for place in range(len(stories))]

    def numbers(value: Callable[[Story, int], int | None]) -> np.ndarray:
        found = [value(stories[place], at) for place, at in rows]
        return np.array([NEVER if at is None else day_number(day(at)) for at in found], np.int32)

    def latest(story: Story, at: int) -> Restructuring | None:
        return max((each for each in story.restructured if each.at <= at), default=None, key=lambda each: each.at)

    def finding(story: Story, at: int) -> tuple[int, bool] | None:
        return max((each for each in story.findings if each[0] <= at), default=None)

    def first_due(story: Story, at: int) -> int | None:
        found = latest(story, at)
        return None if found is None or found.first_due_after is None else found.at + found.first_due_after

    is_watched, is_repeat, until = watch(
        np.array([place for place, _ in rows], np.int32),
        numbers(lambda story, at: (found := latest(story, at)) and found.at), numbers(first_due),
        np.array([bool((found := latest(stories[place], at)) and found.says_repeat) for place, at in rows]),
        numbers(lambda story, at: None if (found := finding(story, at)) is None else found[0]),
        np.array([bool((found := finding(stories[place], at)) and found[1]) for place, at in rows]),
        numbers(late_since), np.array([stories[place].months for place, _ in rows], np.int32),
    )  # fmt: skip
    ends = [None if end == NEVER else EPOCH + timedelta(days=end) for end in until.tolist()]
    said = list(zip(is_watched.tolist(), is_repeat.tolist(), ends, strict=True))
    return [said[place :: len(stories)] for place in range(len(stories))]


def unique_days(drawn: st.SearchStrategy[tuple]) -> st.SearchStrategy[tuple]:
    return st.lists(drawn, max_size=4, unique_by=lambda each: each[0]).map(lambda each: tuple(sorted(each)))


STORIES = st.builds(
    Story,
    restructured=unique_days(st.builds(Restructuring, LATER, st.none() | st.integers(0, 90), st.booleans())),
    findings=unique_days(st.tuples(LATER, st.booleans())),
    late=st.lists(LATER, max_size=6, unique=True).map(
        lambda days: tuple(zip(sorted(days)[::2], sorted(days)[1::2], strict=False))
    ),
    months=st.sampled_from([0, 1, 6, 12]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STORIES, min_size=1, max_size=3))
def test_it_agrees_with_a_life_lived_day_by_day(stories: list[Story]) -> None:
    assert watched(stories) == [lived(story) for story in stories]


@settings(max_examples=150, deadline=None)
@given(STORIES)
def test_the_days_on_which_something_changed_are_enough(story: Story) -> None:
    events = {each.at for each in story.restructured} | {at for at, _ in story.findings}
    events |= {at for since, until in story.late for at in (since + 1, until)} | {DAYS - 1}
    (answers,) = watched([story], events.__contains__)
    assert answers == [answer for at, answer in enumerate(lived(story)) if at in events]


@given(st.integers(0, 2_000), st.integers(0, 120))
def test_months_later_is_the_same_day_or_the_last(at: int, months: int) -> None:
    assert months_after(day_number(day(at)), months) == day_number(later(day(at), months))


OVER = (later(day(30), 6) - START).days
"""Restructured on day 10, first due on day 30: from this day on a finding may end the observation."""


@pytest.mark.parametrize(
    ("story", "at", "answer"),
    [
        (Story(), 400, (False, False, None)),
        (Story((Restructuring(10),)), 9, (False, False, None)),
        (Story((Restructuring(10),)), 10, (True, False, day(OVER))),
        # The time being over ends nothing: it takes a decision, and none made sooner counts.
        (Story((Restructuring(10),)), OVER + 100, (True, False, day(OVER))),
        (Story((Restructuring(10),), ((OVER - 1, True),)), OVER + 100, (True, False, day(OVER))),
        (Story((Restructuring(10),), ((OVER, True),)), OVER, (False, False, None)),
        # The difficulty goes on: another period from the finding.
        (Story((Restructuring(10),), ((OVER, False),)), OVER, (True, False, later(day(OVER), 6))),
        # A default begins the time anew from the day it fell due; while it lasts nothing ends.
        (Story((Restructuring(10),), late=((60, 70),)), 100, (True, False, later(day(60), 6))),
        (Story((Restructuring(10),), ((OVER, True),), ((60, 70),)), OVER, (True, False, later(day(60), 6))),
        (Story((Restructuring(10),), ((OVER, True),), ((20, 400),)), OVER, (True, False, day(OVER))),
        # Again while it is watched is a repeat; after the observation has ended it is the first anew.
        (Story((Restructuring(10), Restructuring(100))), 100, (True, True, later(day(120), 6))),
        (Story((Restructuring(10), Restructuring(300)), ((OVER, True),)), 300, (True, False, later(day(320), 6))),
        (Story((Restructuring(10, says_repeat=True),)), 10, (True, True, day(OVER))),
        # Nothing is to fall due any more: the time runs from the decision.
        (Story((Restructuring(10, None),)), 10, (True, False, later(day(10), 6))),
    ],
)
def test_an_observation_as_the_articles_have_it(story: Story, at: int, answer: Answer) -> None:
    assert watched([story])[0][at] == answer
