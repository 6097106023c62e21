"""Rules of asset preservation at their bounds: days to hand over, who may be in a package, how a price is shared."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.disposal.outcomes.barred import bars_of
from postloan.desk.preservation.grants import rules_on
from postloan.desk.preservation.handover.causes import Deadlines
from postloan.desk.preservation.packages.eligible import allocated, count_is_right

pytestmark = pytest.mark.django_db
DAYS = yaml.safe_load((Path(__file__).parent / "handover_days.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def day() -> BusinessDay:
    return business_day(None)


@pytest.mark.parametrize("case", DAYS, ids=[each["case"] for each in DAYS])
def test_ten_working_days_are_in_time_and_eleven_are_late(case: dict[str, Any], day: BusinessDay) -> None:
    assert Deadlines(day, rules_on(day)).due(case["reached_on"]) == case["last_on"]


@pytest.mark.parametrize(
    ("changes", "kind", "on", "expected"),
    [
        ({}, "companies", date(2026, 6, 30), []),
        ({"tier": "special_mention"}, "companies", date(2026, 6, 30), ["performing"]),
        ({"legal_form": "government"}, "companies", date(2026, 6, 30), ["state_organ"]),
        ({"industry_code": "S91"}, "companies", date(2026, 6, 30), ["industry"]),
        ({"status": "written_off"}, "companies", date(2026, 6, 30), ["off_book"]),
        ({}, "single", date(2026, 12, 31), []),
        ({}, "single", date(2027, 1, 1), ["pilot_ended"]),
        ({"legal_form": "person"}, "companies", date(2026, 6, 30), ["of_a_person"]),
        ({"legal_form": "person", "product": "个人消费贷款"}, "persons", date(2026, 12, 31), []),
        ({"legal_form": "person", "product": "个人消费贷款"}, "persons", date(2027, 1, 1), ["pilot_ended"]),
        ({"legal_form": "person", "security_kind": "mortgage"}, "persons", date(2026, 6, 30), ["pilot_security"]),
        ({"legal_form": "person", "product": "个人汽车贷款"}, "persons", date(2026, 6, 30), ["pilot_product"]),
        ({}, "persons", date(2026, 6, 30), ["of_a_company"]),
    ],
)  # fmt: skip
def test_each_rule_keeps_its_loans_out_of_a_package(changes, kind, on, expected, day: BusinessDay) -> None:
    loan = {
        "status": "active", "tier": "doubtful", "legal_form": "company", "industry_code": "C13",
        "security_kind": "credit", "product": "流动资金贷款",
    }  # fmt: skip
    assert [each.bar for each in bars_of(loan | changes, kind, rules_on(day), on)] == expected


def test_a_batch_of_companies_has_three_accounts_and_a_price_is_shared_to_the_cent(day: BusinessDay) -> None:
    assert [count_is_right("companies", n, rules_on(day)) for n in (2, 3)] == [False, True]
    assert [count_is_right("single", n, rules_on(day)) for n in (1, 2)] == [True, False]
    assert allocated(100, [1, 1, 1]) == [34, 33, 33]
    assert allocated(10, [3, 3, 4]) == [3, 3, 4]
    # 0.75, 0.75, 0.50 of a cent: the two largest remainders get the cents.
    assert allocated(2, [3, 3, 2]) == [1, 1, 0]
    assert sum(allocated(10**15 + 7, [10**14 + 1, 3, 77])) == 10**15 + 7
    with pytest.raises(ValueError, match="weights"):
        allocated(1, [0, 0])
