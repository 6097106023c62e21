"""Answers: read from a form, checked against it, compared with the last report's, and what they raise or contradict."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from postloan.desk.core.lists.cells import language
from postloan.errors import FormWrong
from postloan.rules.inspection_forms import Contradiction, InspectionForm, Question, Section

LONGEST = 4000
_LIKE_ENOUGH_PERCENT = 40
_CLAUSES = re.compile(r"[^\s，。；：、！？,.;:!?]+|[\s，。；：、！？,.;:!?]")


@dataclass(frozen=True)
class Raising:
    """A finding that an answer raises, in the words of the rule: Chinese and English."""

    question: str
    severity: str
    text: str
    text_en: str


@dataclass(frozen=True)
class Changed:
    """A piece of a text against the last report's: same, new, or gone."""

    how: str
    text: str


@dataclass(frozen=True)
class AskedQuestion:
    """A question with its answer, and the last report's answer beside it.

    changes  the answer against the last one, piece by piece; empty where it is the same or there is none.
    """

    question: Question
    said: str
    answer: str
    answer_said: str
    last: str
    last_said: str
    changes: Sequence[Changed]
    choices: Sequence[tuple[str, str]]
    raises: str

    @property
    def is_changed(self) -> bool:
        """Whether the last report answered otherwise."""
        return bool(self.last) and self.last != self.answer


@dataclass(frozen=True)
class AskedSection:
    """A section of a form with its answers."""

    section: Section
    said: str
    part: str
    questions: Sequence[AskedQuestion]


def form_said(form: InspectionForm) -> str:
    """The name of a form."""
    return form.zh if language() == "zh" else form.en


def read_answers(form: InspectionForm, given: Mapping[str, str]) -> dict[str, str]:
    """Read the answers that a form sends; what was left empty is not among them. A draft may lack any.

    Raises FormWrong where an answer is no choice of its question, no number, or too long.
    """
    answers = {}
    for question in form.questions:
        answer = given.get(f"q-{question.question}", "").strip()
        if answer:
            answers[question.question] = _checked(question, answer)
    return answers


def _checked(question: Question, answer: str) -> str:
    is_one = not question.values or answer in question.values
    if not is_one or len(answer) > LONGEST or (question.kind == "number" and not _is_number(answer)):
        raise FormWrong(
            message=_("“%(question)s”不能这样回答：%(answer)s") % {"question": _said(question), "answer": answer[:40]},
            hint=_("选择题请从列表中选；数字只写数字；文字不超过 %s 字。") % LONGEST,
            where={"field": f"q-{question.question}"},
        )
    return answer


def _is_number(answer: str) -> bool:
    try:
        return Decimal(answer.replace(",", "")).is_finite()
    except InvalidOperation:
        return False


def require_complete(form: InspectionForm, answers: Mapping[str, str]) -> None:
    """Stop where a question that must be answered is not. Raises FormWrong."""
    missing = [question for question in form.questions if question.required and question.question not in answers]
    if missing:
        raise FormWrong(
            message=_("还有 %(count)s 项必填内容没有填写：%(named)s") % {
                "count": len(missing), "named": "；".join(_said(question) for question in missing[:3]),
            },
            hint=_("请补齐后再提交；已填写的内容都已保存。"),
            where={"field": f"q-{missing[0].question}"},
        )  # fmt: skip


def asked(form: InspectionForm, answers: Mapping[str, str], last: Mapping[str, str]) -> list[AskedSection]:
    """The form with its answers, and those of the last report beside them."""
    return [
        AskedSection(section, _said(section), section.part, [_asked(each, answers, last) for each in section.questions])
        for section in form.sections
    ]


def _asked(question: Question, answers: Mapping[str, str], last: Mapping[str, str]) -> AskedQuestion:
    answer, before = answers.get(question.question, ""), last.get(question.question, "")
    is_prose = question.kind == "text"
    raised = question.finding if question.finding and answer in question.finding.when else None
    return AskedQuestion(
        question=question,
        said=_said(question),
        answer=answer,
        answer_said=answer_said(question, answer),
        last=before,
        last_said=answer_said(question, before),
        changes=changes(before, answer) if is_prose and before and answer and before != answer else (),
        choices=choices_said(question),
        raises=_said(raised) if raised else "",
    )


def changes(before: str, now: str) -> list[Changed]:
    """A text against an earlier one: what stayed, what is new, what is gone; two whole texts where they differ much."""
    if fuzz.ratio(before, now) < _LIKE_ENOUGH_PERCENT:
        return [Changed("gone", before), Changed("new", now)]
    # Clause by clause: single characters of Chinese that stayed by chance would make it unreadable.
    pieces = {"gone": _CLAUSES.findall(before), "new": _CLAUSES.findall(now)}
    found, held = [], {"gone": "", "new": ""}
    for step in [*Indel.opcodes(pieces["gone"], pieces["new"]), None]:
        if step is None or step.tag == "equal":
            found += [Changed(how, text) for how, text in held.items() if text]
            held = {"gone": "", "new": ""}
        if step is not None and step.tag == "equal":
            found.append(Changed("same", "".join(pieces["new"][step.dest_start : step.dest_end])))
        elif step is not None:
            held["gone"] += "".join(pieces["gone"][step.src_start : step.src_end])
            held["new"] += "".join(pieces["new"][step.dest_start : step.dest_end])
    return found


def choices_said(question: Question) -> list[tuple[str, str]]:
    """The answers to choose from, each with its word."""
    if question.kind == "yes_no":
        return [("yes", _("是")), ("no", _("否"))]
    return [(choice.value, _said(choice)) for choice in question.choices]


def answer_said(question: Question, answer: str) -> str:
    """An answer as it is read."""
    if not answer:
        return "—"
    if question.unit:
        return f"{answer} {question.unit}"
    return dict(choices_said(question)).get(answer, answer)


def raised_by(form: InspectionForm, answers: Mapping[str, str]) -> list[Raising]:
    """The findings that a report's answers raise, in the order of its questions."""
    return [
        Raising(question.question, question.finding.severity, question.finding.zh, question.finding.en)
        for question in form.questions
        if question.finding and answers.get(question.question) in question.finding.when
    ]


def contradictions(
    form: InspectionForm, answers: Mapping[str, str], checks: Mapping[str, int]
) -> list[tuple[Question, Contradiction]]:
    """The answers that the data contradict: the question, and by which fact."""
    return [
        (question, each)
        for question in form.questions
        for each in question.contradicts
        if answers.get(question.question) in each.when and checks.get(each.fact, 0) > each.over
    ]


def contradicted(form: InspectionForm, answers: Mapping[str, str], checks: Mapping[str, int]) -> list[tuple[str, str]]:
    """The answers that the data contradict, as they are said: the question, and how."""
    return [(_said(question), _said(each)) for question, each in contradictions(form, answers, checks)]


def prose_of(form: InspectionForm, answers: Mapping[str, str]) -> str:
    """What the inspector wrote freely, in one piece."""
    texts = (answers.get(question.question, "") for question in form.questions if question.kind == "text")
    return "\n".join(text for text in texts if text)


def _said(each: Any) -> str:
    return str(each.zh if language() == "zh" else each.en)
