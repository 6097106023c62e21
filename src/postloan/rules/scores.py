"""The shapes of the rules that name a card: by which loans are scored, and by which debtors are warned of."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from postloan.rules.figures import ONE_E8, Cited, ShareE8, Strict, Version, Words
from postloan.rules.warnings import InTwo, Level, Of, SignalId
from postloan.tables.warnings import LEVELS


@dataclass(frozen=True)
class CardInForce:
    """A card that a version of a rule names, as its file stands beside the rule."""

    rule: str
    name: str
    sha256: str
    content: bytes


class Scorecard(Cited):
    """A card in a file beside the rule; sha256 is the card's own hash, as the register of models shows it."""

    file: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*\.json$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class BehaviourScore(Version):
    """The card that loans are scored by from a day on; none where the bank scores none."""

    scorecard: Scorecard | None = None


class PdRung(Strict):
    """A level, and from what probability on it holds."""

    level: Level
    pd_from_e8: ShareE8 = Field(alias="pd_from")

    @property
    def pd_from(self) -> float:
        """The probability from which on the level holds."""
        return self.pd_from_e8 / ONE_E8


class ModelSignal(Scorecard):
    """The signal that a model raises of debtors, beside those of the rules.

    levels  from the mildest to the worst; the worst whose probability is reached counts.
    clears  what would clear it.
    """

    of: ClassVar[Of] = "debtor"
    # No condition of it asks a feature.
    asks: ClassVar[tuple[str, ...]] = ()

    id: SignalId
    zh: Words
    en: Words
    levels: Annotated[tuple[PdRung, ...], Field(strict=False, min_length=1)]
    clears: InTwo

    @model_validator(mode="after")
    def levels_and_probabilities_rise(self) -> "ModelSignal":
        """A worse level that is reached sooner would leave the milder one without anybody."""
        places = [LEVELS.index(rung.level) for rung in self.levels]
        bounds = [rung.pd_from_e8 for rung in self.levels]
        if any(each != sorted(set(each)) for each in (places, bounds)):
            raise ValueError("levels stand from the mildest to the worst, each once, and so do their probabilities")
        return self


class WarningModel(Version):
    """The card that debtors are warned of by from a day on; none where rules alone warn."""

    model: ModelSignal | None = None


@dataclass(frozen=True)
class ModelInForce:
    """What a model warns of by, and its card."""

    signal: ModelSignal
    card: CardInForce
