"""Where loan money went, what a debtor can pay, and who is exposed to an event, as the desk's pages show it."""

import html
import io
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from postloan.desk.book import proceeds
from postloan.desk.core.days import business_day
from postloan.desk.core.exceptional import sources
from postloan.desk.core.lists.cells import money
from postloan.desk.core.models import AuditEntry, Officer
from postloan.desk.core.officers.queries import orgs_below
from postloan.plan.exposures import Event, exposed
from postloan.plan.portfolio import portfolio
from postloan.snapshot.read import read_of_bank
from postloan.tables.money_trail import ProceedsPath

pytestmark = pytest.mark.django_db


def page_of(logged_in, address: str, user: str = "manager") -> str:
    answer = logged_in(user).get(address)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def test_the_ways_of_a_loans_money_are_rows_and_a_flow(logged_in, bank: Path, last_day) -> None:
    paths = read_of_bank(bank, last_day, "proceeds_path")
    of_found = paths.filter(pl.col("finding").is_not_null() | pl.col("breach").is_not_null())
    loan_id = of_found["loan_id"][0]
    page = page_of(logged_in, f"/loans/{loan_id}/proceeds")
    for row in paths.filter(pl.col("loan_id") == loan_id).iter_rows(named=True):
        assert money(row["amount_cents"]) in page
    assert "sankey" in page
    assert f"/loans/{loan_id}/proceeds" in page_of(logged_in, f"/loans/{loan_id}/")


def test_a_loan_without_paths_says_so(logged_in, bank: Path, last_day, loans: pl.DataFrame) -> None:
    seen = read_of_bank(bank, last_day, "proceeds_path").select("loan_id").unique()
    loan_id = loans.join(seen, on="loan_id", how="anti")["loan_id"][0]
    page = page_of(logged_in, f"/loans/{loan_id}/proceeds")
    assert "sankey" not in page
    assert "没有看到" in page


def test_a_loan_elsewhere_shows_no_money(logged_in, loans: pl.DataFrame) -> None:
    officer = Officer.objects.get(username="officer")
    other = loans.filter(pl.col("org_id") != officer.org_id)["loan_id"][0]
    assert logged_in("officer").get(f"/loans/{other}/proceeds").status_code == 404


def test_whom_the_borrower_did_not_pay_itself_is_named_in_its_offices_alone(
    logged_in, loans: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trail of a loan leads through accounts of customers that the officer may not look at."""
    org = Officer.objects.get(username="officer").org_id
    own = loans.filter(pl.col("org_id") == org).row(0, named=True)
    inside = loans.filter((pl.col("org_id") == org) & (pl.col("debtor_id") != own["debtor_id"])).row(0, named=True)
    elsewhere = (
        loans.join(loans.filter(pl.col("org_id") == org), on="debtor_id", how="anti")
        .unique("debtor_id")
        .sort("loan_no")
    )
    payee, hidden = elsewhere.head(2).iter_rows(named=True)
    way = [(0, None, own), (1, own, payee), (2, payee, hidden), (3, hidden, inside)]
    rows = [
        {
            "debtor_no": own["debtor_no"], "debtor_id": own["debtor_id"], "loan_id": own["loan_id"], "hop": hop,
            "pay_out": "self", "moved_on": own["disbursed_on"], "amount_cents": 100, "stayed_cents": 0,
            "from_id": payer and payer["debtor_id"], "to_id": to["debtor_id"], "to_name": f"甲{to['debtor_id']}",
            "to_place": "here",
        }
        for hop, payer, to in way
    ]  # fmt: skip
    paths = pl.DataFrame(rows, schema=ProceedsPath.create_empty().schema)
    monkeypatch.setattr(proceeds, "read_of_bank", lambda *_asked: paths)
    page = page_of(logged_in, f"/loans/{own['loan_id']}/proceeds", "officer")
    assert hidden["debtor_id"] not in page
    assert "范围外客户 1" in page
    assert f"甲{payee['debtor_id']}" in page
    assert f"甲{inside['debtor_id']}" in page
    everything = page_of(logged_in, f"/loans/{own['loan_id']}/proceeds", "auditor")
    assert f"甲{hidden['debtor_id']}" in everything


def test_a_debtor_shows_what_it_can_pay(logged_in, loans: pl.DataFrame) -> None:
    held = loans.filter((pl.col("status") == "active") & (pl.col("service_year_cents") > 0))
    debtor_id = held["debtor_id"][0]
    service = held.filter(pl.col("debtor_id") == debtor_id)["service_year_cents"].sum()
    page = page_of(logged_in, f"/debtors/{debtor_id}/capacity")
    assert money(service) in page
    assert f"/debtors/{debtor_id}/capacity" in page_of(logged_in, f"/debtors/{debtor_id}/")


def test_a_scenario_leads_to_its_debtors_and_they_to_a_workbook(logged_in, bank: Path, last_day) -> None:
    summary = page_of(logged_in, "/reports/exposures/")
    assert "/reports/exposures/list?stress=real_estate" in summary
    found = exposed(bank, last_day, Event("real_estate", industries=("K", "E")))
    page = page_of(logged_in, "/reports/exposures/list?stress=real_estate")
    assert found["debtor_id"][0] in page
    assert money(int(found["outstanding"].sum())) in page
    taken = logged_in("manager").post("/reports/exposures/list/xlsx?stress=real_estate")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(taken.content)).get_sheet_by_index(0).to_python()
    assert {str(row[0]) for row in sheet} >= set(found["debtor_id"])
    assert AuditEntry.objects.filter(action="report.exported", subject="report:exposures").exists()


def test_an_event_is_written_as_lists(logged_in, bank: Path, last_day) -> None:
    found = exposed(bank, last_day, Event("event", industries=("C", "F")))
    page = page_of(logged_in, "/reports/exposures/list?industries=c，F")
    assert money(int(found["outstanding"].sum())) in page
    assert logged_in("manager").get("/reports/exposures/list").status_code == 200


@pytest.mark.parametrize("asked", ["stress=nowhere", "industries=%2C"])
def test_an_event_that_meets_nobody_in_particular_is_refused(logged_in, asked: str) -> None:
    assert logged_in("manager").get(f"/reports/exposures/list?{asked}").status_code == 400


def test_an_event_counts_the_loans_of_ones_offices(logged_in, bank: Path, last_day) -> None:
    below = sorted(orgs_below(Officer.objects.get(username="risk").org_id))
    mine = exposed(bank, last_day, Event("event", industries=("C",)), within=below)
    page = page_of(logged_in, "/reports/exposures/list?industries=C", user="risk")
    others = exposed(bank, last_day, Event("event", industries=("C",))).join(mine, on="debtor_id", how="anti")
    assert others.height > 0
    assert not [each for each in others["debtor_id"] if each in page]


def test_what_passes_a_limit_of_the_portfolio_is_an_exception(bank: Path, last_day) -> None:
    found = portfolio(bank, last_day)
    assert found is not None
    passed = [each for each in found.signals if each.passes]
    assert passed
    rows = sources()["portfolio_limit"].find(business_day(None), None)  # type: ignore[arg-type]
    assert rows.height == len(passed)
