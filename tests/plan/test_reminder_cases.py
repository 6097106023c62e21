"""The cases of reminders, and the rules of messages: sentences as data, read without Python."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from postloan.plan.reminding import last_day_asked, steps_of_day
from postloan.rules.calendar import days_off
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.figures import Cite
from postloan.rules.message_rules import Messages
from postloan.rules.reading import read_yaml
from postloan.rules.reminder_rules import Reminders
from postloan.rules.rulebook import load_rulebook
from postloan.rules.shapes import WorkingDays
from postloan.rules.sources import SourceFile, shipped_rules
from postloan.rules.texts import check_citations

CASES = read_yaml((shipped_rules() / "cases" / "reminders" / "steps.yaml").read_bytes())
DESK = load_desk_rules(None)
RULES = DESK.version("reminders", Reminders, date(2026, 1, 1))
MESSAGES = DESK.version("messages", Messages, date(2026, 3, 1))
BOOK = load_rulebook(None)
_LOAN = {
    "loan_no": pl.Int64, "disbursed_on": pl.Date, "matures_on": pl.Date, "next_due_on": pl.Date,
    "days_past_due": pl.Int32, "arrears_since_on": pl.Date,
}  # fmt: skip


def steps(loan: dict[str, Any], on: date, days_past_due: int) -> dict[str, date]:
    row = {"arrears_since_on": None} | loan | {"loan_no": 1, "days_past_due": days_past_due}
    years = BOOK.version("working_days", WorkingDays, on).years
    off = days_off(on, last_day_asked(on), years, on=date(2021, 1, 1))
    found = steps_of_day(pl.DataFrame([row], schema=_LOAN), RULES, on, off)
    return dict(found.select("step", "due_on").iter_rows())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_case(case: dict[str, Any]) -> None:
    assert Cite.model_validate(case["because"]).text in BOOK.texts
    for asked in case["asks"]:
        assert steps(case["loan"], asked["on"], asked.get("days_past_due", 0)) == asked["steps"], asked["on"]


def test_cases_show_every_step() -> None:
    shown = {step for case in CASES for asked in case["asks"] for step in asked["steps"]}
    assert shown == {step.step for step in RULES.steps}


def test_every_step_sends_a_message_that_there_is() -> None:
    for step in RULES.steps:
        for key in filter(None, (step.message, step.instead)):
            template = MESSAGES.named(key)
            assert template, key
            due = {"owed", "days"} if step.of == "arrears" else {"amount", "principal", "interest", "due_on"}
            assert template.fields & {"owed", "days", "amount", "principal", "interest", "due_on"} <= due


def test_every_sentence_cites_a_registered_text() -> None:
    for name in ("messages", "reminders"):
        source = SourceFile(f"desk/{name}.yaml", f"rulebook/desk/{name}.yaml", b"")
        check_citations(BOOK.texts, DESK.files[name].versions, source)


def changed(**sentence: str) -> dict[str, Any]:
    told = MESSAGES.model_dump(by_alias=True)
    told["templates"][0]["sentences"] = [
        told["templates"][0]["sentences"][0], told["templates"][0]["sentences"][1] | sentence,
    ]  # fmt: skip
    return told


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ({"zh": "否则后果自负"}, "says 后果自负, which no message says"),
        ({"en": "pay or else"}, "says or else, which no message says"),
        ({"zh": "法院传票已发出"}, "which no message says"),
        ({"zh": "请联系{nobody}"}, "names nobody, which no message has"),
        ({"zh": "一" * 500}, "longer than a text message may be"),
    ],
)
def test_what_may_not_be_said_is_refused(sentence: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Messages.model_validate(changed(**sentence))


def test_the_bank_is_named_first() -> None:
    told = MESSAGES.model_dump(by_alias=True)
    told["templates"][0]["sentences"] = told["templates"][0]["sentences"][::-1]
    with pytest.raises(ValidationError, match="does not name the bank in its first sentence"):
        Messages.model_validate(told)
    # A word that only holds another is none of them.
    assert Messages.model_validate(changed(en="the prisoner of the order elsewhere"))
