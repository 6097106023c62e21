"""A home folder with a loaded book, made once and copied for every test that works in it."""

import shutil
from pathlib import Path

import pytest
from a_book import loaded_home


@pytest.fixture(scope="session")
def a_loaded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Never written to: copy it."""
    return loaded_home(tmp_path_factory.mktemp("loaded"))


@pytest.fixture
def home(a_loaded_home: Path, tmp_path: Path) -> Path:
    """Some hundred loans in four shards, loaded and ready for a night."""
    shutil.copytree(a_loaded_home, tmp_path / "home")
    return tmp_path / "home"
