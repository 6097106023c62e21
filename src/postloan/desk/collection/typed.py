"""Amounts as collectors type them."""

import re
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from postloan.errors import FormWrong

_AMOUNT = re.compile(r"\d{1,14}(\.\d{1,2})?")


def amount_from(given: Mapping[str, str], field: str) -> int:
    """An amount of the unit, with or without thousands separators, in cents. Raises FormWrong."""
    written = given.get(field, "").replace(",", "").strip()
    if not _AMOUNT.fullmatch(written):
        raise FormWrong(message=_("金额不对。"), hint=_("请写成 1234.56。"), where={"field": field})
    return int(Decimal(written) * 100)
