"""What the desk makes of texts: words that tell good from bad, and parts of names that do not tell firms apart."""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from postloan.rules.figures import Cited, Strict, Version, Words
from postloan.tables.event_kinds import EVENT_KINDS

Letters = Annotated[int, Field(ge=1, le=64)]
Score = Annotated[int, Field(ge=0, le=100)]


class Tone(Strict):
    """A word of the dictionary.

    weight  below 0 bad, above 0 good; 10 is as strong as words get.
    kind    the kind of event that it tells of, where it tells of one.
    """

    word: Words
    weight: Annotated[int, Field(ge=-10, le=10)]
    kind: Words | None = None

    @field_validator("kind")
    @classmethod
    def is_a_kind(cls, kind: str | None) -> str | None:
        """Only a kind that features know raises anything."""
        if kind is not None and kind not in EVENT_KINDS:
            raise ValueError(f"{kind} is no kind of event")
        return kind


class Sentiment(Version):
    """The dictionary from a day on.

    negations, reach  words that take the next word of the dictionary back, within so many letters before it.
    negative_from     a text whose words sum up to this or less is bad; without a word that tells a kind it is `kind`.
    otherwise         the kind of a text that is not bad: no rule asks it.
    """

    words: Annotated[tuple[Tone, ...], Field(strict=False, min_length=1)]
    negations: Annotated[tuple[Words, ...], Field(strict=False)]
    reach: Letters
    negative_from: Annotated[int, Field(lt=0)]
    kind: Words
    otherwise: Words

    @model_validator(mode="after")
    def each_word_stands_once(self) -> "Sentiment":
        """A word with two weights has none."""
        words = [each.word for each in self.words]
        if len(set(words)) < len(words):
            raise ValueError("a word stands twice")
        if self.kind not in EVENT_KINDS or self.otherwise in EVENT_KINDS:
            raise ValueError("kind is one that features know, otherwise none")
        return self


class NameBounds(Cited):
    """From where on a name is taken for a debtor's.

    alias_letters    letters that a name without place and legal form has at least, to be looked for at all.
    sure_letters     letters from which on it is taken without being asked, where one debtor alone has it.
    fuzzy_score      likeness in per cent from which on a name is put before somebody.
    fuzzy_most       how many debtors are put before somebody for one name.
    """

    alias_letters: Letters
    sure_letters: Letters
    fuzzy_score: Score
    fuzzy_most: Annotated[int, Field(ge=1, le=20)]


class NameDecided(Cited):
    """By how many calendar days after its arrival somebody says whether an event concerns who is named in it."""

    due_in_days: Annotated[int, Field(ge=0, le=90)]


class Names(Version):
    """How names are read from a day on, and by when somebody says whom they mean.

    suffixes  what tells the legal form, at the end of a name; regions  places at its beginning.
    """

    bounds: NameBounds
    decided: NameDecided
    suffixes: Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]
    regions: Annotated[tuple[Words, ...], Field(strict=False)]
