"""The behavioural score: points and probability by the card that the rule names, of loans that are performing."""

from datetime import date

import dataframely as dy
import numpy as np
import polars as pl

from postloan.models.behaviour import FEATURES, LOAN, READ, behaviour
from postloan.models.fitting import raw_score
from postloan.models.in_force import card_in_force
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
    card, part = card_in_force(named, on, known=FEATURES)
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
