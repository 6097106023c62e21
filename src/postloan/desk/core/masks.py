"""Masks: what is shown of personal data until an officer gives a reason to see it."""

_KEPT_OF_NUMBER = (3, 4)
_KEPT_OF_PHONE = (3, 4)


def masked_number(plain: str) -> str:
    """An identity number with its first three and last four characters: 330************123."""
    return _masked(plain, *_KEPT_OF_NUMBER)


def masked_phone(plain: str) -> str:
    """A phone number with its first three and last four digits: 138****1234."""
    return _masked(plain, *_KEPT_OF_PHONE)


def _masked(plain: str, first: int, last: int) -> str:
    """Keep both ends; of a text too short to hide anything between them, keep nothing."""
    if len(plain) <= first + last:
        return "*" * len(plain)
    return plain[:first] + "*" * (len(plain) - first - last) + plain[-last:]
