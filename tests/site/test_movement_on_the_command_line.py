"""A loan sold and a loan written off, from the feed row to the bridge, in both languages."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from feeds import SMALL_BANK_DAY, small_bank, write_feed
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.site.cli import app
from postloan.snapshot.read import read_loans

DAYS = [date(2023, 12, 31), date(2024, 2, 29), date(2024, 3, 31)]
OFF: dict[str, Any] = {"interest": "0.00", "status": "closed"}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """L2, overdue since August, is sold in March for 1,000 of what it owes, and L3 is taken against an asset."""
    home, bank = tmp_path_factory.mktemp("sold"), small_bank()
    bank["debtor"] = [each | {"industry_code": "J6620"} for each in bank["debtor"]]
    bank["written_off"] = [
        OFF | {"loan_id": "L2", "on": date(2024, 3, 20), "principal": "2752.11", "transferred": "1000.00"},
        OFF | {"loan_id": "L3", "on": date(2024, 3, 21), "principal": "50000.00", "asset": "45000.00"},
    ]
    load_feeds(home, write_feed(home / "feeds", SMALL_BANK_DAY, bank), shards=1)
    list(run_nights(home, DAYS))
    return home


def test_the_bridge_tells_the_price_the_asset_and_the_loss_apart(sold: Path) -> None:
    owed = {row["loan_id"]: row["outstanding_cents"] for row in read_loans(sold, DAYS[1]).to_dicts()}
    told = run("report", "bridge", "--home", sold, "--from", DAYS[0], "--format", "csv")
    assert told.exit_code == 0, told.stderr
    rows = {row["loan_id"]: row for row in csv.DictReader(io.StringIO(told.stdout))}
    assert set(rows) == {"L2", "L3", "total"}
    assert (rows["L2"]["transferred"], rows["L2"]["closing"]) == ("-1000.00", "0.00")
    assert round(100 * float(rows["L2"]["written_off"])) == -(owed["L2"] - 100_000)
    assert (rows["L3"]["asset"], rows["L3"]["written_off"]) == ("-45000.00", "-5000.00")
    by = json.loads(run("report", "bridge", "--home", sold, "--by", "product", "--format", "json").stdout)
    assert by["from"]["on"] == "2024-02-29"
    assert by["rows"][-1]["closing"] == "0.00"


@pytest.mark.parametrize(("language", "said"), [("zh", "以物抵债"), ("en", "Assets taken")])
def test_the_walk_in_both_languages(sold: Path, language: str, said: str) -> None:
    for kind in ("bridge", "rolls", "vintages", "g11", "g12", "migration"):
        told = run("--lang", language, "report", kind, "--home", sold)
        assert told.exit_code == 0, (kind, told.stderr)
        assert said in told.stdout or kind not in {"bridge", "g12"}


def test_form_g12_has_the_sale_and_the_asset(sold: Path) -> None:
    rows = json.loads(run("report", "g12", "--home", sold, "--format", "json").stdout)["rows"]
    cells = {row["line"]: row for row in rows}
    assert sum(float(cells["10.2.1"][f"g12_{letter}"]) for letter in "LMN") == 1000
    assert sum(float(cells["11"][f"g12_{letter}"]) for letter in "LMN") == 45_000
    assert cells["11"]["item_zh"] == "以物抵债"


def test_no_more_can_be_met_than_was_written_off(tmp_path: Path) -> None:
    wrong = OFF | {"loan_id": "L4", "on": DAYS[2], "principal": "10.00", "transferred": "6.00", "asset": "5.00"}
    bank = small_bank() | {"written_off": [wrong, wrong | {"loan_id": "L3", "asset": "4.00"}]}
    (report,) = load_feeds(tmp_path, write_feed(tmp_path / "feeds", SMALL_BANK_DAY, bank), shards=1)
    assert (report.quarantined, report.tables["written_off"].accepted) == (1, 1)
