"""A demo bank written once for all tests of this folder."""

import pytest
from written_bank import WrittenBank, write_bank

import feeds  # noqa: F401  (gives facts a key of their own)


@pytest.fixture(scope="session")
def bank(tmp_path_factory) -> WrittenBank:
    return write_bank(tmp_path_factory.mktemp("demo"), loans=2_000, months=24, seed=7)
