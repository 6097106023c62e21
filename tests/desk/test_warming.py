"""After a night nobody waits for reports: they are counted with the adoption, kept, and read back as they were."""

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from postloan.desk.report import kept
from postloan.desk.report.ask import ask_report
from postloan.desk.report.cockpit.parts import PLACES
from postloan.desk.report.filed import report_read, report_written
from postloan.desk.report.warming import day_warm
from postloan.site.serving import adopt

pytestmark = pytest.mark.django_db


@pytest.fixture
def nothing_kept(bank: Path) -> Iterator[None]:
    kept._counted.cache_clear()
    yield
    kept._counted.cache_clear()


@pytest.mark.parametrize("kind", sorted(kept._ON_DISK))
def test_a_report_that_was_kept_is_the_report(bank: Path, last_day: date, kind: str) -> None:
    report = ask_report(bank, kind, on=last_day, from_on=None, by=None)
    assert report_read(json.loads(json.dumps(report_written(report)))) == report


def test_after_warming_the_cockpit_counts_nothing(
    bank: Path, last_day: date, logged_in, nothing_kept: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert day_warm(last_day) >= 2  # the whole bank, and a branch
    kept._counted.cache_clear()

    def counted(*_args: object, **_named: object) -> None:
        raise AssertionError("a report was counted while somebody waited")

    monkeypatch.setattr(kept, "ask_report", counted)
    for username in ("manager", "risk", "auditor", "supervisor"):
        client = logged_in(username)
        for address in ("/cockpit/", *(f"/cockpit/{name}" for name in PLACES)):
            assert client.get(address).status_code == 200, (username, address)


def test_adopting_a_day_warms_it(bank: Path, last_day: date, nothing_kept: None, tmp_path: Path, settings) -> None:
    home = tmp_path / "home"
    shutil.copytree(bank, home, ignore=shutil.ignore_patterns("reports"))
    settings.POSTLOAN_HOME = str(home)
    reports = home / "desk" / "reports" / str(last_day)
    assert not reports.exists()
    adopt(home, last_day)
    assert {file.name.split("-")[0] for file in reports.glob("*.json")} >= {"tiers"}


def test_a_kept_report_that_is_damaged_is_counted_again(bank: Path, last_day: date, nothing_kept: None) -> None:
    asked = {"on": last_day, "from_on": None, "by": "product", "within": None}
    first = kept.kept_report(bank, "tiers", **asked)
    files = list((bank / "desk" / "reports" / str(last_day)).glob("tiers-*.json"))
    assert files
    for damage in ("", "{", '{"name": "tiers"}'):
        for file in files:
            file.write_text(damage)
        kept._counted.cache_clear()
        assert kept.kept_report(bank, "tiers", **asked) == first


def test_reports_of_other_offices_are_other_reports(bank: Path, last_day: date, nothing_kept: None) -> None:
    whole = kept.kept_report(bank, "tiers", on=last_day)
    assert kept.kept_report(bank, "tiers", on=last_day, within=frozenset()) != whole
    kept._counted.cache_clear()
    assert kept.kept_report(bank, "tiers", on=last_day) == whole
