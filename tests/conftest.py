"""Its being here puts this folder on the path, so that every test can import `feeds`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import is_hypothesis_test, settings

# How long an example takes says how busy the machine is; bench/ measures, tests do not.
settings.register_profile("postloan", deadline=None)
settings.load_profile("postloan")

_FEWEST_EXAMPLES = 4


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=["sqlite", "postgres"], default="sqlite", help="what the desk's tests run on"
    )
    parser.addoption("--kept", type=Path, help="where the desk's bank is kept for later runs; made there if it is not")
    parser.addoption("--examples", type=int, default=1, help="search each property by one in so many of its examples")
    parser.addoption("--fuzz", type=int, default=3, help="how many questions each operation of the interface is asked")
    parser.addoption("--planted", action="store_true", help="tests/faults: with each fault's defect too")
    parser.addoption("--seed", type=int, default=0, help="tests/faults: of the instants that are drawn")
    parser.addoption("--instants", type=int, default=4, help="tests/faults: how many are drawn of each fault")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave most examples of the properties to runs that have the time: each run draws others."""
    functions = {item.function for item in items if isinstance(item, pytest.Function)}
    for each in filter(is_hypothesis_test, functions):
        _search_less(each, config.getoption("--examples"))


def _search_less(function: Callable[..., object], one_in: int) -> None:
    asked: Any = function
    own = asked._hypothesis_internal_use_settings  # a test's own number is above any profile's
    fewer = max(own.max_examples // one_in, min(own.max_examples, _FEWEST_EXAMPLES))
    asked._hypothesis_internal_use_settings = settings(own, max_examples=fewer)
