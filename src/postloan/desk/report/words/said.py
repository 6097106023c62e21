"""Saying what a report says in a language: by key, with blanks filled in."""

from collections.abc import Mapping

from postloan.desk.report.words.clocks import CLOCK_REPORT_WORDS
from postloan.desk.report.words.loss import LOSS_WORDS
from postloan.desk.report.words.movement import MOVEMENT_WORDS
from postloan.desk.report.words.portfolio import PORTFOLIO_WORDS
from postloan.desk.report.words.rates import RATE_WORDS
from postloan.desk.report.words.tables import REPORT_WORDS
from postloan.tables.said import LANGUAGES, Language

REPORTS: Mapping[str, tuple[str, str]] = {
    **REPORT_WORDS,
    **MOVEMENT_WORDS,
    **LOSS_WORDS,
    **RATE_WORDS,
    **PORTFOLIO_WORDS,
    **CLOCK_REPORT_WORDS,
}


class ReportWords:
    """The words of one language.

    said  what there is to say, by key; the reports' words where nothing more is given.
    """

    def __init__(self, language: Language, said: Mapping[str, tuple[str, str]] | None = None) -> None:
        self.language = language
        self._at = LANGUAGES.index(language)
        self._said = REPORTS if said is None else said

    def __call__(self, key: str, **values: object) -> str:
        """Say what stands under a key, with its blanks filled in."""
        return self._said[key][self._at].format(**values)

    def first(self, *keys: str) -> str:
        """Say what stands under the first of the keys that are there: the particular before the general."""
        return self(next((key for key in keys if key in self._said), keys[-1]))

    def of(self, kind: str, word: str | None) -> str:
        """Say a word of a closed list, such as the tier `pass`; what is on no list is said as it is."""
        held = self._said.get(f"{kind}.{'none' if word is None else word}")
        return held[self._at] if held else word or ""
