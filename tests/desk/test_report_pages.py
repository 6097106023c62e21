"""Each report is a page and a workbook with the figures of the command line, of the offices one may see."""

import html
import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from postloan.desk.core.lists.cells import money
from postloan.desk.core.models import AuditEntry, Officer, Org
from postloan.desk.report.ask import KINDS, ask_report
from postloan.desk.report.words.said import ReportWords
from postloan.site.catalogues import rooms, untranslated
from postloan.site.cli import app
from postloan.snapshot.read import published_days

pytestmark = pytest.mark.django_db

_OPEN = sorted(set(KINDS) - {"corrections"})
"""Corrections need a closed day, which the demo bank has not."""


def address(bank: Path, kind: str) -> str:
    since = f"?from={published_days(bank)[0]}" if KINDS[kind].begins else ""
    return f"/reports/{kind}/{since}"


def test_the_centre_leads_to_every_report(logged_in) -> None:
    page = logged_in("manager").get("/reports/").content.decode()
    for kind in KINDS:
        assert f'href="/reports/{kind}/' in page


@pytest.mark.parametrize("kind", _OPEN)
def test_a_report_page_holds_every_figure_of_the_report(logged_in, bank: Path, kind: str) -> None:
    since = published_days(bank)[0] if KINDS[kind].begins else None
    report = ask_report(bank, kind, on=None, from_on=since, by=None)
    answer = logged_in("manager").get(address(bank, kind))
    assert answer.status_code == 200
    page = html.unescape(answer.content.decode())
    assert report.snapshot.run_id in page
    for sheet in report.shown:
        for line in sheet.rows[:50]:
            for column in sheet.columns:
                value = line[column.name]
                if column.on_screen and column.kind == "money" and isinstance(value, int):
                    assert money(value) in page, (sheet.name, column.name)


@pytest.mark.parametrize("kind", [kind for kind in _OPEN if KINDS[kind].groupings])
def test_a_report_opens_by_each_of_its_groups(logged_in, kind: str) -> None:
    client = logged_in("manager")
    for by in KINDS[kind].groupings:
        answer = client.get(f"/reports/{kind}/?by={by}")
        assert answer.status_code == 200, by
        assert answer.content.decode().count('class="line-item"') or kind == "breaks"


def test_what_a_report_is_not_given_by_is_refused(logged_in) -> None:
    assert logged_in("manager").get("/reports/vintages/?by=org").status_code == 409
    assert logged_in("manager").get("/reports/nothing/").status_code == 404
    assert logged_in("manager").get("/reports/migration/?from=2019-01-01").status_code == 400


def test_a_day_that_was_never_closed_and_has_one_version_is_said(logged_in) -> None:
    answer = logged_in("manager").get("/reports/corrections/")
    assert answer.status_code == 409
    assert "还没有结账" in answer.content.decode()


def test_a_day_before_the_one_compared_with_counts_from_its_own_start(logged_in, bank: Path) -> None:
    first, second, *_later, last = published_days(bank)
    page = logged_in("manager").get(f"/reports/migration/?on={second}&from={last}").content.decode()
    assert f"{first} 至 {second}" in page


@pytest.mark.parametrize("kind", ["tiers", "bridge", "debtors"])
def test_the_workbook_is_that_of_the_command_line(logged_in, bank: Path, tmp_path: Path, kind: str) -> None:
    since = ["--from", str(published_days(bank)[0])] if KINDS[kind].begins else []
    path = tmp_path / "report.xlsx"
    options = ["report", kind, "--home", str(bank), "--format", "xlsx", "--out", str(path), "--lang", "zh", *since]
    assert CliRunner().invoke(app, options).exit_code == 0
    answer = logged_in("manager").post(
        address(bank, kind).replace("/?", "/xlsx?") if since else f"/reports/{kind}/xlsx"
    )
    assert answer.status_code == 200
    ours, theirs = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)), CalamineWorkbook.from_path(path)
    assert ours.sheet_names == theirs.sheet_names
    for name in ours.sheet_names:
        assert ours.get_sheet_by_name(name).to_python() == theirs.get_sheet_by_name(name).to_python()
    entry = AuditEntry.objects.get(action="report.exported")
    assert (entry.officer, entry.subject) == ("manager", f"report:{kind}")


def test_a_branch_sees_its_own_figures_and_no_form_of_the_bank(logged_in, bank: Path) -> None:
    branch = Officer.objects.get(username="risk").org
    assert branch is not None
    client = logged_in("risk")
    page = client.get("/reports/tiers/?by=org").content.decode()
    below = frozenset(Org.objects.filter(path__startswith=branch.path).values_list("pk", flat=True))
    mine = ask_report(bank, "tiers", on=None, from_on=None, by=None, within=below)
    assert money(int(mine.filed.rows[-2]["outstanding"] or 0)) in page
    assert branch.name in page
    for other in Org.objects.filter(level="branch").exclude(pk=branch.pk):
        assert f"<td>{other.name}" not in page
    for kind in ("g11", "g12", "tieout"):
        assert client.get(address(bank, kind)).status_code == 403
        assert client.post(address(bank, kind).replace("/?", "/xlsx?").replace(f"{kind}/", f"{kind}/")).status_code in {
            403,
            405,
        }
        assert f'href="/reports/{kind}/' not in client.get("/reports/").content.decode()


def test_offices_add_up_to_the_bank(bank: Path) -> None:
    """What is counted within each branch, and head office alone, is together what the bank has."""
    since = published_days(bank)[0]
    parts = []
    for org in Org.objects.exclude(level="sub_branch"):
        below = {org.pk} if org.level == "head" else set(
            Org.objects.filter(path__startswith=org.path).values_list("pk", flat=True)
        )  # fmt: skip
        parts.append(frozenset(below))
    for kind, column in (("tiers", "outstanding"), ("bridge", "closing"), ("provisions", "specific_provision")):
        asked = {"on": None, "from_on": since if KINDS[kind].begins else None, "by": None}
        counted = [ask_report(bank, kind, within=part, **asked).shown[0].rows for part in parts]  # type: ignore[arg-type]
        whole = ask_report(bank, kind, **asked).shown[0].rows  # type: ignore[arg-type]
        for at, line in enumerate(whole):
            name = "balance" if kind == "bridge" else column
            if isinstance(line[name], int):
                assert sum(int(rows[at][name] or 0) for rows in counted) == line[name]


def test_a_long_sheet_is_cut_and_says_so(logged_in, bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postloan.desk.report.centre.ROWS_MOST", 3)
    page = logged_in("manager").get("/reports/debtors/").content.decode()
    assert "共 52 行，此处为前 3 行" in page


def test_a_report_of_a_past_day(logged_in, bank: Path) -> None:
    on = published_days(bank)[1]
    page = logged_in("manager").get(f"/reports/tiers/?on={on}").content.decode()
    total = ask_report(bank, "tiers", on=on, from_on=None, by=None).filed.rows[-2]
    assert money(int(total["outstanding"] or 0)) in page


def test_every_word_of_these_desks_has_english(logged_in) -> None:
    assert {room.name: untranslated(room) for room in rooms()} == {room.name: [] for room in rooms()}
    page = logged_in("manager").get("/reports/", headers={"Accept-Language": "en"}).content.decode()
    for kind in KINDS:
        assert html.escape(ReportWords("en")(f"sheet.{kind}")) in page
