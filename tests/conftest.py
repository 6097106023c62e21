"""Its being here puts this folder on the path, so that every test can import `feeds`."""

from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is; bench/ measures, tests do not.
settings.register_profile("postloan", deadline=None)
settings.load_profile("postloan")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=["sqlite", "postgres"], default="sqlite", help="what the desk's tests run on"
    )
    parser.addoption("--kept", type=Path, help="where the desk's bank is kept for later runs; made there if it is not")
    parser.addoption("--fuzz", type=int, default=3, help="how many questions each operation of the interface is asked")
    parser.addoption("--planted", action="store_true", help="tests/faults: with each fault's defect too")
    parser.addoption("--seed", type=int, default=0, help="tests/faults: of the instants that are drawn")
    parser.addoption("--instants", type=int, default=4, help="tests/faults: how many are drawn of each fault")
