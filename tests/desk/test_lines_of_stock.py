"""The lines of pledged stock: where a value is above, at its warning, at its closing out, and the work of each."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from postloan.desk.collateral.lines import line_reached
from postloan.desk.core.days import BusinessDay
from postloan.desk.worklist.causes import causes
from postloan.rules.collateral_desk import LineRule
from postloan.rules.desk_rules import WorkKinds, load_desk_rules
from postloan.rules.sources import shipped_rules
from postloan.snapshot.read import published_run, read_of_bank

pytestmark = pytest.mark.django_db
RULE = {"kinds": ["equity_listed"], "warning": "1.5", "close_out": "1.3"}
CITE = {"text": "postloan-settings", "at": "collateral", "confirmed_on": None}


@pytest.mark.parametrize(
    ("kind", "value_cents", "claim_cents", "line"),
    [
        ("equity_listed", 150_01, 100_00, "above"), ("equity_listed", 150_00, 100_00, "warning"),
        ("equity_listed", 130_01, 100_00, "warning"), ("equity_listed", 130_00, 100_00, "close_out"),
        ("equity_listed", 0, 1, "close_out"), ("equity_listed", 100, 0, None), ("equity_listed", None, 100, None),
        ("vehicle", 100, 100, None), ("equity_listed", 9 * 10**16, 6 * 10**16, "warning"),
    ],
)  # fmt: skip
def test_a_value_just_at_a_line_has_come_down_to_it(
    kind: str, value_cents: int | None, claim_cents: int, line: str | None
) -> None:
    rows = pl.DataFrame(
        {"kind": [kind], "value_cents": [value_cents], "claim_cents": [claim_cents]},
        schema={"kind": pl.String, "value_cents": pl.Int64, "claim_cents": pl.Int64},
    )
    assert rows.select(line_reached(LineRule.model_validate(RULE | {"cite": CITE}))).item() == line


def test_a_line_of_closing_out_above_that_of_warning_is_refused() -> None:
    with pytest.raises(ValueError, match="close_out is not below warning"):
        LineRule.model_validate(RULE | {"close_out": "1.5", "cite": CITE})


def test_what_came_down_to_a_line_is_work(bank: Path, tmp_path: Path, last_day: date) -> None:
    home = tmp_path / "home"
    shutil.copytree(bank, home)
    own = home / "rulebook" / "desk"
    own.mkdir(parents=True, exist_ok=True)
    shipped = (shipped_rules() / "desk" / "collateral.yaml").read_text(encoding="utf-8")
    assert "kinds: [equity_listed], warning: 1.5, close_out: 1.3" in shipped
    # The demo bank lends on no shares: the lines are asked of its homes, so far apart that both are met.
    told = shipped.replace("kinds: [equity_listed], warning: 1.5, close_out: 1.3",
                           "kinds: [residential], warning: 2.5, close_out: 1.9")  # fmt: skip
    (own / "collateral.yaml").write_text(told, encoding="utf-8")
    day = BusinessDay(home, last_day, published_run(home, last_day) or "", last_day)
    kinds = load_desk_rules(home).version("work", WorkKinds, last_day)
    homes = read_of_bank(home, last_day, "collateral_standing").filter(
        (pl.col("kind") == "residential") & (pl.col("loan_count") > 0)
    )
    times = pl.col("value_cents") / pl.col("claim_cents")
    for name, holds in (("stock_warning", (times <= 2.5) & (times > 1.9)), ("stock_close_out", times <= 1.9)):
        kind = kinds.named(name)
        assert kind is not None
        found = set(causes(kind, day, None)["subject"])
        assert found == {f"collateral:{each}" for each in homes.filter(holds)["collateral_id"]}
        assert found
