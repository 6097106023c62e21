"""Amounts as collectors type them."""

import re
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from postloan.errors import FormWrong

_AMOUNT = re.compile(r"\d{1,14}(\.\d{1,2})?")


def amount_from(given: Mapping[str, str], field: str) -> int:
    """An amount above 0, with or without thousands separators, in cents. Raises FormWrong."""
    written = given.get(field, "").replace(",", "").strip()
    if not _AMOUNT.fullmatch(written) or Decimal(written) == 0:
        raise FormWrong(
            message=_("金额没有填写或不对。"), hint=_("请填写大于零的金额，最多两位小数。"), where={"field": field}
        )
    return int(Decimal(written) * 100)
