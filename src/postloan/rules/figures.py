"""What every rule is made of: a citation, a cited figure, a dated version, a rule file."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

ONE_E8 = 10**8
RATIO_MOST = 10

Tier = Literal["pass", "special_mention", "substandard", "doubtful", "loss"]
Direction = Literal[
    "lower over_days", "lower up_to_days", "lower over_share", "choose reclassified_on", "choose share",
    "add special_shares",
]  # fmt: skip
Words = Annotated[str, Field(min_length=1)]
Requirement = Annotated[str, Field(pattern=r"^(CLS|PRV|ECL|DSP)-\d\d$")]
Days = Annotated[int, Field(ge=0, le=36_600)]


def exact_share_e8(written: object) -> int:
    """A share as people write it, 0.10, in whole 1e-8. It never passes through a float."""
    return _exact_e8(written, most=1)


def exact_ratio_e8(written: object) -> int:
    """A share of what it may pass, 1.5, in whole 1e-8."""
    return _exact_e8(written, most=RATIO_MOST)


def _exact_e8(written: object, *, most: int) -> int:
    if isinstance(written, bool) or not isinstance(written, Decimal | int | str):
        raise ValueError("a share is a decimal such as 0.10")
    try:
        scaled = Decimal(written) * ONE_E8
    except InvalidOperation:
        raise ValueError("a share is a decimal such as 0.10") from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError("a share has at most eight decimals")
    if not 0 <= scaled <= most * ONE_E8:
        raise ValueError(f"a share lies between 0 and {most}")
    return int(scaled)


def exact_cents(written: object) -> int:
    """An amount as people write it, 1000.50, in whole cents. It never passes through a float."""
    if isinstance(written, bool) or not isinstance(written, int | Decimal):
        raise ValueError("an amount is a number such as 1000000 or 1000000.00")
    cents = Decimal(written) * 100
    if cents != cents.to_integral_value() or cents < 0:
        raise ValueError("an amount is not negative and has at most two decimals")
    return int(cents)


def rises(values: Sequence[int] | Sequence[date]) -> bool:
    """Whether each value is greater than the one before."""
    return all(earlier < later for earlier, later in pairwise(values))  # type: ignore[operator]


def written_share(share_e8: int) -> str:
    """A share as people read it: 10_000_000 is 10 %."""
    return f"{(Decimal(share_e8) / (ONE_E8 // 100)).normalize():f} %"


ShareE8 = Annotated[int, BeforeValidator(exact_share_e8)]
RatioE8 = Annotated[int, BeforeValidator(exact_ratio_e8)]
Cents = Annotated[int, BeforeValidator(exact_cents)]


class Strict(BaseModel):
    """An immutable record that refuses keys it does not know and values of another kind."""

    # A night's workers are given rules that were read: they need no validators built.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Cite(Strict):
    """Where a figure is written, and whether a person has read it there.

    text             id in the register of texts.
    at               the place in that text.
    confirmed_on     the day the figure was last read in a source; null while nobody has.
    place_confirmed  false while the article number is from memory.
    """

    text: Words
    at: Words
    confirmed_on: date | None = None
    place_confirmed: bool = True

    def __str__(self) -> str:
        return f"{self.text} {self.at}"


class Cited(Strict):
    """A figure with its citation on the same line."""

    cite: Cite

    def written(self) -> str:
        """The figure as a line of the rule file without its citation: tier substandard, over_days 90."""
        return written_record(self)


def written_record(record: Strict, keys: Collection[str] | None = None) -> str:
    """A record as a line of the rule file without its citation; of its keys those alone that are given, if any are."""
    return ", ".join(_written_keys(record, keys))


def _written_keys(record: Strict, keys: Collection[str] | None = None) -> Iterator[str]:
    for key, field in type(record).model_fields.items():
        held = getattr(record, key)
        if key != "cite" and held is not None and (keys is None or key in keys):
            yield f"{field.alias or key} {_written(key, held)}"


def _written(key: str, held: object) -> str:
    if isinstance(held, tuple):
        return " or ".join(_written(key, each) for each in held)
    if isinstance(held, Strict):
        return f"({', '.join(_written_keys(held))})"
    return written_share(held) if isinstance(held, int) and key.endswith("_e8") else str(held)


class Version(Strict):
    """What a rule says from one day on, until the next version begins. There is no end date to get wrong."""

    # `from` is the word in the file; Python keeps it for itself.
    since: date = Field(alias="from")

    def cited(self) -> Iterator[tuple[str, Cited]]:
        """Every figure of the version, with the key it stands under; `group.key` where figures stand in groups."""
        for key, held in self:
            for each in held if isinstance(held, tuple) else (held,):
                if isinstance(each, Cited):
                    yield key, each
            if isinstance(held, Strict) and not isinstance(held, Cited):
                yield from ((f"{key}.{of}", figure) for of, figure in held if isinstance(figure, Cited))

    def changed(self, **changes: object) -> Self:
        """The same version with some keys changed, and its own rules checked again."""
        fields = type(self).model_fields.items()
        held = {field.alias or key: changes.get(key, getattr(self, key)) for key, field in fields}
        return type(self).model_validate(held)


V = TypeVar("V", bound=Version)


def latest_begun(versions: tuple[V, ...], on: date) -> V | None:
    """The latest of a rule's versions, oldest first, that has begun by `on`, if any has."""
    return next((version for version in reversed(versions) if version.since <= on), None)


class RuleFile(Strict, Generic[V]):
    """One rule of law or of the bank's policy: its name, its sentence, and its versions, oldest first.

    covers  the requirements that it meets, by id, and which part of each.
    """

    rule: Words
    says: Words
    unit: Words | None = None
    # The directions in which the bank's own file may move the figures; anything else is refused.
    bank_may: Annotated[tuple[Direction, ...], Field(strict=False)] = ()
    covers: dict[Requirement, Words] = {}
    versions: Annotated[tuple[V, ...], Field(strict=False)]

    @model_validator(mode="after")
    def versions_follow_one_another(self) -> Self:
        """Two versions cannot begin on one day, and a reader finds them in order."""
        if not self.versions:
            raise ValueError("a rule has at least one version")
        if not rises([version.since for version in self.versions]):
            raise ValueError("versions stand in the order of their `from`, one a day")
        return self
