"""Conditions cannot do harm: what is hostile is refused by name, what is accepted decides of every row."""

import random
import re
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import parse_one

from postloan.rules.condition import ConditionWrong, FrozenSchema, condition
from postloan.rules.condition_reading import DIALECT

FEATURES = FrozenSchema(
    {
        "days": pl.Int32(), "cents": pl.Int64(), "share": pl.Float64(), "is_late": pl.Boolean(),
        "tier": pl.Enum(["pass", "loss"]), "code": pl.String(), "since_on": pl.Date(),
    }.items()
)  # fmt: skip
ROWS = pl.DataFrame(
    {
        "days": [None, 0, 1, -(2**31), 2**31 - 1], "cents": [None, 0, -1, 2**63 - 1, -(2**63)],
        "share": [None, 0.0, -0.2, 1e308, float("inf")], "is_late": [None, True, False, True, False],
        "tier": [None, "pass", "loss", "pass", "loss"], "code": [None, "", "E4710", "%_\\'", "贷"],
        "since_on": [None, date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31), date(1970, 1, 1)],
    },
    schema=FEATURES.kinds,
)  # fmt: skip


def holds(text: str, **row: Any) -> bool:
    """Whether the condition holds of one row; what is not named is unknown."""
    frame = pl.DataFrame({name: [row.get(name)] for name in FEATURES.kinds}, schema=FEATURES.kinds)
    return bool(frame.select(condition(text, FEATURES).holds.alias("holds"))["holds"][0])


HOSTILE = {
    "SELECT days": "SELECT",
    "(SELECT max(days) FROM debtor) > 1": "SUBQUERY|SELECT",
    "days IN (SELECT days FROM debtor)": "SELECT|IN of something",
    "EXISTS (SELECT 1)": "EXISTS|SELECT",
    "tier < code": "cannot be compared",
    "code > tier": "cannot be compared",
    "(tier) = 'lost'": "compares tier with lost",
    "COALESCE(tier, 'nope') = 'pass'": "compares tier with nope",
    "NULLIF(tier, 'zzz') = 'pass'": "compares tier with zzz",
    "CASE tier WHEN 'nope' THEN TRUE ELSE FALSE END": "compares tier with nope",
    "tier BETWEEN 'pass' AND 'lost'": "compares tier with lost",
    "tier = CASE WHEN code = 'E' THEN 'lost' ELSE 'loss' END": "compares tier with lost",
    "days > 1 UNION SELECT 1": "UNION",
    "days > 1; DROP TABLE debtor": "no SQL expression|more than one|not allowed|BLOCK",
    "days > 1;": "",
    "DROP TABLE debtor": "DROP",
    "days > 1 -- and so on": "comment",
    "days /* or */ > 1": "comment",
    "read_csv('/etc/passwd') IS NULL": "the function READ_CSV",
    "read_parquet('x') = 1": "the function",
    "pg_read_file('/etc/passwd') = code": "the function pg_read_file",
    "COPY debtor TO 'x.csv'": "COPY|no SQL",
    "SUM(days) OVER (PARTITION BY code) > 1": "WINDOW|SUM",
    "SUM(days) > 1": "SUM",
    "COUNT(*) > 1": "COUNT|STAR",
    "* > 1": "STAR|no SQL",
    "days > ALL(ARRAY[1])": "ALL",
    "LPAD(code, 1000000000) = 'x'": "the function PAD|the function LPAD",
    "REPEAT(code, 1000000000) = 'x'": "the function REPEAT",
    "POW(2, 400) > days": "the function POW",
    "2 ^ 400 > days": "POW|BITWISE",
    "days ** 2 > 4": "POW|no SQL",
    "EXP(share) > 1": "the function EXP",
    "code LIKE '%%%%%x'": "LIKE",
    "code ~ '(a+)+b'": "REGEXP",
    "code SIMILAR TO 'x'": "SIMILAR",
    "code || code = 'x'": "DPIPE|CONCAT",
    "CAST(code AS INT) > 1": "CAST",
    "code::int > 1": "CAST",
    "days > 1::int": "CAST",
    "DATE '2024-01-01' < since_on": "CAST|DATE",
    "since_on > CURRENT_DATE": "CURRENT_DATE|CURRENTDATE",
    "since_on > INTERVAL '1 day'": "INTERVAL",
    "RANDOM() > 0.5 AND is_late": "the function RAND",
    "debtor.days > 1": "is no feature",
    "public.debtor.days > 1": "is no feature",
    "name = 'x'": "name, which is no feature",
    "DAYZ > 1": "which is no feature",
    '"days; DROP" > 1': "which is no feature",
    "days > ?": "PLACEHOLDER|no SQL",
    "days > :limit": "PLACEHOLDER",
    "days > $1": "PARAMETER|PLACEHOLDER",
    "days > @limit": "PARAMETER|no SQL|ABS|not allowed",
    "days > 1e308": "the number 1e308",
    "days > 1e400": "the number 1e400",
    "cents > 9999999999999999": "the number 9999999999999999",
    "days > 0xFF": "HEX|no SQL",
    "days % 0 = 1": "MOD",
    "days & 1 = 1": "BITWISE",
    "tier = 'lost'": "it is one of pass, loss",
    "tier IN ('pass', 'Loss')": "compares tier with Loss",
    "'lost' = tier": "it is one of",
    "tier <> 'nothing'": "it is one of",
    "code > 1": "compares a number with a text in code > 1",
    "is_late > 1": "compares a number with true or false",
    "since_on > 5": "compares a day with a number",
    "since_on > 'soon'": "compares a day with a text",
    "days = 'x'": "compares a number with a text",
    "days + code > 1": "asks days . code of code, which is not a number",
    "ABS(code) = 'x'": "which is not a number",
    "STARTS_WITH(days, 'E')": "of days, which is not a text",
    "NOT days": "of days, which is not true or false",
    "days AND is_late": "of days, which is not true or false",
    "is_late < FALSE": "puts is_late < FALSE in order",
    "is_late BETWEEN FALSE AND TRUE": "in order",
    "days IN (1, 'x')": "compares a number with a text",
    "COALESCE(days, code) = 1": "compares a number with a text",
    "CASE WHEN days THEN is_late END": "of days, which is not true or false",
    "CASE WHEN is_late THEN 1 ELSE 'x' END = 1": "compares a number with a text",
    "CASE code WHEN 1 THEN is_late END": "compares a number with a text",
    "code IS TRUE": "compares a text with true or false",
    "days": "neither true nor false",
    "days + 1": "neither true nor false",
    "code": "neither true nor false",
    "CASE WHEN is_late THEN 1 ELSE 0 END": "neither true nor false",
    "1 = 1": "asks no feature",
    "TRUE": "asks no feature",
    "": "no SQL|empty",
    "   ": "no SQL|empty",
    "days >": "no SQL expression",
    "days > 1)": "no SQL expression",
    "days === 1": "no SQL expression",
    "'unterminated = code": "no SQL expression",
    "code = '" + "x" * 65 + "'": "longer than 64",
    "(" * 31 + "is_late" + ")" * 31: "more than 30 brackets",
    "NOT " * 20 + "is_late": "",
    " OR ".join(["is_late"] * 66): "",
    "NOT " * 400 + "is_late": "more than 200 parts|nested too deeply",
    "- " * 900 + "days > 1": "more than 200 parts|nested too deeply",
    "CASE WHEN is_late THEN " * 80 + "is_late" + " END" * 80: "more than 200 parts|nested too deeply|longer",
    " OR ".join(["is_late"] * 120): "more than 200 parts",
    "is_late OR " * 200: "longer than 2000",
}


@pytest.mark.parametrize(("text", "says"), HOSTILE.items(), ids=lambda text: text[:40])
def test_what_is_hostile_is_refused_by_name_or_harmless(text: str, says: str) -> None:
    if not says:
        runs_and_decides(text)
        return
    with pytest.raises(ConditionWrong, match=f"(?i){says}"):
        condition(text, FEATURES)


@pytest.mark.parametrize(
    ("text", "row", "answer"),
    [
        ("days / cents > 1", {"days": 5, "cents": 0}, False),
        ("NOT days / cents > 1", {"days": 5, "cents": 0}, False),
        ("days / (cents - cents) IS NULL", {"days": 5, "cents": 3}, True),
        ("days / 2 > 2", {"days": 5}, True),
        ("cents * cents > 0", {"cents": 2**62}, True),
        ("cents + cents > cents", {"cents": 2**63 - 1}, True),
        ("0.1 * cents <= days", {"cents": 10, "days": 1}, True),
        ("tier = CASE WHEN code = 'E' THEN 'pass' ELSE 'loss' END", {"tier": "loss", "code": "F"}, True),
        ("CASE tier WHEN 'loss' THEN TRUE ELSE FALSE END", {"tier": "loss"}, True),
        ("COALESCE(tier, 'pass') = 'pass'", {}, True),
        ("CASE WHEN days > days THEN 250000000000000 ELSE 1 END IN (1, 3)", {"days": 5}, True),
        ("days > 1", {}, False),
        ("NOT days > 1", {}, False),
        ("days > 1 OR is_late", {"is_late": True}, True),
        ("days > 1 AND is_late", {"is_late": False}, False),
        ("days IS NULL", {}, True),
        ("COALESCE(days > cents, TRUE)", {"days": 1}, True),
        ("COALESCE(days > cents, TRUE)", {"days": 1, "cents": 1}, False),
        ("days BETWEEN 3 AND 5", {"days": 5}, True),
        ("days NOT BETWEEN 3 AND 5", {"days": 5}, False),
        ("days NOT IN (1, 2)", {"days": 3}, True),
        ("days IN (1, 2)", {}, False),
        ("code IN ('E', 'F')", {"code": "F"}, True),
        ("STARTS_WITH(code, 'E')", {"code": "E4710"}, True),
        ("tier >= 'pass'", {"tier": "loss"}, True),
        ("share > CASE WHEN tier = 'loss' THEN 0.8 ELSE 0.7 END", {"share": 0.75, "tier": "pass"}, True),
        ("GREATEST(days, cents) > 4 AND LEAST(days, cents) < 4", {"days": 3, "cents": 5}, True),
        ("ABS(share) >= 0.2", {"share": -0.2}, True),
        ("-days < 0", {"days": 5}, True),
        ("NULLIF(days, 5) IS NULL", {"days": 5}, True),
    ],
)
def test_what_is_allowed_means_what_it_says(text: str, row: dict[str, Any], answer: bool) -> None:
    assert holds(text, **row) is answer


def test_only_what_the_parser_wrote_back_is_run() -> None:
    found = condition("days>1 and(is_late)", FEATURES)
    assert (found.text, found.sql, found.columns) == (
        "days>1 and(is_late)",
        "days > 1 AND (is_late)",
        ("days", "is_late"),
    )


def runs_and_decides(text: str) -> None:
    """What is accepted is the parser's own text, holds nothing but features, and decides of every row."""
    found = condition(text, FEATURES)
    assert parse_one(found.sql, read=DIALECT).sql(dialect=DIALECT, comments=False) == found.sql
    assert set(found.columns) <= FEATURES.kinds.keys()
    for rows in (ROWS, ROWS.clear(), ROWS.head(1)):
        answer = rows.select(found.holds.alias("holds"))["holds"]
        assert (answer.dtype, answer.null_count()) == (pl.Boolean, 0)
        assert len(answer) in {rows.height, 1}


TOKENS = [
    *FEATURES.kinds, *FEATURES.kinds, "0", "1", "0.1", "99", "1e9", "'pass'", "'loss'", "'x'", "NULL", "TRUE", "FALSE",
    "AND", "OR", "NOT", "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "(", ")", ",", "IN", "IS", "BETWEEN",
    "CASE", "WHEN", "THEN", "ELSE", "END", "ABS(", "COALESCE(", "NULLIF(", "LEAST(", "GREATEST(", "STARTS_WITH(",
    "SELECT", "FROM", "OVER (", "::int", "--", "/*", "*/", ";", ".", "LIKE", "||", "%", "^", "$1", "?", "POW(", "LPAD(",
    "CAST(", "AS", "EXISTS(", "INTERVAL", '"', "'", "[", "]", "{", "}", "@", "#", "\\", "贷", "\x00",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=14))
def test_random_words_are_refused_or_decide(words: list[str]) -> None:
    text = " ".join(words)
    try:
        condition(text, FEATURES)
    except ConditionWrong:
        return
    runs_and_decides(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_random_letters_are_refused_or_decide(text: str) -> None:
    try:
        condition(text, FEATURES)
    except ConditionWrong:
        return
    runs_and_decides(text)


NUMBERS = st.sampled_from(["days", "cents", "share", "0", "1", "0.1", "250000000000000"])
WORDS = st.sampled_from(["code", "'E'", "''", "'贷'"])


def numbers(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, parts, st.sampled_from("+-*/"), parts),
        st.builds("ABS({})".format, parts), st.builds("-({})".format, parts),
        st.builds("{}({}, {})".format, st.sampled_from(["COALESCE", "NULLIF", "LEAST", "GREATEST"]), parts, parts),
        st.builds("CASE WHEN {} > {} THEN {} ELSE {} END".format, parts, parts, parts, parts),
    )  # fmt: skip


VALUES = st.recursive(NUMBERS, numbers, max_leaves=8)
LEAVES = st.one_of(
    st.sampled_from(["is_late", "TRUE", "tier = 'loss'", "tier < 'loss'", "tier IN ('pass')",
                     "since_on IS NOT NULL", "is_late IS NULL"]),
    st.builds("{} {} {}".format, VALUES, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), VALUES),
    st.builds("{} BETWEEN {} AND {}".format, VALUES, VALUES, VALUES),
    st.builds("{} IN ({}, 3)".format, VALUES, st.sampled_from(["1", "0.5"])),
    st.builds("{} IS NULL".format, VALUES),
    st.builds("STARTS_WITH({}, {})".format, WORDS, WORDS),
    st.builds("{} = {}".format, WORDS, WORDS),
)  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds("({}) AND ({})".format, parts, parts), st.builds("({}) OR ({})".format, parts, parts),
        st.builds("NOT ({})".format, parts), st.builds("COALESCE(({}), FALSE)".format, parts),
        st.builds("CASE WHEN {} THEN {} ELSE {} END".format, parts, parts, parts),
    ),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(TREES)
def test_random_expressions_decide_of_every_row(text: str) -> None:
    """All of these may be said: what is refused is too long, or asks nothing."""
    try:
        condition(text, FEATURES)
    except ConditionWrong as wrong:
        if not re.search("asks no feature|more than|longer than", str(wrong)):
            raise
        return
    runs_and_decides(text)


def test_most_random_expressions_are_accepted() -> None:
    """Otherwise the test above would show little."""
    drawn, accepted = random.Random(7), 0  # noqa: S311
    for _ in range(100):
        text = f"{drawn.choice(['days', 'cents', 'share'])} {drawn.choice('+-*/')} {drawn.choice(['cents', '2'])} > 1"
        accepted += bool(condition(f"NOT ({text}) OR is_late", FEATURES))
    assert accepted == 100
