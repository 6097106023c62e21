"""What the runner of ACTUS cases reads, and that it names whatever differs."""

import json
from copy import deepcopy
from decimal import Decimal
from pathlib import Path

import pytest
from tests.oracles.actus.__main__ import differences, main
from tests.oracles.actus.reading import MONEY, RATE, Terms, Unsupported, cycle, moment
from tests.oracles.made_actus import answered, case


def test_terms_are_read_without_floats() -> None:
    terms = Terms(
        {"dayCountConvention": "30E360", "notionalPrincipal": "  5000", "rateSpread": " ", "purchaseDate": None}
    )
    assert terms.word("dayCountConvention") == "30E360"
    assert terms.money("notionalPrincipal") == 5_000 * MONEY
    assert terms.number("rateSpread") is None
    assert terms.moment("purchaseDate") is None
    assert Terms({"nominalInterestRate": "0.009827160493827161"}).rate("nominalInterestRate") == 9_827_160_494
    assert RATE == 10**12
    for text in ("2023-02-30", "30E360", "2023-02-01T12:00:00"):
        with pytest.raises(ValueError, match=r"."):
            moment(text)
    with pytest.raises(Unsupported):
        cycle("monthly")


@pytest.mark.parametrize(
    ("field", "by", "is_noticed"),
    [("payoff", "0.0000009", False), ("payoff", "0.0000011", True)]
    + [(field, "0.0000011", True) for field in ("notionalPrincipal", "nominalInterestRate", "accruedInterest")],
)
def test_a_number_that_differs_by_more_than_the_tolerance_is_named(field: str, by: str, is_noticed: bool) -> None:
    one = answered(case())
    assert list(differences(one)) == []
    changed = deepcopy(one)
    changed["results"][3][field] = str(Decimal(changed["results"][3][field]) + Decimal(by))
    found = list(differences(changed))
    assert len(found) == is_noticed
    assert all(line.startswith("2023-03-31 IP ") for line in found)


def test_an_event_that_only_one_side_has_is_named() -> None:
    one = answered(case())
    fewer, more = deepcopy(one), deepcopy(one)
    del fewer["results"][-1]
    more["results"].append({**more["results"][-1], "eventDate": "2023-08-01"})
    assert list(differences(fewer)) == ["2023-07-31 MD: only ours"]
    assert list(differences(more)) == ["2023-08-01 MD: only theirs"]


def test_the_command_lists_what_differs_and_ends_with_the_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, wrong, odd = answered(case()), answered(case()), case(calendar="MARS")
    wrong["results"][-1]["payoff"] = "1"
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"_meta": {}, "pam": {"a1": good, "a2": wrong, "a3": odd}}), encoding="utf-8")
    main(file)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "a2 2023-07-31 MD payoff: ours 36000.000000000, theirs 1"
    assert lines[1] == "a3 not computed: Unsupported: no calendar MARS"
    assert lines[-1] == "reproduced 1 of 3"
