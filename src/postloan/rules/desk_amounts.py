"""Amounts of the desk's rules: as people write them, in the unit, and in cents as programs hold them."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator


def _cents(written: object) -> int:
    if isinstance(written, bool) or not isinstance(written, int | Decimal):
        raise ValueError("an amount is a number such as 1000000 or 1000000.00")
    cents = Decimal(written) * 100
    if cents != cents.to_integral_value() or cents < 0:
        raise ValueError("an amount is not negative and has at most two decimals")
    return int(cents)


Cents = Annotated[int, BeforeValidator(_cents)]
