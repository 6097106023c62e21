"""Steps of the cases about disposal: rounds of a judicial sale, and grounds of writing off, told in a line each."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from postloan.rules.judicial_sale import JudicialSale, Round
from postloan.rules.rulebook import Rulebook
from postloan.rules.write_offs import Owed, WriteOffs

Given = dict[str, list[dict[str, Any]]]
_PLAIN = {
    "kind": "real_estate", "appraised": 1_000_000_00, "start": 700_000_00, "deposit": 70_000_00,
    "told": date(2024, 3, 1), "notice": date(2024, 3, 4), "held": date(2024, 4, 3),
}  # fmt: skip
_OWES = {"legal_form": "company", "security": "credit", "tier": "loss", "principal": 100_00, "days": 400}


def _round(row: dict[str, Any], number: int) -> Round:
    told = _PLAIN | row
    return Round(
        told["kind"], number, told["appraised"], told["start"], told["deposit"], told["told"], told["notice"],
        told["held"],
    )  # fmt: skip


def rounds_of(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    """What breaks the law in each round; `before` and `failed` tell of the round before it and the day it failed."""
    law = rulebook.version("judicial_sale", JudicialSale, day)
    rows = []
    for row in given["rounds"]:
        said = {name: value for name, value in row.items() if name not in {"point", "round", "before", "failed"}}
        number = row.get("round", 1)
        before = _round({"start": row["before"]}, number - 1) if "before" in row else None
        found = law.faults(_round(said, number), before, row.get("failed"))
        rows.append({"point": row["point"], "faults": [each.fault for each in found],
                     "cites": [str(each.cite) for each in found]})  # fmt: skip
    return pl.DataFrame(rows, schema={"point": pl.String, "faults": pl.List(pl.String), "cites": pl.List(pl.String)})


def lacks_of(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    """What each write-off lacks; `papers` are those that are there, all of the ground's where none are named."""
    law = rulebook.version("write_offs", WriteOffs, day)
    rows = []
    for row in given["debts"]:
        told = _OWES | row
        papers = row.get("papers") or [each.item for each in law.asked(row["ground"])]
        owed = Owed(told["legal_form"], told["security"], told["tier"], told["principal"], told["days"])
        lacks = [f"{each.lack} {each.told}" for each in law.lacking(row["ground"], owed, papers)]
        rows.append({"point": row["point"], "lacks": lacks})
    return pl.DataFrame(rows, schema={"point": pl.String, "lacks": pl.List(pl.String)})


DISPOSAL_STEPS: dict[str, Callable[[Given, Rulebook, date], pl.DataFrame]] = {
    "judicial_sale": rounds_of, "write_off": lacks_of,
}  # fmt: skip
