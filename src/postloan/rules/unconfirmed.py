"""Which figures nobody has read in their source, or not lately: the list that compliance works off."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from postloan.rules.figures import Version
from postloan.rules.texts import Text

STALE_AFTER_DAYS = 400


@dataclass(frozen=True)
class UnconfirmedFigure:
    """A figure to be read in its source by a person.

    rule, version  the rule and the day its version begins.
    figure, value  the key in the rule file, and what stands there.
    cite           where it should be found.
    why            what is not confirmed.
    """

    rule: str
    version: date
    figure: str
    value: str
    cite: str
    why: str


def unconfirmed_figures(rule: str, version: Version, on: date | None) -> Iterator[UnconfirmedFigure]:
    """The figures of a version that a person has yet to read, or to read again by `on`."""
    for key, figure in version.cited():
        why = _why("the figure", figure.cite.confirmed_on, on)
        why += [] if figure.cite.place_confirmed else ["the place"]
        if why:
            yield UnconfirmedFigure(rule, version.since, key, figure.written(), str(figure.cite), " and ".join(why))


def unconfirmed_texts(register: Mapping[str, Text], on: date | None) -> Iterator[UnconfirmedFigure]:
    """The texts whose number and dates a person has yet to read, or to read again by `on`."""
    for name, text in sorted(register.items()):
        why = _why("the number and dates", text.confirmed_on, on)
        if why:
            value = f"issued {text.issued or 'unknown'}, in force {text.in_force}"
            yield UnconfirmedFigure("texts", text.in_force, "in_force", value, name, " and ".join(why))


def _why(what: str, confirmed_on: date | None, on: date | None) -> list[str]:
    if confirmed_on is None:
        return [what]
    is_stale = on is not None and (on - confirmed_on).days > STALE_AFTER_DAYS
    return [f"{what} since {confirmed_on}"] if is_stale else []
