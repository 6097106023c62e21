"""Pages as somebody sees them who may: which role opens an address, and what there is to open."""

from collections.abc import Callable, Iterator

import polars as pl
from deciding import person
from django.apps import apps
from django.test import Client

from every_address import EVERY, address
from postloan.desk.core.authority import actions_of

WIDEST = (
    "risk", "officer", "manager", "collection", "supervisor", "approver", "preserver", "collector", "inspector",
    "auditor", "modeller", "admin",
)  # fmt: skip
"""Between them they hold every grant of people; who holds more comes first."""


def things(loans: pl.DataFrame) -> dict[str, str]:
    """Values for the blanks of addresses: what exists, of the officer's office where an office keeps it."""
    found = {
        f"{model._meta.model_name}_id": str(row.pk)
        for model in apps.get_models()
        if model.__module__.startswith("postloan.") and (row := model.objects.first()) is not None
    }
    officer = person("officer")
    mine = loans.filter(pl.col("org_id") == officer.org_id).row(0, named=True)
    return found | {
        "loan_id": mine["loan_id"], "debtor_id": mine["debtor_id"], "part": "payments", "field": "phone",
        "name": "loans", "officer_id": str(officer.pk),
    }  # fmt: skip


def ours() -> list[tuple[str, str, object]]:
    """The desk's own addresses, but for the one that ends a session's view."""
    return [
        each for each in EVERY if ":" in each[1] and not each[1].startswith("api") and each[1] != "core:view_as_end"
    ]


def opened(logged_in: Callable[[str], Client], filled: dict[str, str]) -> Iterator[tuple[str, str, Client]]:
    """Every address, filled in, with its name and a client that may open it and raises nothing of ours."""
    held = {role: actions_of(person(role)) for role in WIDEST}
    clients = {role: logged_in(role) for role in WIDEST}
    for pattern, name, view in ours():
        action = getattr(view, "action", "loan.read")
        client = clients[next(role for role in WIDEST if action in held[role])]
        client.raise_request_exception = False
        yield address(pattern, filled), name, client
