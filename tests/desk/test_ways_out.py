"""One way out of a loan at a time: what two desks decide of it on one day never sums above what is owed."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from deciding import person
from disposing import DAY, approved, case_of, decided, deed, drawn_up, granted, loan_of

from postloan.desk.book import ways_out
from postloan.desk.book.queries import loan_seen
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Decision, Grant
from postloan.desk.core.officers.queries import head_office, office_over
from postloan.desk.core.pages import Desk
from postloan.desk.disposal.models import DisposalCase, Outcome
from postloan.desk.disposal.outcomes.realised.actions import asset_realised
from postloan.desk.preservation.models import Package, PackageLoan
from postloan.desk.preservation.packages.actions import package_fill, package_open, sale_propose
from postloan.desk.preservation.packages.candidates import chosen
from postloan.desk.restructure.actions import offer_answer, offer_make, restructuring_propose
from postloan.desk.restructure.models import Restructuring
from postloan.desk.restructure.tried import tried_one
from postloan.desk.restructure.typed import FIELDS, typed_of
from postloan.errors import IllegalMove

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _of_the_bank(db: None) -> None:
    granted()
    PackageLoan.objects.all().delete()
    for name in ("loan.read", "restructure.read", "restructure.write", "preservation.read", "preservation.write"):
        Grant.objects.create(officer=person("risk"), action=name, org=head_office(), role="test",
                             begins_on="2021-01-01")  # fmt: skip


def desk(of: str) -> Desk:
    officer = person("risk")
    return Desk(officer, actions_of(officer), scope_of(officer, of), None)


def asset_drawn_up(case: DisposalCase) -> Outcome:
    loan, on = loan_of(case), business_day(None).on
    return drawn_up(
        case, "asset", value_cents=loan["arrears_cents"] + loan["outstanding_cents"] // 2, asset_id="YP1",
        asset_name="厂房", asset_kind="real_estate", basis="ruling", reference="执1号", taken_on=on - 5 * DAY,
    )  # fmt: skip


def packed(loan_id: str) -> Package:
    """A package of the loan that is being filled."""
    made = package_open(person("risk"), head_office(), package_id=uuid4(), name="包", kind="companies",
                        day=business_day(None))  # fmt: skip
    rows, worths = chosen(desk("preservation.read"), [loan_id])
    package_fill(person("risk"), made.pk, rows, worths, day=business_day(None))
    return made


def restructured(loan_id: str) -> Restructuring:
    """A restructuring of the loan that is proposed, with a part written off."""
    day, loan = business_day(None), loan_seen(desk("restructure.read"), loan_id)
    typed = typed_of(dict.fromkeys(FIELDS, "") | {"write_off": "100"}, loan, name="1")
    tried = tried_one(desk("restructure.read"), loan, typed, is_eased=True)
    made = offer_make(person("risk"), office_over([loan["org_id"]]), tried, by="bank", offer_id=uuid4(),
                      held_id=uuid4(), day=day)  # fmt: skip
    offer_answer(person("risk"), made.pk, "accepted", note="同意", day=day)
    held = Restructuring.objects.get(pk=made.restructuring_id)
    return restructuring_propose(
        person("risk"), held.pk, made.pk, seen_version=held.version, difficulty="non_performing", reason="停产",
        day=day, ground="disaster",
    )  # fmt: skip


def refused(word: str, act: Any, *given: Any, **more: Any) -> None:
    with pytest.raises(IllegalMove) as found:
        act(*given, **more)
    assert any(each.endswith(f" {word}") for each in found.value.where["under_way"]), found.value


def test_what_one_desk_decided_bars_every_other_until_a_day_with_it_is_adopted() -> None:
    case = case_of(legal_form="company")
    loan = loan_of(case)
    loan_id, owed = loan["loan_id"], loan["outstanding_cents"]
    assert approved(asset_drawn_up(case)).state == "approved"
    refused("decided", drawn_up, case, "write_off", ground="execution_ended")
    refused("decided", packed, loan_id)
    refused("decided", restructured, loan_id)
    refused("decided", asset_realised, person("risk"), case, deed(case), loan_id=loan_id, cents=owed, reference="x",
            thing=None)  # fmt: skip
    taken_off = Decision.objects.filter(loan_id=loan_id, kind="write_off").values_list("terms__principal", flat=True)
    assert 0 < sum(Decimal(each) * 100 for each in taken_off) <= owed
    Decision.objects.filter(loan_id=loan_id).update(feed_day=business_day(None).on + DAY)
    refused("decided", packed, loan_id)
    Decision.objects.filter(loan_id=loan_id).update(feed_day=business_day(None).on)
    packed(loan_id)
    assert drawn_up(case, "write_off", ground="execution_ended").state == "draft"


def test_what_is_proposed_by_one_desk_is_not_proposed_by_another() -> None:
    case = case_of(legal_form="company")
    loan_id = loan_of(case)["loan_id"]
    package, made = packed(loan_id), asset_drawn_up(case)
    with pytest.raises(IllegalMove, match="已有处置结果在办"):
        drawn_up(case, "write_off", ground="execution_ended")
    Package.objects.filter(pk=package.pk).update(state="bidding")
    refused("package", decided, made)
    refused("package", restructured, loan_id)
    Package.objects.filter(pk=package.pk).update(state="draft")
    decided(made)
    Package.objects.filter(pk=package.pk).update(state="bidding")
    bid = package.bids.create(bidder="甲", price_cents=10**12, on=business_day(None).on, made_by=person("risk"))
    seen = {"reason": "最高价", "seen_version": Package.objects.get(pk=package.pk).version, "day": business_day(None)}
    refused("outcome", sale_propose, person("risk"), package.pk, bid.pk, **seen)
    refused("outcome", restructured, loan_id)


def test_a_restructuring_on_its_way_bars_a_disposal() -> None:
    case = case_of(legal_form="company")
    restructured(loan_of(case)["loan_id"])
    refused("restructuring", asset_drawn_up, case)


def test_a_write_off_that_the_core_has_not_booked_bars_another(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(legal_form="company")
    told = pl.LazyFrame({"loan_id": [loan_of(case)["loan_id"]], "kind": ["write_off"], "state": ["pending"]})
    with monkeypatch.context() as waiting:
        waiting.setattr(ways_out, "scan_instructions", lambda *_asked: told)
        refused("pending", asset_drawn_up, case)
    assert asset_drawn_up(case).state == "draft"
