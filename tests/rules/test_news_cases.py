"""Names and tones of texts by the cases of the rulebook, and what a rule file of theirs may not say."""

from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from postloan.desk.arrival.reading.names import known_names, names_found
from postloan.desk.arrival.reading.tone import tone_of
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.news import Names, Sentiment
from postloan.rules.reading import read_yaml
from postloan.rules.sources import shipped_rules
from postloan.rules.warnings import FEATURES

_RULES = load_desk_rules(None)
NAMES: Names = _RULES.files["names"].versions[-1]
SENTIMENT: Sentiment = _RULES.files["sentiment"].versions[-1]
_FOLDER = shipped_rules() / "cases" / "news"
NAME_CASES, TONE_CASES = (read_yaml((_FOLDER / f"{each}.yaml").read_bytes()) for each in ("names", "sentiment"))


def found(case: dict[str, Any]) -> dict[bool, dict[str, str]]:
    persons = set(case.get("persons", ()))
    rows = [(key, name, "person" if key in persons else "company") for key, name in case["debtors"].items()]
    debtors = pl.DataFrame(rows, schema=["debtor_id", "name", "legal_form"], orient="row")
    aliases = pl.DataFrame(
        list(case.get("aliases", {}).items()), schema={"alias": pl.String, "debtor_id": pl.String}, orient="row"
    )
    told = names_found(case["text"], known_names(debtors, NAMES), aliases, NAMES)
    return {
        is_sure: {each.debtor_id: each.how for each in told if each.is_sure == is_sure} for is_sure in (True, False)
    }


@pytest.mark.parametrize("case", NAME_CASES, ids=lambda case: case["case"])
def test_a_text_names_debtors(case: dict[str, Any]) -> None:
    assert found(case) == {True: case.get("sure", {}), False: case.get("asked", {})}


@pytest.mark.parametrize("case", TONE_CASES, ids=lambda case: case["case"])
def test_a_text_has_a_tone(case: dict[str, Any]) -> None:
    read = tone_of(case["text"], SENTIMENT)
    assert (read.score, read.kind) == (case["score"], case["kind"])
    assert all(case["text"].startswith(hit.word, hit.at) for hit in read.hits)


def test_where_a_name_stands_is_where_it_stands() -> None:
    known = known_names(pl.DataFrame({"debtor_id": ["C1"], "name": ["上海华信电子科技有限公司"],
                                      "legal_form": ["company"]}), NAMES)  # fmt: skip
    none = pl.DataFrame(schema={"alias": pl.String, "debtor_id": pl.String})
    for text in (
        "昨日，上海华信电子科技有限公司停产",
        "北京华信电子科技有限公司停产",
        "有关华新电子科技有限公司的消息",
    ):
        [told] = names_found(text, known, none, NAMES)
        assert text.startswith(told.found, told.at)


def test_every_kind_of_the_dictionary_is_asked_by_a_feature() -> None:
    kinds = {tone.kind for tone in SENTIMENT.words if tone.kind} | {SENTIMENT.kind}
    assert {f"days_since_{kind}" for kind in kinds} <= FEATURES["debtor"].kinds.keys()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "weather"}, {"otherwise": "sued"}, {"negative_from": 0}, {"reach": 0}, {"words": []},
        {"words": [{"word": "a", "weight": 1}, {"word": "a", "weight": 2}]}, {"words": [{"word": "a", "weight": 11}]},
        {"words": [{"word": "a", "weight": -1, "kind": "weather"}]},
    ],
)  # fmt: skip
def test_a_dictionary_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SENTIMENT.changed(**wrong)
