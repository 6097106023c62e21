"""A home and a feed folder for each test."""

from pathlib import Path

import pytest
from delivering import Bank, february
from hypothesis import settings

# A busy machine is slow, not wrong.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path)


@pytest.fixture
def opened(bank: Bank) -> Bank:
    """A bank whose small book of February is loaded, so that a refusal has something to spoil."""
    bank.loaded(february(), "2024-02-29")
    return bank
