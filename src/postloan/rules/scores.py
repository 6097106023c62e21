"""The shape of the rule of the behavioural score: a version names the card that the night scores by, and its hash."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from postloan.rules.figures import Cited, Version


@dataclass(frozen=True)
class CardInForce:
    """A card that a version of the rule names, as its file stands beside the rule."""

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
