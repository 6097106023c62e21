"""Words in two languages, and figures that are never rounded through a float."""

import re
import string
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import postloan.site
from postloan.desk.core.figures import (
    decimal_money,
    decimal_share,
    exact_percent,
    money,
    money_units,
    said_money,
    said_percent,
)
from postloan.desk.report.form import Column, Report
from postloan.desk.report.migration import EXITS, MOVES
from postloan.desk.report.titles import column_header
from postloan.desk.report.words.closing import CLOSING_REPORT_WORDS
from postloan.desk.report.words.movement import MOVEMENT_WORDS
from postloan.desk.report.words.provision import PROVISION_WORDS
from postloan.desk.report.words.tables import REPORT_WORDS
from postloan.site.closing_words import CLOSING_WORDS
from postloan.site.help_words import HELP
from postloan.site.model_words import MODEL_WORDS
from postloan.site.replay_words import REPLAY_WORDS
from postloan.site.words import _MESSAGES, Words, all_words, language_of
from postloan.tables.said import LANGUAGES
from postloan.tables.units import BUCKETS, TIERS

SITE = Path(postloan.site.__file__).parent
CENTS = st.integers(-(10**17), 10**17)


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_everything_with_the_same_blanks() -> None:
    assert len(all_words()) > 150
    for key, said in all_words().items():
        zh, en = said
        if key != "unit.count":  # English counts loans without a unit.
            assert zh.strip(), key
            assert en.strip(), key
        assert blanks(zh) == blanks(en), key


def test_every_key_that_is_asked_for_is_there_and_every_message_is_asked_for() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in SITE.glob("*.py") if "why" not in path.name)
    asked = set(re.findall(r'(?:words|_SAY)\(\s*"([a-z_.]+)"', source))
    assert len(asked) > 50
    assert asked <= all_words().keys()
    messages = {key for key in all_words() if key.split(".")[0] in {"load", "night", "demo", "help"}}
    assert {key for key in messages if f'"{key}"' not in re.sub(r'"[a-z_.]+":', "", source)} == set()


def test_no_words_are_hidden_behind_others_of_the_same_key() -> None:
    lists = (_MESSAGES, REPORT_WORDS, MOVEMENT_WORDS, REPLAY_WORDS, CLOSING_WORDS, MODEL_WORDS, HELP)
    assert Counter(key for each in lists for key in each).most_common(1)[0][1] == 1
    own = (CLOSING_REPORT_WORDS, PROVISION_WORDS)
    assert Counter(key for each in own for key in each).most_common(1)[0][1] == 1
    assert all(REPORT_WORDS[key] == said for each in own for key, said in each.items())


@pytest.mark.parametrize(
    ("report", "column", "zh"),
    [
        ("migration", "upgraded", "上调"),
        ("migration", "new", "新增"),
        ("bridge", "new", "新增不良"),
        ("corrections", "tier_after", "本版\n分类"),
        ("replay", "tier_now", "新分类"),
        ("corrections", "npl_after", "本版\n不良"),
        ("replay", "npl_now", "不良率\n新"),
        ("provisions", "line", "项目"),
        ("g11", "line", "行次"),
    ],
)
def test_a_report_s_own_word_for_a_column_goes_before_the_common_one(report: str, column: str, zh: str) -> None:
    said = Report(report, None, None, None, ())  # type: ignore[arg-type]
    assert column_header(said, Column(column, "word"), Words("zh")) == zh


def test_a_missing_word_is_noticed() -> None:
    with pytest.raises(KeyError):
        Words("zh")("load.nonsense")
    assert Words("zh").of("tier", "nonsense") == "nonsense"


def test_tiers_moves_and_buckets_have_words() -> None:
    zh = Words("zh")
    assert {tier: zh.of("tier", tier) for tier in TIERS} == {
        "pass": "正常", "special_mention": "关注", "substandard": "次级", "doubtful": "可疑", "loss": "损失",
    }  # fmt: skip
    for language in LANGUAGES:
        words = Words(language)
        assert all(words.of("move", move) != move for move in MOVES)
        assert all(words.of("to_tier", end) != end for end in EXITS)
        assert all(words(f"column.{bucket}") == bucket for bucket in BUCKETS)
        assert words.of("industry", None) in {"未填", "not given"}


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8", "POSTLOAN_LANG": "en"}, "en"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        (["--lang", "zh", "rules"], {"POSTLOAN_LANG": "en"}, "zh"),
        (["--lang=en"], {"LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_the_language_is_chosen(arguments: list[str], environment: dict[str, str], language: str) -> None:
    assert language_of(arguments, environment) == language


@given(CENTS)
def test_money_for_programs_is_exact(cents: int) -> None:
    assert Decimal(decimal_money(cents)) * 100 == cents
    assert re.fullmatch(r"-?\d+\.\d\d", decimal_money(cents))


@given(st.integers(0, 10**10))
def test_shares_for_programs_are_exact(share_e8: int) -> None:
    assert Decimal(decimal_share(share_e8)) * 10**8 == share_e8


@given(CENTS, st.sampled_from([unit for language in LANGUAGES for unit in money_units("CNY", language)]))
def test_money_on_screen_is_half_up_in_its_unit(cents: int, unit: object) -> None:
    said = said_money(cents, unit)
    expected = (Decimal(cents) / 100 / unit.units).quantize(Decimal(1).scaleb(-unit.decimals), ROUND_HALF_UP)
    assert Decimal(said.replace(",", "")) == expected
    assert re.fullmatch(r"-?\d{1,3}(,\d{3})*(\.\d+)?", said)


def test_percent_on_screen() -> None:
    assert said_percent(1_235_000) == "1.24"
    assert said_percent(10**8) == "100.00"
    assert said_percent(None) == "-"
    assert said_money(-195046, money_units("CNY", "zh")[0]) == "-1,950.46"


def test_units_have_names_of_their_language() -> None:
    assert [unit.name for unit in money_units("CNY", "zh")][:2] == ["元", "万元"]
    assert [unit.name for unit in money_units("USD", "zh")][:2] == ["USD", "万 USD"]
    assert money_units("USD", "en")[1].name == "USD k"


@given(CENTS)
def test_an_amount_and_a_rate_are_written_exactly(cents: int) -> None:
    assert Decimal(money(cents).replace(",", "")) * 100 == cents
    assert Decimal(exact_percent(cents)) * 10**6 == cents
    assert exact_percent(3_450_000) == "3.45"
    assert money(-123_456) == "-1,234.56"
