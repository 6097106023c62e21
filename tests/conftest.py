"""Its being here puts this folder on the path, so that every test can import `feeds`."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=["sqlite", "postgres"], default="sqlite", help="what the desk's tests run on"
    )
