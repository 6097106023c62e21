"""Versions at the desk: each can be looked at and compared; the desk works on the one that it adopted."""

import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from django.urls import reverse

from feeds import write_feed
from postloan.desk.core.lists.cells import money
from postloan.desk.core.models import AdoptedDay
from postloan.intake.load import load_feeds
from postloan.night.run import run_night
from postloan.site.serving import adopt
from postloan.snapshot.read import edition, published_versions, read_loans

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected(bank: Path, tmp_path: Path, settings: object, db: None, last_day: date, loans: pl.DataFrame) -> str:
    """A payment of the last day that became known later, and the night of that day once more. Returns the loan."""
    home = tmp_path / "home"
    shutil.copytree(bank, home)
    settings.POSTLOAN_HOME = str(home)  # type: ignore[attr-defined]
    late = loans.filter((pl.col("status") == "active") & (pl.col("overdue_principal_cents") > 100_00))
    loan_id, cents = late.sort("overdue_principal_cents").select("loan_id", "outstanding_cents").row(-1)
    amount = Decimal(cents // 2) / 100
    row = {"payment_id": "FORGOTTEN", "loan_id": loan_id, "paid_on": last_day, "amount": amount}
    feed = write_feed(tmp_path, last_day + timedelta(days=1), {"payment": [row]}, modes={"payment": "increment"})
    load_feeds(home, feed)
    assert run_night(home, last_day).version == 2
    return str(loan_id)


def text_of(client, address: str, code: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == code, address
    return answer.content.decode()


def test_the_desk_works_on_what_it_adopted_and_looks_at_any_version(
    logged_in, corrected: str, settings, last_day: date
) -> None:
    home = Path(settings.POSTLOAN_HOME)
    first, second = published_versions(home, last_day)
    client = logged_in("manager")
    assert first in text_of(client, "/reports/tiers/"), "a night is not the desk's until it is adopted"
    assert first in text_of(client, f"/reports/tiers/?on={last_day}")
    page = text_of(client, f"/reports/tiers/?on={last_day}~2")
    assert second in page
    assert "此处不能办理业务" in page
    assert "第 2 版" in page
    text_of(client, f"/reports/tiers/?on={last_day}~3", 400)
    text_of(client, f"/reports/tiers/?on={last_day}~x", 400)

    received = [
        read_loans(home, edition(home, last_day, number)).filter(loan_id=corrected)["received_cents"].item()
        for number in (1, 2)
    ]
    assert received[1] > received[0]
    part = reverse("book:loan_part", args=[corrected, "payments"])
    for number, cents in enumerate(received, start=1):
        assert money(cents) in text_of(client, f"/loans/{corrected}/?on={last_day}~{number}")
        assert ("FORGOTTEN" in text_of(client, f"{part}?on={last_day}~{number}")) == (number == 2)

    assert adopt(home, None)["run_id"] == second
    assert AdoptedDay.objects.filter(on=last_day).count() == 2
    assert second in text_of(client, "/reports/tiers/")
    old = text_of(client, f"/reports/tiers/?on={last_day}~1")
    assert first in old
    assert "此处不能办理业务" in old


def test_versions_are_listed_with_what_they_are_for_and_compared(logged_in, corrected: str, last_day: date) -> None:
    client = logged_in("manager")
    page = text_of(client, f"/reports/versions/?on={last_day}")
    assert f"新增数据 {last_day + timedelta(days=1)} core" in page
    assert f"/reports/corrections/?on={last_day}~2&amp;against=1" in page
    compared = text_of(client, f"/reports/corrections/?on={last_day}~2&against=1")
    assert corrected in compared
    assert "payment FORGOTTEN" in compared
    assert "核对关系不符" not in compared
    assert compared.count(corrected) == text_of(client, f"/reports/corrections/?on={last_day}~2").count(corrected)
    alike = text_of(client, f"/reports/corrections/?on={last_day}~2&against=2")
    assert corrected not in alike
    text_of(client, f"/reports/corrections/?on={last_day}~2&against=9", 400)
