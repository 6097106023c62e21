"""A settlement gives nothing up before what was promised is paid, and lapses when it is not."""

from collections.abc import Callable

import polars as pl
import pytest
from disposing import DAY, approved, case_of, drawn_up, granted, loan_of, terms_of
from django.test import Client

from postloan.desk.core.days import business_day
from postloan.desk.disposal.models import DisposalCase, Outcome
from postloan.desk.disposal.outcomes.promised import paid
from postloan.desk.disposal.outcomes.promised.actions import settlements_follow
from postloan.desk.disposal.outcomes.promised.paid import given_up
from postloan.errors import IllegalMove

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _of_the_bank(db: None) -> None:
    granted()


def settled(case: DisposalCase, value_cents: int, waived: dict[str, int]) -> Outcome:
    """A settlement that was agreed to ten days ago, to be paid by today."""
    by = business_day(None).on + 30 * DAY
    made = approved(drawn_up(case, "settlement", value_cents=value_cents, waived=waived, pay_by=by))
    on = business_day(None).on
    Outcome.objects.filter(pk=made.pk).update(agreed_on=on - 10 * DAY, pay_by=on)
    made.refresh_from_db()
    return made


def core_paid(monkeypatch: pytest.MonkeyPatch, *rows: tuple[int, int, str | None]) -> None:
    """Let the core tell of payments: so many days ago, how much, and which one is reversed."""
    on = business_day(None).on
    told = [
        {"payment_id": f"P{at}", "paid_on": on - ago * DAY, "amount_cents": cents, "reverses_payment_id": gone}
        for at, (ago, cents, gone) in enumerate(rows)
    ]
    schema = {"payment_id": pl.String, "paid_on": pl.Date, "amount_cents": pl.Int64, "reverses_payment_id": pl.String}
    monkeypatch.setattr(paid, "loan_paper", lambda *_asked: pl.DataFrame(told, schema=schema))


def test_a_settlement_gives_nothing_up_before_it_is_paid(
    logged_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, day = case_of(), business_day(None)
    owed = loan_of(case)["outstanding_cents"]
    made = settled(case, 600_00, {"principal": 400_00})
    assert (made.state, made.decisions.count(), made.effective_on) == ("agreed", 0, None)
    core_paid(monkeypatch, (10, 600_00, None), (5, 599_99, None), (4, 1, None), (3, -1, "P2"))
    assert settlements_follow(day) == 0, "what came before the agreement, and what was reversed, does not count"
    page = logged_in("risk").get(f"/disposals/{case.pk}/").content.decode()
    assert "599.99 / 600.00" in page
    with pytest.raises(IllegalMove):
        drawn_up(case, "write_off", ground="execution_ended")
    core_paid(monkeypatch, (5, 599_99, None), (0, 1, None))
    assert (settlements_follow(day), settlements_follow(day)) == (1, 0)
    made.refresh_from_db()
    ((kind, terms),) = terms_of(made)
    assert (made.state, kind, terms["principal"]) == ("approved", "write_off", "400.00")
    assert owed > 400_00
    assert made.case.entries.get(step="approved").officer is None


def test_a_settlement_that_is_not_paid_in_time_lapses(monkeypatch: pytest.MonkeyPatch) -> None:
    case, day = case_of(), business_day(None)
    made = settled(case, 600_00, {"principal": 400_00})
    Outcome.objects.filter(pk=made.pk).update(pay_by=day.on - DAY)
    core_paid(monkeypatch, (5, 599_99, None), (0, 1, None))
    assert settlements_follow(day) == 1
    made.refresh_from_db()
    assert (made.state, made.decisions.count()) == ("lapsed", 0)
    assert made.case.entries.get(step="lapsed").amount_cents == 599_99
    assert drawn_up(case, "settlement", waived={"principal": 1_00}).state == "draft"


def test_what_a_payment_met_of_it_is_given_up_elsewhere_and_no_more_in_all() -> None:
    owed = dict.fromkeys(("overdue_fee_cents", "penalty_cents", "compound_cents"), 0)
    loan = owed | {"overdue_interest_cents": 3, "outstanding_cents": 50}
    assert given_up({"interest": 10, "principal": 30}, loan) == {"interest": 3, "principal": 37}
    assert given_up({"interest": 2, "principal": 60}, loan) == {"interest": 3, "principal": 50}
    assert given_up({"principal": 5}, loan) == {"principal": 5}
