"""Days that an earlier version of the program published: what it did not know is empty, and no fault."""

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from arriving import Source, event, free_debtors, source
from studying import OUTCOME, SIGNAL

from postloan.plan.capacity import capacity_of
from postloan.plan.rule_trial import history, records, trials
from postloan.plan.warnings import features_of_day
from postloan.rules.rulebook import load_rulebook
from postloan.rules.warning_files import standing_rules
from postloan.snapshot.read import published_days, read_loans, read_manifest
from postloan.tables.features import CapacityFeatures

pytestmark = pytest.mark.django_db
_COLUMNS = ("service_year_cents", "matures_year_cents", "service_past_year_cents")
_TABLES = ("warning_score", "covenant_test", "debtor_in_default", "proceeds_path")


def made_older(home: Path, on: date, *, without: tuple[str, ...] = _TABLES) -> None:
    """Leave a published day as an earlier version of the program left it."""
    folder = home / "snapshots" / read_manifest(home, on)["run_id"]
    manifest = json.loads((folder / "manifest.json").read_text())
    kept = {name: said for name, said in manifest["files"].items() if name.split("/")[0] not in without}
    for name, said in kept.items():
        if name.startswith("loan/"):
            rows = pl.read_parquet(folder / name).drop(_COLUMNS)
            (folder / name).unlink()  # It may be linked to that of the bank.
            rows.write_parquet(folder / name)
            said["bytes"] = (folder / name).stat().st_size
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").write_text(json.dumps(manifest | {"files": kept}))


@pytest.fixture
def home(bank: Path, tmp_path: Path, settings: object, db: None) -> Path:
    """A bank of which every day is older, and the first older than warnings."""
    mine = tmp_path / "home"
    shutil.copytree(bank, mine, ignore=shutil.ignore_patterns("features", "trials", "narrow"))
    settings.POSTLOAN_HOME = str(mine)  # type: ignore[attr-defined]
    first, *later = published_days(mine)
    made_older(mine, first, without=(*_TABLES, "warning"))
    for day in later:
        made_older(mine, day)
    return mine


def test_an_event_is_judged_by_an_older_day(home: Path) -> None:
    debtor = str(free_debtors()["debtor_id"][0])
    answer = Source(source()).post(event(debtor))
    assert answer.status_code == 200, answer.content
    assert [each["level"] for each in answer.json()["events"][0]["debtors"][0]["signals"]] == ["red"]


def test_what_a_debtor_can_pay_is_not_known_of_an_older_day(home: Path, last_day: date, logged_in) -> None:
    row = read_loans(home, last_day, ("debtor_id", "debtor_no", "status")).filter(status="active").row(0, named=True)
    assert capacity_of(home, row["debtor_id"], row["debtor_no"], last_day) is None
    assert logged_in("manager").get(f"/debtors/{row['debtor_id']}/capacity").status_code == 200
    features = features_of_day(home, last_day)
    assert features.height > 0
    told = [name for name in CapacityFeatures.column_names() if name != "debtor_no"]
    assert features.select(told).null_count().sum_horizontal().item() == features.height * len(told)


def test_rules_are_tried_on_older_months_and_judged_by_those_with_signals(home: Path) -> None:
    past = history(home, published_days(home), OUTCOME)
    rule = standing_rules(load_rulebook(home))[SIGNAL].rule
    tried = trials(home, past, {"new": rule}, lambda on: features_of_day(home, on).lazy(), OUTCOME)
    told = records(home, past, OUTCOME)
    assert len(past.days) == 2
    assert tried["new"].worth.hits > told[SIGNAL].hits > 0
    assert tried["new"].worth.falls > told[SIGNAL].falls
