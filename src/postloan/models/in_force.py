"""Cards that a rule names: whether the night may score by one on a day."""

from collections.abc import Collection
from datetime import date

from postloan.errors import RuleFileWrong
from postloan.models.card import Card, ScorecardPart, card_of
from postloan.rules.scores import CardInForce


def card_in_force(named: CardInForce, on: date, *, known: Collection[str]) -> tuple[Card, ScorecardPart]:
    """The card that a rule names, and its points. Raises RuleFileWrong where it cannot score on the day.

    known  the columns that a night knows of what is scored.

    It must be the card of the hash, a scorecard with a calibration over columns that a night knows, and approved for
    the day: no number is published by a model that nobody agreed to. Raises CardWrong, CardChanged too.
    """
    card = card_of(named.content, named.name)
    part = card.parameters
    if card.sha256 != named.sha256:
        raise unfit(named, f"the card's hash is {card.sha256[:12]}, and the rule names {named.sha256[:12]}")
    if not isinstance(part, ScorecardPart) or card.calibration is None:
        raise unfit(named, "it is no scorecard with a calibration")
    if strange := sorted(card.columns - set(known)):
        raise unfit(named, f"a night does not know {strange[0]}")
    if not card.is_effective(on):
        raise unfit(named, f"it is not approved for {on}")
    return card, part


def unfit(named: CardInForce, why: str) -> RuleFileWrong:
    """The refusal of a card that a rule names."""
    return RuleFileWrong(
        message=f"The rule {named.rule} names a card that cannot score: {why}.",
        hint="Lay the approved card from the register of models beside the rule, and its hash into the rule.",
        where={"file": named.name, "rule": named.rule},
    )
