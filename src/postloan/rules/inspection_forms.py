"""The forms of an inspection report: sections, questions, and which answer is a finding or contradicts the data."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from postloan.rules.figures import Strict, Version, Words
from postloan.rules.shapes import LegalForm

Part = Literal["borrower", "guarantor", "collateral", "conclusion"]
AnswerKind = Literal["choice", "yes_no", "text", "number"]
Severity = Literal["low", "medium", "high"]
Fact = Literal[
    "days_past_due_worst", "overdue_cents", "npl_cents", "court_events", "insurance_ended", "registration_ended",
    "other_bank_npl", "other_banks_over_90_cents", "guarantors_bad", "tier_rank",
]  # fmt: skip
YES_NO = ("yes", "no")


class Choice(Strict):
    """An answer to choose."""

    value: Words
    zh: Words
    en: Words


class Raised(Strict):
    """The finding that some answers raise."""

    when: Annotated[tuple[Words, ...], Field(strict=False)]
    severity: Severity
    zh: Words
    en: Words


class Contradiction(Strict):
    """The data that some answers contradict: a fact that is greater than `over`."""

    when: Annotated[tuple[Words, ...], Field(strict=False)]
    fact: Fact
    over: Annotated[int, Field(ge=0)] = 0
    zh: Words
    en: Words


class Question(Strict):
    """A question of a report.

    unit  of a number, as it is said after it.
    """

    question: Words
    zh: Words
    en: Words
    kind: AnswerKind
    required: bool = True
    choices: Annotated[tuple[Choice, ...], Field(strict=False)] = ()
    unit: Words | None = None
    finding: Raised | None = None
    contradicts: Annotated[tuple[Contradiction, ...], Field(strict=False)] = ()

    @property
    def values(self) -> frozenset[str]:
        """The answers there are to choose from; none where it is written freely."""
        return frozenset(YES_NO) if self.kind == "yes_no" else frozenset(choice.value for choice in self.choices)

    @model_validator(mode="after")
    def speaks_of_its_own_answers(self) -> "Question":
        """A finding for an answer that nobody can give would never be raised."""
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"{self.question}: a choice has choices, and nothing else has")
        spoken = {value for each in self.contradicts for value in each.when}
        spoken |= set(self.finding.when) if self.finding else set()
        if stray := sorted(spoken - self.values):
            raise ValueError(f"{self.question}: {stray[0]} is none of its answers")
        return self


class Section(Strict):
    """A section of a form: the questions about one thing."""

    section: Words
    part: Part
    zh: Words
    en: Words
    questions: Annotated[tuple[Question, ...], Field(strict=False)]


class InspectionForm(Strict):
    """A form.

    debtors   the legal forms it is for.
    products  it is only for debtors with one of these; none is any.
    """

    form: Words
    zh: Words
    en: Words
    debtors: Annotated[tuple[LegalForm, ...], Field(strict=False)]
    products: Annotated[tuple[Words, ...], Field(strict=False)] = ()
    sections: Annotated[tuple[Section, ...], Field(strict=False)]

    @property
    def questions(self) -> Iterator[Question]:
        """Every question, in order."""
        return (question for section in self.sections for question in section.questions)

    @model_validator(mode="after")
    def each_question_stands_once(self) -> "InspectionForm":
        """Two answers under one name would be one."""
        names = [question.question for question in self.questions]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"the question {twice[0]} stands twice")
        return self


class InspectionForms(Version):
    """The forms in use from a day on; the first that fits a debtor is its form."""

    forms: Annotated[tuple[InspectionForm, ...], Field(strict=False)]

    @model_validator(mode="after")
    def every_debtor_has_one(self) -> "InspectionForms":
        """A debtor without a form could not be inspected."""
        plain = {legal_form for form in self.forms if not form.products for legal_form in form.debtors}
        if missing := sorted({"person", "sole_trader", "company", "financial", "government"} - plain):
            raise ValueError(f"no form without products is for {missing[0]}")
        return self

    def named(self, name: str) -> InspectionForm | None:
        """Find a form."""
        return next((form for form in self.forms if form.form == name), None)

    def form_for(self, legal_form: str, products: frozenset[str]) -> InspectionForm:
        """The form for a debtor."""
        return next(
            form
            for form in self.forms
            if legal_form in form.debtors and (not form.products or products & set(form.products))
        )
