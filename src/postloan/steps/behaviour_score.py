"""The behavioural score: points and probability by the card that the rule names, of loans that are performing."""

from datetime import date

import dataframely as dy
import numpy as np
import polars as pl

from postloan.errors import RuleFileWrong
from postloan.models.behaviour import FEATURES, LOAN, READ, behaviour
from postloan.models.card import Card, ScorecardPart, card_of
from postloan.models.fitting import raw_score
from postloan.models.scoring import pd_by
from postloan.rules.scores import CardInForce
from postloan.tables.published import PublishedLoan


def behaviour_score(
    loans: dy.DataFrame[PublishedLoan], named: CardInForce | None, *, on: date
) -> dy.DataFrame[PublishedLoan]:
    """Score the loans that are performing and on the book; without a card none has a score.

    Reads   loans: the rows as they will be published; named: the card of the rule, if it names one.
    Writes  behaviour_score in whole points, more is better; behaviour_pd_ratio within the horizon of the card.
    Source  rulebook: behaviour_score; the card's own hash and approval. Raises RuleFileWrong, CardWrong, CardChanged.

    The columns are those that a sample for a fit is made of, by the same function: what was fitted is what is scored.
    """
    if named is None:
        return loans
    card, part = card_in_force(named, on)
    asked = behaviour(loans.lazy().select(READ), on)
    if asked.is_empty():
        return loans
    score, _risk = raw_score(part, asked)
    scored = asked.select(
        LOAN,
        behaviour_score=pl.Series(score.astype(np.int64)),
        behaviour_pd_ratio=pl.Series(pd_by(card, asked, score)),
    )
    unscored = loans.drop("behaviour_score", "behaviour_pd_ratio")
    found = unscored.join(scored, on=LOAN, how="left", maintain_order="left")
    return PublishedLoan.validate(found)


def card_in_force(named: CardInForce, on: date) -> tuple[Card, ScorecardPart]:
    """The card that a rule names, and its points. Raises RuleFileWrong where it cannot score on the day.

    It must be the card of the hash, a scorecard with a calibration over columns that a night knows, and approved for
    the day: no number is published by a model that nobody agreed to.
    """
    card = card_of(named.content, named.name)
    part = card.parameters
    if card.sha256 != named.sha256:
        raise _unfit(named, f"the card's hash is {card.sha256[:12]}, and the rule names {named.sha256[:12]}")
    if not isinstance(part, ScorecardPart) or card.calibration is None:
        raise _unfit(named, "it is no scorecard with a calibration")
    if strange := sorted(card.columns - set(FEATURES)):
        raise _unfit(named, f"a night does not know {strange[0]}")
    if not card.is_effective(on):
        raise _unfit(named, f"it is not approved for {on}")
    return card, part


def _unfit(named: CardInForce, why: str) -> RuleFileWrong:
    return RuleFileWrong(
        message=f"The rule behaviour_score names a card that cannot score: {why}.",
        hint="Lay the approved card from the register of models beside the rule, and its hash into the rule.",
        where={"file": named.name, "rule": "behaviour_score"},
    )
