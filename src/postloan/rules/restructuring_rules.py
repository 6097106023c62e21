"""The shape of the desk's rule of restructurings: consents, the time to agree, and the options to begin with."""

from typing import Annotated, Literal

from pydantic import Field

from postloan.rules.figures import Cited, ShareE8, Strict, Version, Words

ChangeKind = Literal[
    "extension", "rate_change", "deferral", "capitalise", "reamortise", "split", "waiver", "write_off"
]  # fmt: skip
Typed = Literal["extension", "deferral", "capitalise", "reamortise", "split"]


class ChangesMeant(Cited):
    """The kinds of change that a demand of the law means."""

    kinds: Annotated[tuple[ChangeKind, ...], Field(strict=False, min_length=1)]


class Preset(Strict):
    """An option that a comparison begins with: what stands in its fields; rate_share is of the rate in force."""

    zh: Words
    en: Words
    typed: dict[Typed, Words] = Field(default_factory=dict)
    rate_share_e8: ShareE8 | None = Field(default=None, alias="rate_share")


class Restructurings(Version):
    """What the desk asks of restructurings from a day on."""

    consent: ChangesMeant
    before_maturity: ChangesMeant
    presets: Annotated[tuple[Preset, ...], Field(strict=False, min_length=4, max_length=4)]
