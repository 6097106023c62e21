"""What pages send, read and checked: whole numbers, amounts, days, ids that the page made, ticked rows."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from postloan.errors import FormWrong

WHOLE_DIGITS = 9
"""Digits that fit the database's ordinary whole numbers: versions, counts, marks."""
CENTS_DIGITS = 18
"""Digits that fit its long ones: keys and amounts."""
REASON_MOST = 1000
"""Signs of a reason that an entry of the audit chain holds."""
SHORT_MOST = 500
"""Signs of a shorter text: a measure, a finding, a reason that a row keeps."""
LONG_MOST = 2000
"""Signs of a longer text: what happened, what a decision rests on."""
AMOUNT = re.compile(r"\d{1,14}(\.\d{1,2})?")
"""An amount as it is typed, without thousands separators."""


def whole_from(given: Mapping[str, str], field: str, *, digits: int = WHOLE_DIGITS) -> int:
    """A whole number that a page sends. Raises FormWrong where it is none, or has more digits."""
    written = given.get(field, "").strip()
    if not written.isdecimal() or len(written) > digits:
        raise _incomplete(field)
    return int(written)


def day_from(given: Mapping[str, str], field: str) -> date:
    """A day that a page sends. Raises FormWrong."""
    try:
        return date.fromisoformat(given.get(field, ""))
    except ValueError:
        raise FormWrong(
            message=_("日期没有填写或不对。"), hint=_("请写成 2024-03-31。"), where={"field": field}
        ) from None


def text_from(given: Mapping[str, str], field: str, most: int = REASON_MOST) -> str:
    """A text that a page sends, "" where it sends none, of at most so many signs. Raises FormWrong: it is never cut.

    A browser sends a new line as two signs and counts it as one; it is kept as one.
    """
    text = given.get(field, "").replace("\r\n", "\n")
    check_text(text, field, most)
    return text


def reason_from(given: Mapping[str, str]) -> str:
    """The reason that a page sends, "" where it sends none. Raises FormWrong where it is longer than is kept of it."""
    return text_from(given, "reason")


def check_text(text: str, field: str = "reason", most: int = REASON_MOST) -> None:
    """Refuse a text of more signs than are kept of it, rather than cut it. Raises FormWrong."""
    if len(text) > most:
        raise FormWrong(
            message=_("填写的文字太长。"), hint=_("请缩短到 %(most)d 个字以内后再提交。") % {"most": most},
            where={"field": field, "most": most, "given": len(text)},
        )  # fmt: skip


def made_id_from(given: Mapping[str, str], field: str) -> UUID:
    """An id that the page made, so that sending it twice is one deed. Raises FormWrong."""
    try:
        return UUID(given.get(field, ""))
    except ValueError:
        raise _incomplete(field) from None


def cents_from(given: Mapping[str, str], field: str) -> int:
    """An amount above 0 in whole cents, never through a float; thousands separators are allowed. Raises FormWrong."""
    written = given.get(field, "").replace(",", "").strip()
    if not AMOUNT.fullmatch(written) or Decimal(written) == 0:
        raise FormWrong(
            message=_("金额没有填写或不对。"), hint=_("请填写大于零的金额，最多两位小数。"), where={"field": field}
        )
    return int(Decimal(written) * 100)


def ticked_from(given: QueryDict, field: str = "ticked") -> list[int]:
    """The keys of the ticked rows. Raises FormWrong where there are none."""
    ticked = [int(each) for each in given.getlist(field) if each.isdecimal() and len(each) <= CENTS_DIGITS]
    if not ticked:
        raise FormWrong(message=_("没有勾选任何记录。"), hint=_("请先在列表中勾选。"), where={"field": field})
    return ticked


def _incomplete(field: str) -> FormWrong:
    return FormWrong(message=_("表单不完整。"), hint=_("请刷新页面后再提交。"), where={"field": field})
