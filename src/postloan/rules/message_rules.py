"""The rules of messages: what is written to whom by which channel, sentence by sentence, and how it is sent."""

import re
from collections.abc import Iterator
from functools import cached_property
from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, model_validator

from postloan.rules.contact_rules import Channel, Purpose
from postloan.rules.figures import Cited, Strict, Version, Words

Count = Annotated[int, Field(ge=1, le=100_000)]
Language = Literal["zh", "en"]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]

FIELDS: dict[str, tuple[str, str]] = {
    "bank": ("银行名称", "Name of the bank"),
    "office": ("经办机构", "Office"),
    "answer_to": ("联系方式", "Where to answer"),
    "name": ("收件人", "Addressee"),
    "debtor": ("借款人", "Borrower"),
    "loan": ("借据号", "Loan"),
    "due_on": ("应还日", "Due day"),
    "amount": ("应还金额", "Amount due"),
    "principal": ("其中本金", "Of it principal"),
    "interest": ("其中利息和费用", "Of it interest and fees"),
    "owed": ("逾期本息合计", "Overdue in all"),
    "days": ("逾期天数", "Days past due"),
    "on": ("数据日期", "As of"),
    "agency": ("受托机构", "Outside agency"),
    "from_on": ("开始日期", "From"),
}
"""What a sentence may name, in Chinese and English: everything else is a slip that a borrower would read."""


class Sentence(Cited):
    """A sentence of a message, and the rule that it answers to."""

    zh: Words
    en: Words

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it names in either language."""
        named = [name for text in (self.zh, self.en) for _text, name, _form, _as in Formatter().parse(text) if name]
        return frozenset(named)


class Title(Strict):
    """What stands over a letter or an e-mail."""

    zh: Words
    en: Words


class Template(Strict):
    """A message: its channel, its purpose, and its sentences in order.

    Whoever writes names himself first (COLL-05): the first sentence says {bank}.
    """

    key: Key
    channel: Channel
    purpose: Purpose
    title: Title
    sentences: Annotated[tuple[Sentence, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def it_names_what_there_is(self) -> "Template":
        """A blank that nothing fills, or a bank that is not named first, would be read by a debtor."""
        if stray := sorted(self.fields - FIELDS.keys()):
            raise ValueError(f"{self.key} names {stray[0]}, which no message has")
        if "bank" not in self.sentences[0].fields:
            raise ValueError(f"{self.key} does not name the bank in its first sentence")
        return self

    @cached_property
    def fields(self) -> frozenset[str]:
        """Everything that it names."""
        return frozenset(name for each in self.sentences for name in each.fields)

    def text(self, language: Language) -> str:
        """The message with its blanks."""
        return self._joined(language, {name: f"{{{name}}}" for name in FIELDS})

    def filled(self, language: Language, values: dict[str, str]) -> str:
        """The message as somebody reads it. Raises KeyError where a field that it names is missing."""
        return self._joined(language, values)

    def titled(self, language: Language) -> str:
        """What stands over it."""
        return self.title.zh if language == "zh" else self.title.en

    def _joined(self, language: Language, values: dict[str, str]) -> str:
        said = [(each.zh if language == "zh" else each.en).format_map(values) for each in self.sentences]
        gap = "\n" if self.channel in {"letter", "email", "formal_demand"} else "" if language == "zh" else " "
        return gap.join(said)


class NeverSaid(Cited):
    """Words that no message says: threats, and names of authorities that the bank is not."""

    zh: Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]
    en: Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]

    def found_in(self, text: str) -> str | None:
        """The first of the words that a text holds; English ones as words of their own."""
        lowered = text.lower()
        in_english = (each for each in self.en if re.search(rf"\b{re.escape(each.lower())}\b", lowered))
        return next((each for each in self.zh if each in text), None) or next(in_english, None)


class Sending(Cited):
    """How a message is sent.

    tries_most      how often it is tried before a person looks into it.
    wait_minutes    how long the second try waits; each further one waits twice as long as the one before.
    unsure_minutes  after how long a message that somebody was sending is taken for left behind.
    sms_signs_most  how long a text message may be.
    clock_days_most how many days after a day was last adopted the server's clock is still believed.
    """

    tries_most: Count
    wait_minutes: Count
    unsure_minutes: Count
    sms_signs_most: Count
    clock_days_most: Count


class AnswerTo(Cited):
    """Where a debtor turns to who was written to."""

    zh: Words
    en: Words


class Messages(Version):
    """The messages of the bank from a day on.

    language  in which they are sent.
    """

    language: Language
    answer_to: AnswerTo
    sending: Sending
    never: Annotated[tuple[NeverSaid, ...], Field(strict=False, min_length=1)]
    templates: Annotated[tuple[Template, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def nothing_is_said_that_may_not_be(self) -> "Messages":
        """Threats, two templates of one name, and text messages that are cut are refused before anybody reads them."""
        keys = [each.key for each in self.templates]
        if len(set(keys)) < len(keys):
            raise ValueError("a template stands twice")
        for each in self.templates:
            for text in (each.text("zh"), each.text("en"), each.title.zh, each.title.en):
                found = next(filter(None, (never.found_in(text) for never in self.never)), None)
                if found:
                    raise ValueError(f"{each.key} says {found}, which no message says")
                if each.channel == "sms" and len(text) > self.sending.sms_signs_most:
                    raise ValueError(f"{each.key} is longer than a text message may be")
        return self

    def named(self, key: str) -> Template | None:
        """Find a template."""
        return next((each for each in self.templates if each.key == key), None)

    def cited(self) -> Iterator[tuple[str, Cited]]:
        """Every figure, the sentences of the templates included."""
        yield from super().cited()
        for template in self.templates:
            for at, sentence in enumerate(template.sentences, start=1):
                yield f"{template.key}.{at}", sentence
