"""The rules of contact: when, how often, by which channel and for what somebody may be contacted about a debt."""

from datetime import time
from functools import cached_property
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from postloan.rules.figures import Cited, Days, Strict, Version, Words

Role = Literal["debtor", "co_borrower", "guarantor", "third"]
Form = Literal["person", "company"]
PointKind = Literal["phone", "address", "email", "app"]
Channel = Literal["call", "sms", "letter", "email", "app", "visit", "formal_demand"]
Purpose = Literal["collect", "notice", "reply", "demand", "locate", "message"]
Bound = Literal["attempts", "connected", "visits", "pause", "do_not_call"]
Outcome = Literal["connected", "other_person", "unanswered", "invalid", "sent", "not_made"]

ROLES: tuple[Role, ...] = get_args(Role)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
CHANNELS_OF: dict[str, tuple[Channel, ...]] = {
    "phone": ("call", "sms"), "address": ("letter", "visit", "formal_demand"), "email": ("email",), "app": ("app",),
}  # fmt: skip
"""What each kind of contact point can be reached by."""
_ANSWERED: tuple[Outcome, ...] = ("connected", "other_person", "unanswered", "invalid", "not_made")
_WRITTEN: tuple[Outcome, ...] = ("sent", "invalid", "not_made")
OUTCOMES_OF: dict[str, tuple[Outcome, ...]] = {
    channel: _ANSWERED if channel in {"call", "visit"} else _WRITTEN for channel in CHANNELS
}
"""What can come of an attempt by each channel: who calls or visits is answered or not, who writes has sent."""


def _hour(written: object) -> object:
    if isinstance(written, str):
        try:
            return time.fromisoformat(written)
        except ValueError:
            raise ValueError("an hour is written 08:00") from None
    return written


Hour = Annotated[time, BeforeValidator(_hour), PlainSerializer(lambda hour: f"{hour:%H:%M}")]
Count = Annotated[int, Field(ge=1, le=1000)]


class Said(Cited):
    """A figure that says in words what it forbids; names between braces are its own."""

    zh: Words
    en: Words

    @model_validator(mode="after")
    def words_name_what_is_there(self) -> "Said":
        """A blank that nothing fills would be read by a debtor."""
        try:
            self.in_words()
        except (KeyError, ValueError, IndexError):
            raise ValueError("the words name something that the figure does not hold") from None
        return self

    def in_words(self) -> tuple[str, str]:
        """What it forbids, in Chinese and English."""
        filled = self.model_dump()
        return self.zh.format_map(filled), self.en.format_map(filled)


class Hours(Said):
    """The hours of the day in which contact may be made: from `begins`, included, until `ends`, excluded."""

    begins: Hour
    ends: Hour

    @model_validator(mode="after")
    def it_is_a_part_of_a_day(self) -> "Hours":
        """Hours that end before they begin would be a night."""
        if self.begins >= self.ends:
            raise ValueError("hours begin before they end, on one day")
        return self


class Most(Said):
    """How many a day."""

    most: Count


class Least(Said):
    """How many people it takes."""

    least: Count


class Conduct(Strict):
    """How often and when persons, or companies, are contacted.

    attempts   at one contact point a day, those in which whoever is meant was reached not counted.
    connected  calls a day in which whoever is meant was reached, whatever the number and the debt.
    visits     visits a day to whoever is meant.
    days_off   whether days off are kept free; empty where they are not.
    """

    hours: Hours
    attempts: Most
    connected: Most
    visits: Most
    visitors: Least
    days_off: Said | None = None


class ThirdPersons(Said):
    """When somebody outside the debt may be contacted at all.

    failed       how many contacts in a row must have failed on each of the debtor's own points of `own_kinds`.
    within_days  how old the first of them may be.
    """

    failed: Count
    within_days: Count
    own_kinds: Annotated[tuple[PointKind, ...], Field(strict=False, min_length=1)]


class PurposeRule(Cited):
    """What a contact is for: whom it may be with, by which channels, and which limits it is free of.

    needs_complaint  whether it is only made while a complaint waits for its answer.
    """

    purpose: Purpose
    roles: Annotated[tuple[Role, ...], Field(strict=False)]
    channels: Annotated[tuple[Channel, ...], Field(strict=False)]
    free_of: Annotated[tuple[Bound, ...], Field(strict=False)] = ()
    needs_complaint: bool = False


class Zone(Cited):
    """The clocks of a region; hours and days hold by each. Of the regions a code begins with, the longest counts."""

    region: str
    clocks: Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def each_clock_is_known(self) -> "Zone":
        """A time zone that nobody knows tells no time."""
        for each in self.clocks:
            try:
                ZoneInfo(each)
            except (ZoneInfoNotFoundError, ValueError):
                raise ValueError(f"{each} is no time zone") from None
        return self


class ConsentRule(Cited):
    """For how many days at most a consent to other hours holds."""

    days_most: Days


class AnswerRule(Cited):
    """For how many minutes an allowed answer may be used."""

    minutes: Count


class ComplaintRule(Cited):
    """Within how many days a complaint is answered, where nothing else is said."""

    days: Days


class Contact(Version):
    """How the bank contacts people about debts, from a day on."""

    zones: Annotated[tuple[Zone, ...], Field(strict=False)]
    persons: Conduct
    companies: Conduct
    third: ThirdPersons
    parties: Said
    pause: Said
    do_not_call: Said
    channel: Said
    known: Said
    asked: Said
    consent: ConsentRule
    answer: AnswerRule
    complaint: ComplaintRule
    purposes: Annotated[tuple[PurposeRule, ...], Field(strict=False)]

    @model_validator(mode="after")
    def nothing_is_left_open(self) -> "Contact":
        """Each purpose stands once, and a region that none is named for has its clocks."""
        if sorted(each.purpose for each in self.purposes) != sorted(PURPOSES):
            raise ValueError(f"purposes are {', '.join(PURPOSES)}, each once")
        regions = [each.region for each in self.zones]
        if "" not in regions or len(set(regions)) < len(regions):
            raise ValueError("zones name each region once, and one has an empty region for all others")
        return self

    def conduct(self, form: str) -> Conduct:
        """The figures for a person or a company."""
        return self.persons if form == "person" else self.companies

    def purpose(self, purpose: str) -> PurposeRule:
        """What a purpose allows."""
        return next(each for each in self.purposes if each.purpose == purpose)

    def clocks(self, region: str) -> tuple[ZoneInfo, ...]:
        """The clocks of a region by its code."""
        fits = [each for each in self.zones if region.startswith(each.region)]
        return tuple(ZoneInfo(each) for each in max(fits, key=lambda each: len(each.region)).clocks)

    @cached_property
    def as_written(self) -> str:
        """The whole version as one text: what a ledger keeps of the rules it was judged by."""
        return self.model_dump_json(by_alias=True)
