"""Bad rows go to quarantine with the rule they broke, and take along what hangs on them; the rest is accepted."""

import json
from datetime import date
from typing import Any

import polars as pl
import pytest
from delivering import Bank, with_row

from feeds import Row, small_bank
from postloan.intake.decisions import ENDLESS
from postloan.intake.reasons import REASONS
from postloan.tables.inputs import FEED_TABLES


def put_aside(bank: Bank, *columns: str) -> list[tuple[Any, ...]]:
    return bank.quarantine().select(columns).rows()


@pytest.mark.parametrize(
    ("table", "change", "rule"),
    [
        ("payment", {"amount": "-1.00"}, "negative"),
        ("payment", {"amount": "1.001"}, "too_many_decimals"),
        ("payment", {"amount": "a lot"}, "not_a_number"),
        ("payment", {"amount": "9" * 30}, "out_of_range"),
        ("payment", {"amount": "1000000000000000.01"}, "too_large"),
        ("payment", {"amount": ""}, "required"),
        ("payment", {"paid_on": "2026-02-30"}, "not_a_day"),
        ("payment", {"paid_on": "2024-04-01"}, "future_dated"),
        ("payment", {"known_on": "2024-04-01"}, "future_dated"),
        ("payment", {"paid_on": "2024-01-14"}, "paid_before_disbursed"),
        ("payment", {"loan_id": "L9"}, "unknown_reference"),
        ("payment", {"payment_id": "P" * 65}, "too_long"),
        ("payment", {"allocation": "principal"}, "allocation_not_supported"),
        ("payment", {"reverses_payment_id": "P9"}, "reversal_of_unknown"),
        ("loan", {"currency": "USD"}, "foreign_currency"),
        ("loan", {"currency": "yuan"}, "wrong_form"),
        ("loan", {"debtor_id": "D9"}, "unknown_reference"),
        ("loan", {"org_id": "999"}, "unknown_reference"),
        ("loan", {"method": "magic"}, "not_in_list"),
        ("loan", {"annual_rate": "11"}, "too_large"),
        ("loan", {"annual_rate": "-10.5"}, "too_small"),
        ("loan", {"matures_on": "2024-01-15"}, "matures_after_it_is_paid_out"),
        ("loan", {"signed_on": "2024-01-16"}, "paid_out_after_it_is_signed"),
        ("loan", {"disbursed_on": "2024-04-15"}, "future_dated"),
        ("loan", {"charges_compound": "perhaps"}, "not_yes_or_no"),
        ("debtor", {"name": "长" * 30_000}, "too_long"),
        ("org", {"parent_id": "999"}, "unknown_reference"),
    ],
)
def test_a_bad_value_is_put_aside_with_its_rule(bank: Bank, table: str, change: Row, rule: str) -> None:
    report = bank.loaded(with_row(table, lambda row: row.update(change)))
    [column] = change
    assert put_aside(bank, "table", "row", "column", "rule")[0] == (table, 1, _held_as(table, column), rule) or (
        rule in FEED_TABLES[table]._schema_validation_rules()
    )
    mine = bank.quarantine().filter(table=table, row=1)
    assert rule in mine["rule"].to_list()
    assert report.tables[table].quarantined >= 1
    given = str(change[column])[:200]
    assert mine.filter(rule=rule)["value"][0] in (given or None, None)
    assert mine["reason"].str.len_chars().min() > 10
    assert mine["reason_zh"].str.contains(r"\p{Han}").all()
    assert not mine["reason"].str.contains(r"\{[a-z_]+\}").any()


def _held_as(table: str, column: str) -> str:
    names = FEED_TABLES[table].column_names()
    return next(name for name in (column, f"{column}_cents", f"{column}_e8") if name in names)


def test_the_file_row_counts_from_the_first_line_after_the_header(bank: Bank) -> None:
    bank.loaded(with_row("payment", lambda row: row.update(amount="x"), at=3))
    assert put_aside(bank, "row", "key", "value") == [(4, "P4", "x"), (5, "P5", "P4")]


def test_a_row_tells_every_rule_it_broke(bank: Bank) -> None:
    bank.loaded(with_row("loan", lambda row: row.update(principal="x", method="y", org_id=None), at=3))
    told = bank.quarantine().filter(table="loan")
    assert told.select("column", "rule").rows() == [
        ("org_id", "required"),
        ("principal_cents", "not_a_number"),
        ("method", "not_in_list"),
    ]


def test_what_hangs_on_a_bad_row_goes_with_it(bank: Bank) -> None:
    report = bank.loaded(with_row("debtor", lambda row: row.update(legal_form="ghost")))
    told = put_aside(bank, "table", "key", "rule")
    assert ("loan", "L1", "unknown_reference") in told
    assert ("loan", "L2", "unknown_reference") in told
    assert {key for table, key, _ in told if table == "payment"} == {"P1", "P2", "P3"}
    assert (report.tables["loan"].accepted, report.tables["payment"].accepted) == (2, 2)
    assert report.quarantined == 1 + 2 + 3


def test_branches_of_a_bad_branch_go_with_it(bank: Bank) -> None:
    tables = small_bank()
    tables["org"] = [
        {"org_id": "3", "parent_id": "2", "name": "c", "level": "sub_branch"},
        {"org_id": "2", "parent_id": "1", "name": "b", "level": "branch"},
        {"org_id": "1", "parent_id": None, "name": "a", "level": "palace"},
    ]
    report = bank.loaded(tables)
    assert report.tables["org"].accepted == 0


def test_different_rows_with_one_key_are_all_put_aside(bank: Bank) -> None:
    tables = small_bank()
    tables["payment"].append(tables["payment"][0] | {"amount": "5.00"})
    bank.loaded(tables)
    assert put_aside(bank, "row", "key", "rule") == [(1, "P1", "duplicate_key"), (6, "P1", "duplicate_key")]


def test_a_row_that_is_merely_repeated_counts_once(bank: Bank) -> None:
    tables = small_bank()
    tables["payment"].append(dict(tables["payment"][0]))
    bank.loaded(tables)
    assert put_aside(bank, "row", "key", "rule") == [(6, "P1", "repeated_row")]
    assert len(bank.rows("payment", "payment_id")) == 5


def test_duplicates_in_a_table_keyed_by_its_loan(bank: Bank) -> None:
    rows = [_instalment(1), _instalment(2), _instalment(1) | {"principal": "9"}]
    bank.loaded({**small_bank(), "instalment": rows})
    assert put_aside(bank, "row", "key", "rule") == [
        (1, "L1/1/1", "duplicate_key"),
        (3, "L1/1/1", "duplicate_key"),
    ]


def _instalment(seq: int) -> Row:
    return {
        "loan_id": "L1", "version": 1, "seq": seq, "due_on": date(2024, 1 + seq, 15), "principal": "972.80",
        "interest": "60.00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reversal", "rule"),
    [
        ({"amount": "1.00"}, "reversal_of_other_amount"),
        ({"loan_id": "L4", "paid_on": "2024-03-01"}, "reversal_of_other_loan"),
        ({"paid_on": "2024-01-19"}, "reversal_before_payment"),
        ({"reverses_payment_id": "P5"}, "reversal_of_reversal"),
        ({}, "reversed_twice"),
    ],
)
def test_a_reversal_takes_back_one_payment_as_it_was(bank: Bank, reversal: Row, rule: str) -> None:
    tables = small_bank()
    tables["payment"].append(tables["payment"][4] | {"payment_id": "P6"} | reversal)
    bank.loaded(tables)
    assert ("P6", rule) in put_aside(bank, "key", "rule")
    assert "P5" not in bank.quarantine()["key"].to_list()


def test_a_reversal_of_an_earlier_days_payment(bank: Bank) -> None:
    bank.loaded(small_bank())
    reversal = {"payment_id": "P7", "loan_id": "L1", "paid_on": "2024-04-02", "reverses_payment_id": "P2"}
    rows = [
        reversal | {"amount": "1032.80"},
        reversal | {"amount": "1.00", "payment_id": "P8", "reverses_payment_id": "P1"},
        reversal | {"amount": "187.29", "payment_id": "P9", "loan_id": "L3", "reverses_payment_id": "P4"},
    ]
    bank.loaded({"payment": rows}, "2024-04-30", modes={"payment": "increment"})
    assert put_aside(bank, "key", "rule") == [("P8", "reversal_of_other_amount"), ("P9", "reversed_twice")]
    assert ("P7", "P2") in bank.rows("payment", "payment_id", "reverses_payment_id")


DELAY = {"cause": "clearing house down", "evidence": "notice 17", "approver": "E12"}
CHANGED = {"difficulty": "cash_flow_short", "adjustment": "extension"}
FOUND = {"evidence": "notice 17", "approver": "E12"}
THREE = {"proposed_by": "E1", "determined_by": "E2", "approved_by": "E3"}
MANUAL = THREE | {"tier": "doubtful", "reason": "the works stand idle"}
OFF = {"principal": "1000.00", "interest": "0", "ground": "estate closed"}


@pytest.mark.parametrize(
    ("kind", "terms", "rule"),
    [
        ("technical_delay", DELAY, None),
        ("technical_delay", DELAY | {"cause": " "}, "decision_terms_wrong"),
        ("technical_delay", {"cause": "a", "evidence": "b"}, "decision_terms_wrong"),
        ("technical_delay", DELAY | {"mood": "good"}, "decision_terms_wrong"),
        ("technical_delay", "not JSON", "decision_terms_wrong"),
        ("technical_delay", ["cause"], "decision_terms_wrong"),
        ("restructure", CHANGED, None),
        ("restructure", CHANGED | {"is_repeat": True, "note": "the second time"}, None),
        ("restructure", CHANGED | {"is_repeat": "no"}, "decision_terms_wrong"),
        ("restructure", CHANGED | {"difficulty": "job lost"}, "decision_terms_wrong"),
        ("restructure", CHANGED | {"adjustment": "kindness"}, "decision_terms_wrong"),
        ("restructure", {"difficulty": "overdue"}, "decision_terms_wrong"),
        ("restructure", CHANGED | {"observation_ends_on": "2025-01-31"}, "decision_terms_wrong"),
        ("restructure", CHANGED | {"matures_on": "2026-01-15", "annual_rate": "0.0345"}, None),
        ("restructure", CHANGED | {"matures_on": "2026-02-30"}, "decision_terms_wrong"),
        ("restructure", CHANGED | {"annual_rate": 0.0345}, "decision_terms_wrong"),
        ("observation_end", FOUND | {"is_resolved": True}, None),
        ("observation_end", FOUND, "decision_terms_wrong"),
        ("observation_end", {"is_resolved": True, "evidence": "paid"}, "decision_terms_wrong"),
        *((kind, FOUND, None) for kind in ("misuse", "rating_fall", "evasion", "bankruptcy", "merger")),
        ("evasion", {"evidence": " ", "approver": "E12"}, "decision_terms_wrong"),
        ("bankruptcy", {"evidence": "notice 17"}, "decision_terms_wrong"),
        ("impairment", FOUND | {"expected_loss": "0.5"}, None),
        ("impairment", FOUND | {"expected_loss": "1"}, None),
        ("impairment", FOUND | {"expected_loss": "1.01"}, "decision_terms_wrong"),
        ("impairment", FOUND | {"expected_loss": 0.5}, "decision_terms_wrong"),
        ("impairment", FOUND, "decision_terms_wrong"),
        ("manual_tier", MANUAL, None),
        ("manual_tier", MANUAL | {"tier": "pass"}, "decision_terms_wrong"),
        ("manual_tier", MANUAL | {"approved_by": "E1"}, "decision_terms_wrong"),
        ("manual_tier", MANUAL | {"reason": ""}, "decision_terms_wrong"),
        ("upgrade", THREE | {"ability": "pays from new orders"}, None),
        ("upgrade", THREE | {"ability": "pays", "determined_by": "E3"}, "decision_terms_wrong"),
        ("upgrade", THREE, "decision_terms_wrong"),
        ("write_off", OFF, None),
        ("write_off", OFF | {"principal": "0", "interest": "0.01"}, None),
        ("write_off", OFF | {"principal": "0.00", "interest": "0"}, "decision_terms_wrong"),
        ("write_off", OFF | {"principal": 12.5}, "decision_terms_wrong"),
        ("write_off", OFF | {"principal": "12.345"}, "decision_terms_wrong"),
        ("write_off", OFF | {"principal": "-1"}, "decision_terms_wrong"),
        ("write_off", OFF | {"ground": ""}, "decision_terms_wrong"),
        ("write_off", {"principal": "1", "interest": "0"}, "decision_terms_wrong"),
        ("waiver", {"component": "penalty", "amount": "1.00"}, None),
        ("waiver", {"component": "principal", "amount": "1.00"}, "decision_terms_wrong"),
        ("waiver", {"component": "fee", "amount": "0"}, "decision_terms_wrong"),
        ("capitalise", {"components": ["interest", "penalty"], "approver": "E12"}, None),
        ("capitalise", {"components": [], "approver": "E12"}, "decision_terms_wrong"),
        ("capitalise", {"components": ["interest", "interest"], "approver": "E12"}, "decision_terms_wrong"),
        ("capitalise", {"components": ["principal"], "approver": "E12"}, "decision_terms_wrong"),
        ("reamortise", {"approver": "E12"}, None),
        ("reamortise", {"periods": 24, "approver": "E12"}, None),
        ("reamortise", {"periods": 0, "approver": "E12"}, "decision_terms_wrong"),
        ("reamortise", {"periods": 24}, "decision_terms_wrong"),
        ("forgive", DELAY, "decision_kind_unknown"),
    ],
)
def test_decisions_say_what_their_kind_must(bank: Bank, kind: str, terms: Any, rule: str | None) -> None:
    decision = {
        "decision_id": "X1", "kind": kind, "loan_id": "L1", "effective_on": "2024-02-16",
        "ends_on": None if kind in ENDLESS else "2024-02-20",
        "terms": terms if isinstance(terms, str) else json.dumps(terms),
    }  # fmt: skip
    bank.loaded({**small_bank(), "decision": [decision]})
    assert put_aside(bank, "rule") == ([(rule,)] if rule else [])
    assert len(bank.rows("decision", "terms")) == (0 if rule else 1)


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        ("write_off", OFF),
        ("waiver", {"component": "fee", "amount": "1"}),
        ("restructure", CHANGED),
        ("observation_end", FOUND | {"is_resolved": True}),
        ("merger", FOUND),
        ("upgrade", THREE | {"ability": "pays from new orders"}),
    ],
)
def test_what_is_given_up_or_has_happened_comes_back_only_by_withdrawing(bank: Bank, kind: str, terms: Row) -> None:
    decision = {
        "decision_id": "X1", "kind": kind, "loan_id": "L1", "effective_on": "2024-02-16", "ends_on": "2024-12-31",
        "terms": json.dumps(terms),
    }  # fmt: skip
    bank.loaded({**small_bank(), "decision": [decision]})
    assert put_aside(bank, "rule") == [("decision_does_not_end",)]


def test_a_decision_does_not_end_before_it_begins(bank: Bank) -> None:
    decision = {
        "decision_id": "X1", "kind": "technical_delay", "loan_id": "L1", "effective_on": "2024-02-16",
        "ends_on": "2024-02-15", "terms": json.dumps(DELAY),
    }  # fmt: skip
    bank.loaded({**small_bank(), "decision": [decision]})
    assert put_aside(bank, "rule") == [("ends_before_it_begins",)]


def test_what_secures_a_debt_lives_with_its_debtor(bank: Bank) -> None:
    pledge = {
        "collateral_id": "C1", "secures_kind": "loan", "rank": 1, "secured": "5000", "begins_on": "2024-01-15",
    }  # fmt: skip
    covenant = {"metric": "dscr", "operator": ">=", "threshold": "1.2", "test_every_months": 3}
    bank.loaded({
        **small_bank(),
        "facility": [
            {"facility_id": "F1", "debtor_id": "D3", "limit": "5", "begins_on": "2024-01-01", "ends_on": "2025-01-01"}
        ],
        "collateral": [{"collateral_id": "C1", "owner_id": "D1", "kind": "residential"}],
        "pledge": [
            pledge | {"pledge_id": "G1", "secures_id": "L3"},
            pledge | {"pledge_id": "G2", "secures_id": "F1", "secures_kind": "facility"},
            pledge | {"pledge_id": "G3", "secures_id": "F1"},
            pledge | {"pledge_id": "G4", "secures_id": "L3", "collateral_id": "C9"},
        ],
        "covenant": [
            covenant | {"covenant_id": "V1", "loan_id": "L4", "facility_id": None},
            covenant | {"covenant_id": "V2", "loan_id": None, "facility_id": "F1"},
            covenant | {"covenant_id": "V3", "loan_id": "L4", "facility_id": "F1"},
        ],
    })  # fmt: skip
    assert sorted(bank.rows("pledge", "pledge_id", "debtor_no")) == [("G1", 2), ("G2", 3)]
    assert sorted(bank.rows("covenant", "covenant_id", "debtor_no")) == [("V1", 3), ("V2", 3)]
    assert put_aside(bank, "table", "key", "column", "rule") == [
        ("pledge", "G3", "secures_id", "unknown_reference"),
        ("pledge", "G4", "collateral_id", "unknown_reference"),
        ("covenant", "V3", None, "binds_a_loan_or_a_facility"),
    ]


def test_personal_data_is_not_written_to_the_quarantine(bank: Bank) -> None:
    secret = "110101199003077777" * 10
    bank.loaded(with_row("debtor", lambda row: row.update(id_number=secret)))
    assert put_aside(bank, "column", "value", "rule")[0] == ("id_number", "(sealed)", "too_long")
    for path in bank.home.rglob("*"):
        assert not path.is_file() or b"110101199003077777" not in path.read_bytes(), path


def test_every_rule_of_the_schemas_has_chinese_words() -> None:
    for schema in FEED_TABLES.values():
        for name in schema._schema_validation_rules():
            assert REASONS[name][1], name
            assert getattr(schema, name).validation_fn.__doc__, name


def test_rows_in_equal_rows_accepted_and_put_aside(bank: Bank) -> None:
    rows = [
        {"payment_id": f"X{at}", "loan_id": f"L{at % 6}", "paid_on": "2024-03-01", "amount": "1" if at % 7 else "x"}
        for at in range(500)
    ]
    report = bank.loaded({**small_bank(), "payment": rows}).tables["payment"]
    good = {row["payment_id"] for row in rows if row["loan_id"] in ("L1", "L2", "L3", "L4") and row["amount"] == "1"}
    assert {name for (name,) in bank.rows("payment", "payment_id")} == good
    assert report.accepted + report.quarantined == 500
    told = bank.quarantine().filter(table="payment")
    assert told["row"].n_unique() == report.quarantined
    assert told["row"].is_sorted()
    assert isinstance(told, pl.DataFrame)


def test_a_covenant_file_that_names_nobody(bank: Bank) -> None:
    covenant = {"covenant_id": "V", "metric": "dscr", "operator": ">=", "threshold": "1.2", "test_every_months": 3}
    assert bank.loaded({**small_bank(), "covenant": [covenant]}).tables["covenant"].quarantined == 1
    assert put_aside(bank, "rule") == [("binds_a_loan_or_a_facility",)]


def test_a_loan_that_changes_its_debtor_inside_one_file(bank: Bank) -> None:
    tables = small_bank()
    tables["loan"][0]["known_on"] = "2024-03-01"
    tables["loan"].append(tables["loan"][0] | {"debtor_id": "D2", "known_on": "2024-03-15"})
    bank.loaded(tables)
    assert [row for row in put_aside(bank, "table", "row", "rule") if row[0] == "loan"] == [
        ("loan", 1, "owner_changed"),
        ("loan", 5, "owner_changed"),
    ]
