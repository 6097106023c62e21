"""A reason that a page sends is kept whole, or refused: it is never cut."""

import re
from pathlib import Path

import pytest

import postloan.desk
from postloan.desk.core.forms import REASON_MOST, reason_from
from postloan.errors import FormWrong


def test_a_reason_is_kept_whole_up_to_what_the_chain_holds() -> None:
    assert reason_from({"reason": "因" * REASON_MOST}) == "因" * REASON_MOST
    assert reason_from({}) == ""


def test_a_longer_one_is_refused_with_both_numbers() -> None:
    with pytest.raises(FormWrong) as refused:
        reason_from({"reason": "因" * (REASON_MOST + 1)})
    assert refused.value.where == {"most": REASON_MOST, "given": REASON_MOST + 1}


def test_no_page_offers_room_for_more() -> None:
    """The templates' own bound, where they give one, is the same."""
    pages = Path(postloan.desk.__path__[0]).rglob("*.html")
    bounds = {m for page in pages for m in re.findall(r'name="reason"[^>]*maxlength="(\d+)"', page.read_text())}
    assert max(map(int, bounds)) == REASON_MOST
