"""Schedules published by regulators, agencies, textbooks and banks, compared with ours to the cent by the runner."""

import itertools
from pathlib import Path

import pytest
from tests.oracles.schedules import differences, laid_out, main, read

FOLDER = Path(__file__).parents[3] / "shared" / "oracles" / "amortization_schedules"
FOUND = sorted(FOLDER.glob("*.toml"))
is_absent = pytest.mark.skipif(not FOUND, reason="the published schedules are not in this checkout")

# 1,200.00 over three months at 12 %: 408.03 a month but for the last, worked out by hand.
TOML = """
[loan]
principal = "1200"
annual_rate = "12"
term_months = 3
[expected]
periodic_payment = "408.03"
"""
CSV = """payment,payment_amount,principal,interest,balance
1,408.03,396.03,12.00,803.97
2,408.03,399.99,8.04,403.98
3,408.02,403.98,4.04,0.00
"""


@is_absent
@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_a_published_schedule_is_ours_to_the_cent(path: Path) -> None:
    assert differences(read(path)) == []


@is_absent
def test_there_is_something_to_compare() -> None:
    said = [read(path) for path in FOUND]
    assert len(said) == 30
    assert sum(len(each.rows) for each in said) == 184, (
        "rows compared; half of the sources publish the instalment alone"
    )
    assert all(each.rows or each.expected for each in said)


def written(folder: Path, toml: str = TOML, rows: str = CSV, name: str = "by_hand") -> Path:
    (folder / f"{name}.csv").write_text(rows)
    path = folder / f"{name}.toml"
    path.write_text(toml)
    return path


def test_a_schedule_worked_out_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path)
    assert main(tmp_path) == 0
    assert capsys.readouterr().out == "reproduced 1 of 1\n"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("408.03,396.03", "408.04,396.03", "row 1 payment: ours 40803, published 40804"),
        ("399.99,8.04", "399.98,8.04", "row 2 principal: ours 39999, published 39998"),
        ("403.98,4.04", "403.98,4.05", "row 3 interest: ours 404, published 405"),
        ("8.04,403.98", "8.04,403.97", "row 2 balance: ours 40398, published 40397"),
        ("\n3,", "\n4,", "row 4: ours ends at 3"),
    ],
)
def test_a_cent_off_in_any_column_is_named(
    right: str, wrong: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert CSV.count(right) == 1
    written(tmp_path, rows=CSV.replace(right, wrong))
    assert main(tmp_path) == 1
    assert capsys.readouterr().out == f"by_hand: {said}\nreproduced 0 of 1\n"


def test_a_wrong_instalment_is_named(tmp_path: Path) -> None:
    said = read(written(tmp_path, TOML.replace("408.03", "408.02"), CSV.splitlines()[0]))
    assert differences(said) == ["instalment: ours 40803, published 40802"]


def test_a_convention_we_do_not_know_is_not_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, TOML.replace("[expected]", "skipped_months = 1\n[expected]"))
    assert main(tmp_path) == 1
    assert "by_hand: not offered: its loan has skipped_months" in capsys.readouterr().out


def test_a_source_that_says_nothing_is_not_reproduced(tmp_path: Path) -> None:
    said = read(written(tmp_path, TOML.partition("[expected]")[0], CSV.splitlines()[0]))
    assert differences(said) == ["its source gives nothing to compare"]


def test_an_empty_folder_reproduces_nothing(tmp_path: Path) -> None:
    assert main(tmp_path) == 1


HALF = TOML.replace("1200", "100.50").replace('12"', '12.00"').partition("[expected]")[0]  # 1.005 of interest at first


@pytest.mark.parametrize(("rounding", "interest"), [("HALF_UP", 101), ("HALF_EVEN", 100), ("UP", 101), ("DOWN", 100)])
def test_interest_is_rounded_as_its_source_says(rounding: str, interest: int, tmp_path: Path) -> None:
    loan = HALF + f'interest_rounding = "ROUND_{rounding}"\n[expected]\nperiodic_payment = "34.17"\n'
    row = f"{CSV.splitlines()[0]}\n1,,,{interest // 100}.{interest % 100:02},\n"
    assert differences(read(written(tmp_path, loan, row))) == []


def test_conventions_change_what_comes_out(tmp_path: Path) -> None:
    """None of the conventions is passed over in silence: each gives rows of its own."""
    more = {
        "plain": "", "yearly": 'compounding = "annual"', "balloon": "amortization_period_months = 12",
        "free": "interest_only_months = 1", "fixed": 'payment_override = "500"',
        "down": 'payment_rounding = "ROUND_DOWN"',
        "days": 'day_count = "actual/365"', "quarterly": 'payment_frequency = "quarterly"',
        "changed": '[[loan.rate_schedule]]\neffective_payment_number = 2\nnew_annual_rate = "24"\nrecast = true',
    }  # fmt: skip
    results = {}
    for name, line in more.items():
        toml = TOML.replace("[expected]", f"{line}\n[expected]").replace("= 3", "= 6")
        results[name] = laid_out(read(written(tmp_path, toml, name=name)).loan)
    for one, other in itertools.combinations(results, 2):
        assert results[one] != results[other], f"{one} and {other} give the same rows"
