"""The cases of the contact gate: sentences of the rules as asks on a clock, read without Python."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contact_written import LAW, POINTS, Written, instant
from postloan.plan.contact.judging import Ask
from postloan.rules.figures import Cite
from postloan.rules.reading import read_yaml
from postloan.rules.rulebook import load_rulebook
from postloan.rules.sources import SourceFile, shipped_rules
from postloan.rules.texts import check_citations

FILES = sorted((shipped_rules() / "cases" / "contact").glob("*.yaml"))
CASES = [case for file in FILES for case in read_yaml(file.read_bytes())]
TEXTS = load_rulebook(None).texts


def points_of(case: dict[str, Any]) -> dict[str, dict[str, str]]:
    changed = case.get("points", {})
    kept = {name: each for name, each in POINTS.items() if changed.get(name, True) is not None}
    return {name: each | changed.get(name, {}) for name, each in kept.items()}


def given(told: dict[str, Any]) -> list[tuple[datetime, dict[str, Any]]]:
    """A line of what was before, as often as it says."""
    at, every = instant(told["at"]), timedelta(minutes=told.get("every_minutes", 0))
    return [(at + every * time, told) for time in range(told.get("times", 1))]


def put(written: Written, at: datetime, told: dict[str, Any]) -> None:
    party = {name: each["party"] for name, each in POINTS.items()}
    if "attempt" in told:
        debtor = told.get("debtor", "D1")
        ask = Ask(
            debtor, told.get("point", "own"), told["attempt"], told.get("purpose", "collect"), told.get("visitors", 0)
        )
        entry = written.force(at, ask, party=debtor)
        written.outcome(at + timedelta(minutes=1), entry, told["outcome"])
    elif "complaint" in told:
        written.add(at, "complaint", complaint=told["complaint"])
    elif "answered" in told:
        written.weaken(at, "complaint_answered", complaint=told["answered"])
    elif "consent" in told:
        who = party[told["consent"]]
        written.weaken(at, "consent", party=who, consent=f"Z-{who}", until=str(told["until"]))
    elif "consent_ended" in told:
        who = party[told["consent_ended"]]
        written.add(at, "consent_ended", party=who, consent=f"Z-{who}")
    elif "ended" in told:
        written.weaken(at, "point_ended", point=told["ended"])
    else:
        [kind] = {"do_not_call", "do_not_call_lifted"} & told.keys()
        written.weaken(at, kind, point=told[kind])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_case(case: dict[str, Any]) -> None:
    before = [line for told in case.get("given", ()) for line in given(told)]
    kept: list[tuple[datetime, Ask, str | None]] = []
    for asked in case["asks"]:
        at = instant(asked["at"])
        written = Written(instant("2021-01-01 09:00"), points_of(case))
        for each_at, told in sorted(before, key=lambda line: line[0]):
            if each_at <= at:
                put(written, each_at, told)
        for each_at, ask, outcome in kept:
            entry, answer = written.ask(each_at, ask)
            assert answer.is_allowed
            if outcome:
                written.outcome(each_at + timedelta(minutes=1), entry, outcome)
        ask = Ask("D1", asked.get("point", "own"), asked.get("channel", "call"), asked.get("purpose", "collect"),
                  asked.get("visitors", 0))  # fmt: skip
        answer = written.judge(at, ask)
        assert [each.rule for each in answer.refusals] == asked.get("refused", []), asked
        if "from" in asked:
            assert answer.allowed_from == (instant(asked["from"]) if asked["from"] else None), asked
        if "until" in asked:
            assert answer.valid_until == instant(asked["until"]), asked
        if "keep" in asked:
            kept.append((at, ask, asked["keep"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_every_case_argues_from_a_registered_text(case: dict[str, Any]) -> None:
    assert Cite.model_validate(case["because"]).text in TEXTS


def test_cases_have_names_of_their_own_and_show_every_rule() -> None:
    names = [case["case"] for case in CASES]
    assert len(names) == len(set(names))
    refused = {rule for case in CASES for asked in case["asks"] for rule in asked.get("refused", ())}
    conduct = set(type(LAW.versions[-1].persons).model_fields)
    others = {"parties", "channel", "known", "pause", "asked", "do_not_call", "third"}
    assert refused == {*conduct, *others}


def test_every_figure_cites_a_registered_text_in_force() -> None:
    check_citations(TEXTS, LAW.versions, SourceFile("desk/contact.yaml", "rulebook/desk/contact.yaml", b""))
    assert {len(list(version.cited())) for version in LAW.versions} == {29}
