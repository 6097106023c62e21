"""A desk put by as it stands, and put back: to open one takes many seconds, to copy its database less than one."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections


@contextmanager
def kept() -> Iterator[None]:
    """Put the database at hand by, until the run ends."""
    if connection.vendor == "postgresql":
        name = _name()
        _on_the_server(f'DROP DATABASE IF EXISTS "{name}_kept"', f'CREATE DATABASE "{name}_kept" TEMPLATE "{name}"')
        yield
        _on_the_server(f'DROP DATABASE "{name}_kept"')
    else:
        connection.ensure_connection()
        with sqlite3.connect(_beside()) as copy:
            connection.connection.backup(copy)
        copy.close()
        yield
        _beside().unlink()


def put_back() -> None:
    """Make the database at hand what was kept of it."""
    if connection.vendor == "postgresql":
        name = _name()
        _on_the_server(f'DROP DATABASE "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{name}_kept"')
    else:
        connection.ensure_connection()
        with sqlite3.connect(_beside()) as copy:
            copy.backup(connection.connection)
        copy.close()


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _beside() -> Path:
    return Path(_name() + ".kept")


def _on_the_server(*statements: str) -> None:
    """Run statements outside the database at hand, with nobody in it."""
    connections.close_all()
    with connection._nodb_cursor() as cursor:  # what Django makes test databases with
        for statement in statements:
            cursor.execute(statement)
