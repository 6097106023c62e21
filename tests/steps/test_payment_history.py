"""The payment string: one character a month, oldest first, as the credit registry reads it."""

from datetime import date
from typing import Any

import pytest

from engine_rows import Row, debtor, inputs, instalments, loan, payment, policy
from postloan.plan.night import assess

FEB, MAR, APR, MAY = (date(2024, month, 15) for month in (2, 3, 4, 5))
ROWS = instalments(1, (FEB, 100, 10), (MAR, 100, 8), (APR, 100, 6), (MAY, 100, 4))


def string(on: date, *paid: Row, opening: Row | None = None, **terms: Any) -> str:
    row = loan(1, principal_cents=400, matures_on=MAY, method="scheduled") | terms
    given = {
        "loan": [row],
        "debtor": [debtor()],
        "instalment": ROWS,
        "payment": list(paid),
        "opening": [opening] if opening else [],
    }
    loans = assess(inputs(**given), policy(on, book_of_record="postloan"), on=on).loans
    return str(loans["payment_string"].item())


def test_a_loan_paid_on_time_is_normal_every_month_and_settled_in_its_last() -> None:
    paid = [payment(1, FEB, 110), payment(1, MAR, 108), payment(1, APR, 106), payment(1, MAY, 104)]
    assert string(date(2024, 3, 31), *paid) == "NNN"
    assert string(MAY, *paid) == "NNNNC"
    assert string(date(2024, 8, 31), *paid) == "NNNNC"


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2024, 2, 14), "NN"),
        (FEB, "NN"),  # due today and unpaid
        (date(2024, 2, 16), "N1"),
        (date(2024, 2, 29), "N1"),
        (date(2024, 3, 16), "N11"),  # 30 days
        (date(2024, 3, 17), "N12"),  # 31 days
        (date(2024, 4, 30), "N123"),
        (date(2024, 8, 13), "N1234566"),  # 180 days; at the end of July 167
        (date(2024, 8, 14), "N1234567"),
    ],
)
def test_a_loan_that_stopped_goes_through_the_buckets(on: date, said: str) -> None:
    assert string(on) == said


def test_arrears_paid_within_the_month_are_m() -> None:
    assert string(date(2024, 2, 29), payment(1, date(2024, 2, 20), 110)) == "NM"
    assert string(date(2024, 3, 31), payment(1, date(2024, 3, 10), 110), payment(1, MAR, 108)) == "N1M"


def test_the_string_of_a_take_on_goes_on_and_keeps_sixty_months() -> None:
    opening = {"loan_no": 1, "on": date(2024, 3, 31), "outstanding_cents": 200, "payment_string": "N" * 57 + "12N"}
    on_time = [payment(1, APR, 106), payment(1, MAY, 104)]
    assert string(date(2024, 4, 30), *on_time, opening=opening) == "N" * 56 + "12NN"
    assert string(date(2024, 3, 31), opening=opening) == "N" * 57 + "12N"


def test_a_loan_whose_interest_runs_by_the_day_has_its_months_too() -> None:
    assert string(date(2024, 3, 31), method="daily_interest") == "N12"
    assert string(date(2024, 3, 31), payment(1, FEB, 110), payment(1, MAR, 108), method="daily_interest") == "NNN"


def test_a_loan_settled_more_than_sixty_months_ago_has_no_months() -> None:
    paid = [payment(1, FEB, 110), payment(1, MAR, 108), payment(1, APR, 106), payment(1, MAY, 104)]
    assert string(date(2029, 6, 30), *paid) == ""
