"""The rule of the supervisor's forms: every overdue day has one line, and what cannot be read is refused."""

from datetime import date

import pytest

from postloan.errors import RuleFileWrong
from postloan.rules.forms import Forms


def test_the_lines_begin_at_the_first_day_and_rise(shelf) -> None:
    forms = shelf.read().version("forms", Forms, date(2024, 1, 1))
    assert [line.from_days for line in forms.overdue_lines] == [1, 31, 61, 91, 181, 271, 361]
    assert (forms.consumer_whole_balance.from_days, forms.restructured_overdue.over_days) == (91, 90)


@pytest.mark.parametrize(
    ("old", "new"),
    [("from_days: 1,", "from_days: 0,"), ("from_days: 61", "from_days: 31"), ("over_days: 90", "over_days: -1")],
)
def test_a_gap_or_an_overlap_is_refused(shelf, old: str, new: str) -> None:
    shelf.edit("national/forms.yaml", old, new)
    with pytest.raises(RuleFileWrong):
        shelf.read()
