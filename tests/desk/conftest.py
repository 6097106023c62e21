"""A demo bank with its desk: made once, then copied into whatever database a test gets.

pytest tests/desk                       on SQLite
pytest tests/desk --database postgres   on PostgreSQL: the server that DATABASE_URL names, else one started here
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from kept_database import laid, put_back
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

from desk_bank import kept_bank
from postloan.desk.core.models import Officer
from postloan.snapshot.read import published_days


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what says nothing new on a second database to the first."""
    if config.getoption("--database") == "postgres":
        left = [item for item in items if item.get_closest_marker("one_database")]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Lay the desk again where a test with real transactions emptied the database, which it does when it ends."""
    yield
    marker = item.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction") and nextitem is not None:
        with item.config.stash[blocking_manager_key].unblock():
            put_back()


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory, worker_id: str, pytestconfig: pytest.Config) -> Path:
    """The home folder of a small demo bank with published month-ends and an open desk. Tests only read it."""
    return kept_bank(tmp_path_factory, worker_id, pytestconfig.getoption("--kept"))


@pytest.fixture(scope="session")
def django_db_use_migrations(pytestconfig: pytest.Config) -> bool:
    """On PostgreSQL the tables are made by the migrations; on SQLite they come with the bank's desk, made by them."""
    return pytestconfig.getoption("--database") == "postgres"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker, bank: Path) -> Iterator[None]:
    """The desk of that bank: its staff, and its last two days adopted. Every test begins from here."""
    settings.POSTLOAN_HOME = str(bank)
    with django_db_blocker.unblock(), laid(), django_db_blocker.block():
        yield


@pytest.fixture(autouse=True)
def _at_home(bank: Path, settings: object) -> Iterator[None]:
    settings.POSTLOAN_HOME = str(bank)  # type: ignore[attr-defined]
    # A page that was asked for in English leaves its thread speaking English.
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def last_day(bank: Path) -> object:
    """The business day that the desk works on."""
    return published_days(bank)[-1]


@pytest.fixture
def logged_in(db: None) -> Callable[[str], Client]:
    """Log somebody in by user name: a client that follows every rule but the password."""

    def log_in(username: str) -> Client:
        client = Client()
        client.force_login(Officer.objects.get(username=username), backend=settings.AUTHENTICATION_BACKENDS[-1])
        return client

    return log_in


@pytest.fixture
def loans(bank: Path, last_day: object) -> pl.DataFrame:
    """The published loans of the last day."""
    from postloan.snapshot.read import read_loans  # noqa: PLC0415

    return read_loans(bank, last_day)  # type: ignore[arg-type]
