"""What an option is quoted is what the night makes of it: random loans, random options, to the cent.

`bench/restructurings.py` asks the same of 10,000 loans.
"""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "restructurings.py"
LOANS, WHOLE = 120, 10


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    named = importlib.util.spec_from_file_location("restructurings", BENCH)
    assert named is not None
    assert named.loader is not None
    module = importlib.util.module_from_spec(named)
    named.loader.exec_module(module)
    return module


def test_what_is_quoted_is_what_the_night_makes(bench: ModuleType, tmp_path: Path) -> None:
    found = bench.compare_book(tmp_path / "home", tmp_path / "feeds", loans=LOANS, whole=WHOLE, seed=5)
    assert (found["schedules_that_differ"], found["rows_that_differ"]) == ([], [])
    assert found["quoted"] > LOANS * 9 // 10
    assert found["applied"] > found["quoted"]
    assert found["refused"] > 0
