"""`postloan why` of loans that wait, are touched, restructured, upgraded, or classed by the former rules."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from feeds import Row, small_bank, write_feed
from postloan.desk.book.why.change import change_lines, history_lines
from postloan.desk.book.why.floors import floor_lines
from postloan.plan.why import why
from postloan.site.cli import app

ON = date(2024, 9, 30)
HANDS = {"proposed_by": "li", "determined_by": "wang", "approved_by": "zhao"}
PAID = {"HELD": date(2024, 5, 1), "UP": date(2024, 2, 1), "EARLY": date(2024, 5, 1), "BEHIND": date(2024, 5, 1),
        "SICK": date(2024, 2, 1)}  # fmt: skip
UPGRADED = {"UP": date(2024, 9, 1), "EARLY": date(2024, 8, 1), "BEHIND": date(2024, 4, 20), "SICK": date(2024, 9, 1)}
PLAN = """\
rule: transition
says: Old assets move on the last day.
versions:
  - from: 2023-07-01
    old_assets: {reclassified_on: 2025-12-31, cite: {text: cn-2023-1, at: "our plan"}}
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def lent(loan_id: str, debtor_id: str, principal: str, on: date, matures_on: date) -> Row:
    return {
        "loan_id": loan_id, "debtor_id": debtor_id, "org_id": "010", "product": "working", "currency": "CNY",
        "principal": Decimal(principal), "disbursed_on": on, "matures_on": matures_on, "annual_rate": Decimal("0"),
        "method": "scheduled", "security_kind": "credit",
    }  # fmt: skip


def due(loan_id: str, seq: int, on: date, principal: str) -> Row:
    return {"loan_id": loan_id, "version": 1, "seq": seq, "due_on": on, "principal": Decimal(principal),
            "interest": Decimal("0")}  # fmt: skip


def decided(loan_id: str, kind: str, on: date, **terms: Any) -> Row:
    return {"decision_id": f"{kind}-{loan_id}", "loan_id": loan_id, "kind": kind, "effective_on": on,
            "terms": json.dumps(terms)}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("classes")
    (folder / "rulebook" / "bank").mkdir(parents=True)
    (folder / "rulebook" / "bank" / "transition.yaml").write_text(PLAN)
    bank, begun = small_bank(), date(2023, 7, 15)
    company = next(each for each in bank["debtor"] if each["debtor_id"] == "D3")
    bank["debtor"] = [company | {"debtor_id": f"C{at}", "id_number": f"C{at}"} for at in range(1, 9)]
    later = date(2025, 7, 15)
    bank["loan"] = [
        lent("BAD", "C1", "20000", begun, later), lent("TOUCHED", "C1", "80000", begun, later),
        lent("HELD", "C2", "10000", begun, later), lent("UP", "C3", "10000", begun, later),
        lent("EASED", "C4", "10000", begun, later), lent("OLD", "C5", "10000", date(2023, 1, 1), later),
        lent("EARLY", "C6", "10000", begun, later), lent("BEHIND", "C7", "10000", begun, later),
        lent("SICK", "C8", "10000", begun, later),
    ]  # fmt: skip
    bank["instalment"] = [
        due("BAD", 1, date(2024, 3, 1), "20000"), due("TOUCHED", 1, later, "80000"),
        due("HELD", 1, date(2024, 1, 15), "5000"), due("HELD", 2, later, "5000"),
        due("UP", 1, date(2023, 9, 15), "5000"), due("UP", 2, later, "5000"),
        due("EASED", 1, later, "10000"),
        due("OLD", 1, date(2023, 7, 1), "10000"),
        due("EARLY", 1, date(2024, 1, 15), "5000"), due("EARLY", 2, later, "5000"),
        due("BEHIND", 1, date(2024, 1, 15), "5000"), due("BEHIND", 2, later, "5000"),
        due("SICK", 1, date(2023, 9, 15), "5000"), due("SICK", 2, later, "5000"),
    ]  # fmt: skip
    bank["payment"] = [
        {"payment_id": loan_id, "loan_id": loan_id, "paid_on": on, "amount": Decimal("5000")}
        for loan_id, on in PAID.items()
    ]
    bank["decision"] = [
        *(decided(loan_id, "upgrade", on, ability="orders are back", **HANDS) for loan_id, on in UPGRADED.items()),
        decided("SICK", "impairment", date(2024, 7, 1), expected_loss="0.1", evidence="report", approver="zhao"),
        decided("EASED", "restructure", date(2024, 6, 1), difficulty="cash_flow_short", adjustment="extension"),
    ]
    loaded = run("load", write_feed(folder / "feeds", ON, bank), "--home", folder, "--shards", 1)
    assert loaded.exit_code == 0, loaded.output
    night = run("night", ON, "--home", folder, "--workers", 0)
    assert night.exit_code == 0, night.output
    return folder


def told(home: Path, loan_id: str, lang: str) -> str:
    """What the screen says of floors, tier and change, before it is folded into columns."""
    story = why(home, loan_id, ON)
    assert story.is_as_published
    floors = [f"{line.facts} | {line.binds_when} | {line.tier} | {line.cite}" for line in floor_lines(story, lang)]
    set_by = f"{story.loan['tier']}: {story.loan['tier_cite']}"
    return "\n".join([*floors, set_by, *history_lines(story, lang), *change_lines(story, lang)])


@pytest.mark.parametrize(
    ("loan_id", "english", "chinese"),
    [
        ("BAD", ["> 90 days | substandard | cn-2023-1 Art. 11 (1)", "= 20.00 % (this loan among them)"],
         ["= 20.00%（含本笔）", "2024-11-27 仍未还清，将降为 可疑"]),
        ("TOUCHED", ["NPL here 20,000.00 of 100,000.00 = 20.00 % | > 10.00 % | substandard | cn-2023-1 Art. 7",
                     "since 2024-05-31"], ["本行不良 20,000.00 ÷ 本行债务 100,000.00 = 20.00%"]),
        ("HELD", ["substandard: cn-2023-1 Art. 14", "nothing overdue since 2024-05-01", "upgrade it from 2024-11-01"],
         ["自 2024-05-01 起无逾期", "2024-11-01 起经三人上调决定可上调"]),
        ("UP", ["since 2024-09-01", "substandard before (cn-2023-1 Art. 14)"], ["此前 次级（cn-2023-1 Art. 14）"]),
        ("EASED", ["special_mention: cn-2023-1 Art. 21", "watched until 2026-07-15"], ["观察期至 2026-07-15"]),
        ("EARLY", ["upgrade decided for 2024-08-01 came too early and counts for nothing", "decided from 2024-11-01",
                   "upgrade it from 2024-11-01"],
         ["2024-08-01 的上调决定为时过早，不起作用：当时最早可自 2024-11-01 起决定"]),
        ("BEHIND", ["the upgrade decided for 2024-04-20 counts for nothing: something of the debtor's was overdue",
                    "upgrade it from 2024-11-01"], ["2024-04-20 的上调决定不起作用：当日债务人仍有逾期"]),
        ("SICK", ["the upgrade decided for 2024-09-01 counts for nothing: an asset of the debtor here was credit-"],
         ["2024-09-01 的上调决定不起作用：当日债务人在本行有已减值资产"]),
        ("OLD", ["457 days past due | > 90 days | substandard | cn-2007-54 Art. 11 (1)"], ["逾期 457 天 | > 90 天"]),
    ],
)  # fmt: skip
def test_why_says_the_clause_the_facts_and_what_would_change_it(
    home: Path, loan_id: str, english: list[str], chinese: list[str]
) -> None:
    for lang, said in (("en", english), ("zh", chinese)):
        screen = told(home, loan_id, lang)
        for words in said:
            assert words in screen, screen
        assert run("why", loan_id, "--on", ON, "--home", home, "--lang", lang).exit_code == 0


def test_a_loan_that_is_touched_is_not_said_to_be_among_the_bad(home: Path) -> None:
    assert "among them" not in told(home, "TOUCHED", "en")


@pytest.mark.parametrize("loan_id", ["UP", "HELD", "BAD"])
def test_an_upgrade_that_counted_or_was_never_decided_is_not_said_to_be_vain(home: Path, loan_id: str) -> None:
    assert "counts for nothing" not in told(home, loan_id, "en")
