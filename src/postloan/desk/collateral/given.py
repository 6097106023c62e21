"""What the desk gives of collateral to the night: the columns of each feed table, and rows as a file writes them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

VALUATION = ("collateral_id", "valued_on", "value_cents", "method", "valuer")
COLLATERAL = (
    "collateral_id", "owner_id", "kind", "description", "region_code", "registered_on", "registration_ends_on",
    "insured_to_on", "insured_cents", "insurance_payee", "custody", "status",
)  # fmt: skip


def valuation_rows(
    items: Iterable[Mapping[str, Any]], *, valued_on: date, method: str, valuer: str
) -> list[dict[str, str]]:
    """Rows of the feed table valuation; each item names collateral_id and value_cents."""
    return [
        {
            "collateral_id": each["collateral_id"], "valued_on": valued_on.isoformat(),
            "value_cents": str(each["value_cents"]), "method": method, "valuer": valuer,
        }
        for each in items
    ]  # fmt: skip


def gone_row(collateral: Mapping[str, Any], status: str) -> dict[str, str]:
    """The row of a collateral as the feeds know it, released or sold; an empty value is null."""
    said = {name: collateral[name] for name in COLLATERAL} | {"status": status}
    return {name: "" if value is None else str(value) for name, value in said.items()}
