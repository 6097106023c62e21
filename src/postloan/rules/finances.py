"""The shape of the desk's rule of finances: of how many debtors a debtor's peers are told."""

from typing import Annotated

from pydantic import Field

from postloan.rules.figures import Cited, Version


class Peers(Cited):
    """Of how many debtors of an industry quartiles are shown at least: of one or two they are those debtors' own."""

    debtors_least: Annotated[int, Field(ge=3, le=1_000)]


class Finances(Version):
    """What the desk shows of finances from a day on."""

    peers: Peers
