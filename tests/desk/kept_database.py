"""The desk of the kept bank, laid into a test's database: to open one takes a minute, to copy its rows a second."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.models import Model


@contextmanager
def laid() -> Iterator[None]:
    """Lay the desk into the database at hand, and keep what `put_back` needs until the run ends."""
    if connection.vendor != "postgresql":
        put_back()
        yield
        return
    _copy_rows()
    name = _name()
    _on_the_server(f'DROP DATABASE IF EXISTS "{name}_kept"', f'CREATE DATABASE "{name}_kept" TEMPLATE "{name}"')
    yield
    _on_the_server(f'DROP DATABASE "{name}_kept"')


def put_back() -> None:
    """Make the database at hand what the desk was when it was opened."""
    if connection.vendor == "postgresql":
        name = _name()
        _on_the_server(f'DROP DATABASE "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{name}_kept"')
    else:
        connection.ensure_connection()
        with sqlite3.connect(_desk()) as copy:
            copy.backup(connection.connection)
        copy.close()


def _copy_rows() -> None:
    """Fill the tables that migrations made from those of the kept desk."""
    connections.databases["kept"] = connection.settings_dict | {
        "ENGINE": "django.db.backends.sqlite3", "NAME": str(_desk()), "OPTIONS": {},
    }  # fmt: skip
    models = [each for each in apps.get_models(include_auto_created=True) if each._meta.managed]
    tables = [each._meta.db_table for each in models]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, tables))}")
        for model in models:
            _copy_table(model)
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    connections["kept"].close()


def _copy_table(model: type[Model]) -> None:
    fields = model._meta.local_concrete_fields
    rows = [
        [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)]
        for row in model._base_manager.using("kept").values_list(*(each.attname for each in fields))
    ]
    table, columns = model._meta.db_table, ", ".join(connection.ops.quote_name(each.column) for each in fields)
    values = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({values})', rows)  # noqa: S608 - the models' own


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _desk() -> Path:
    return Path(settings.POSTLOAN_HOME) / "desk.sqlite3"


def _on_the_server(*statements: str) -> None:
    """Run statements outside the database at hand, with nobody in it."""
    connections.close_all()
    with connection._nodb_cursor() as cursor:  # what Django makes test databases with
        for statement in statements:
            cursor.execute(statement)
