"""Collateral disposed of by agreement: price, value and authority; the sale, its money, and the owner's rest."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from deciding import person
from django.test import Client
from zeal import zeal_ignore

from postloan.desk.approval.models import Case
from postloan.desk.book.narrow import loan_rows
from postloan.desk.collateral.models import Document, Matter
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.models import AuditEntry, Decision, FeedRows, Grant, WorkItem
from postloan.desk.core.officers.queries import head_office
from postloan.desk.disposal.models import AssetTaken, AuctionRound, DisposalCase, Lawsuit, Outcome
from postloan.desk.preservation.models import Realisation, RealisationPayment, RouteComparison
from postloan.desk.preservation.realisation import checked, owed
from postloan.desk.preservation.realisation.money import actions as money
from postloan.errors import IllegalMove
from postloan.plan.collateral_proceeds import divide_proceeds
from postloan.plan.met import value_meets
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.preservation_desk import PreservationDesk
from postloan.snapshot.read import read_of_bank

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGE = "/preservation/realisations/"


@pytest.fixture(autouse=True)
def _of_the_bank(db: None) -> None:
    """Whoever disposes here does so for head office; the demo's own agreement is out of the way."""
    Realisation.objects.all().delete()
    Matter.objects.filter(kind="collateral_release").delete()
    WorkItem.objects.filter(kind__startswith="realisation").delete()
    held = {
        "risk": ("preservation.read", "preservation.write", "collateral.read"),
        "inspector": ("preservation.read", "preservation.review"),
        "approver": ("preservation.read", "preservation.approve", "preservation.review"),
    }  # fmt: skip
    for who, names in held.items():
        for name in names:
            Grant.objects.create(officer=person(who), action=name, org=head_office(), role="test",
                                 begins_on="2021-01-01")  # fmt: skip


@pytest.fixture
def day() -> BusinessDay:
    return business_day(None)


@pytest.fixture(autouse=True)
def any_age(monkeypatch: pytest.MonkeyPatch, day: BusinessDay) -> Any:
    """The demo's valuations are of any age: here they are fresh, but where a test makes them stale."""
    law = load_desk_rules(day.home).version("preservation", PreservationDesk, day.on)
    days = law.agreed.valued.model_copy(update={"days": 4000})
    fresh = law.model_copy(update={"agreed": law.agreed.model_copy(update={"valued": days})})
    monkeypatch.setattr("postloan.desk.preservation.realisation.views.rules_on", lambda _day: fresh)
    return law


@pytest.fixture
def thing(bank: Path, last_day: date, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A collateral that secures one bad loan whose debtor is in the ledger, and nothing off the balance sheet."""
    shares = read_of_bank(bank, last_day, "collateral_share")
    alone = shares.filter(~pl.col("is_off_balance")).filter(pl.len().over("collateral_id") == 1)
    cases = list(DisposalCase.objects.filter(state__in=["open", "acting"]).values_list("debtor_id", flat=True))
    overdue = loan_rows(business_day(None)).filter(pl.col("days_past_due") > 0)["loan_id"].to_list()
    standing = read_of_bank(bank, last_day, "collateral_standing").filter(pl.col("eligibility") == "eligible")
    found = alone.filter(pl.col("debtor_id").is_in(cases), pl.col("loan_id").is_in(overdue)).join(
        standing.select("collateral_id", worth_cents="value_cents", by_on="revalue_by_on"), on="collateral_id"
    )  # fmt: skip
    taken = Outcome.objects.values_list("loan_id", flat=True)
    found = found.filter(pl.col("worth_cents") > 0, pl.col("by_on") >= last_day, ~pl.col("loan_id").is_in(list(taken)))
    assert found.height
    return found.sort("collateral_id").row(0, named=True)


class Walk:
    """An agreement on its way."""

    def __init__(self, client: Client, key: str) -> None:
        self.client, self.key, self.page = client, key, f"{PAGE}{key}/"

    @property
    def held(self) -> Realisation:
        return Realisation.objects.get(pk=self.key)

    def send(self, step: str, **form: Any) -> int:
        told = {"version": self.held.version, "deed_id": str(uuid4()), "reason": "依协议"}
        return int(self.client.post(f"{self.page}{step}", told | form).status_code)

    def agree(self, *clients: Client, step: str = "decide") -> None:
        for client in clients:
            held = self.held
            case = Case.objects.get(pk=held.settlement_id or held.approval_id)
            sent = {"verdict": "agree", "version": case.version, "reason": "同意"}
            assert client.post(f"{self.page}{step}", sent).status_code == 302, case.waits_for

    def agree_all(self, logged_in: Any, step: str = "decide") -> None:
        """By as many others as the chain has."""
        held = self.held
        steps = Case.objects.get(pk=held.settlement_id or held.approval_id).steps[1:]
        who = {"preservation.review": "inspector", "preservation.approve": "approver"}
        self.agree(*(logged_in(who[each["action"]]) for each in steps), step=step)


def form(thing: dict[str, Any], last_day: date, **more: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()), "right": "mortgage", "way": "sale", "cause": "unpaid", "agreed_on": last_day.isoformat(),
        "reference": "XY-2026-01", "price": f"{thing['worth_cents'] / 100:.2f}", "reason": "抵押人愿意配合",
    } | more  # fmt: skip


def propose(client: Client, thing: dict[str, Any], last_day: date, **more: Any) -> Walk:
    sent = form(thing, last_day, **more)
    for _twice in range(2):
        answer = client.post(f"{PAGE}of/{thing['collateral_id']}/propose", sent)
        assert answer.status_code == 302, answer.content.decode()[:3000]
    return Walk(client, sent["key"])


def test_a_price_is_proposed_by_value_and_by_route_and_may_be_changed(logged_in, last_day, thing) -> None:
    risk, address = logged_in("risk"), f"{PAGE}of/{thing['collateral_id']}/"
    RouteComparison.objects.all().delete()
    prices = {each["price"]: each["cents"] for each in risk.get(address).context["prices"]}
    assert prices["value"] == thing["worth_cents"]
    assert prices["first"] == thing["worth_cents"] * 70 // 100
    assert prices["second"] < prices["first"]
    shown = {way: risk.get(f"{address}?way={way}").context["price"] for way in ("auction", "sale", "convert", "x")}
    assert shown == {"auction": prices["first"], "sale": prices["value"], "convert": prices["taken"],
                     "x": prices["value"]}  # fmt: skip

    debtor = thing["debtor_id"]
    tried = {"chosen": "court", "comparison_id": str(uuid4()), "reason": "起拍价偏低", "first_price": "85"}
    assert risk.post(f"/preservation/routes/of/{debtor}/choose", tried).status_code == 302
    page = risk.get(f"{address}?way=auction")
    assert page.context["price"] == thing["worth_cents"] * 85 // 100, "the compared route's own figure"
    assert f"/preservation/routes/{tried['comparison_id']}/" in page.content.decode()
    changed = propose(risk, thing, last_day, way="auction").held
    assert changed.price_cents == thing["worth_cents"], "what was typed holds, and what was proposed is kept beside it"
    assert {each["price"] for each in changed.offered} == {"value", "first", "second", "taken"}


def test_an_agreement_that_the_law_or_the_rule_forbids_is_refused(logged_in, last_day, thing, any_age, monkeypatch):
    risk, address = logged_in("risk"), f"{PAGE}of/{thing['collateral_id']}/propose"
    worth = thing["worth_cents"]
    low, high = f"{(worth * 70 // 100 - 1) / 100:.2f}", f"{(worth + 1) / 100:.2f}"
    refused = (
        {"reference": " "}, {"right": "lease"}, {"way": "gift"}, {"cause": "x"}, {"price": "0"}, {"price": low},
        {"way": "convert", "asset_kind": "real_estate", "price": high}, {"way": "convert", "asset_kind": ""},
        {"agreed_on": (last_day + DAY).isoformat()}, {"agreed_on": "2020-01-01"}, {"costs": high},
        {"reason": ""},
    )  # fmt: skip
    for wrong in refused:
        assert risk.post(address, form(thing, last_day, **wrong)).status_code == 400, wrong
    assert logged_in("collector").post(address, form(thing, last_day)).status_code == 403
    monkeypatch.setattr("postloan.desk.preservation.realisation.views.rules_on", lambda _day: any_age.model_copy(
        update={"agreed": any_age.agreed.model_copy(
            update={"valued": any_age.agreed.valued.model_copy(update={"days": 0})})}))  # fmt: skip
    assert risk.post(address, form(thing, last_day)).status_code == 409, "the valuation is stale"
    assert not Realisation.objects.exists()


def test_what_is_not_free_is_not_disposed_of(logged_in, last_day, thing) -> None:
    risk, address = logged_in("risk"), f"{PAGE}of/{thing['collateral_id']}/propose"
    Document.objects.filter(collateral_id=thing["collateral_id"]).delete()
    paper = Document.objects.create(org=head_office(), state="leaving", collateral_id=thing["collateral_id"],
                                    name="权证", number="1", held_as="金库")  # fmt: skip
    assert risk.post(address, form(thing, last_day)).status_code == 409, "its title is on the way out"
    paper.delete()
    suit = Lawsuit.objects.create(
        case=DisposalCase.objects.get(debtor_id=thing["debtor_id"]), org=head_office(), state="auctioned",
        loan_ids=[thing["loan_id"]], claim_cents=1, opened_by=person("risk"), opened_on=last_day,
    )  # fmt: skip
    auction = AuctionRound.objects.create(
        lawsuit=suit, org=head_office(), state="published", asset_id=thing["collateral_id"], asset_kind="real_estate",
        round=1, appraised_cents=1, start_cents=1, deposit_cents=0, told_on=last_day, notice_on=last_day,
        held_on=last_day, published_by=person("risk"),
    )  # fmt: skip
    assert risk.post(address, form(thing, last_day)).status_code == 409, "a court auctions it"
    auction.delete()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(checked, "running_disposal", lambda _debtor: None)
        taken = form(thing, last_day, way="convert", asset_kind="real_estate")
        assert risk.post(address, taken).status_code == 409, "the debtor is in no ledger"
    walk = propose(risk, thing, last_day)
    assert risk.post(address, form(thing, last_day)).status_code == 400, "one is under way"
    refused = {"verdict": "refuse", "version": Case.objects.get(pk=walk.held.approval_id).version, "reason": "价低"}
    case = Case.objects.get(pk=walk.held.approval_id)
    second = {"preservation.review": "inspector", "preservation.approve": "approver"}[case.waits_for]
    assert risk.post(f"{walk.page}decide", refused).status_code in {403, 409}, "not who proposed it"
    assert logged_in(second).post(f"{walk.page}decide", refused).status_code == 302
    assert walk.held.state == "refused"


def test_a_sale_is_settled_by_the_cores_payments_and_the_rest_is_the_owners(
    logged_in, last_day, thing, monkeypatch, day
) -> None:
    risk = logged_in("risk")
    owes = divide_proceeds(day.home, day.on, thing["collateral_id"], price_cents=10**14, costs_cents=0).loans[0]
    walk = propose(risk, thing, last_day, price=f"{thing['worth_cents'] / 100:.2f}", costs="100")
    assert "价款分配" in risk.get(walk.page).content.decode()
    assert walk.send("sell", buyer="甲", sold_on=last_day.isoformat(), sold="1") == 409, "nobody agreed yet"
    walk.agree_all(logged_in)
    assert walk.held.state == "agreed"
    assert WorkItem.objects.get(subject=walk.held.subject, state="open", kind="realisation_sell").officer == person(
        "risk"
    )
    price = max(thing["worth_cents"], owes.paid_cents + 500_00)
    sold = {"buyer": "甲公司", "sold_on": last_day.isoformat(), "sold": f"{price / 100:.2f}", "costs": "100"}
    assert walk.send("sell", **sold | {"sold": f"{(walk.held.price_cents - 1) / 100:.2f}"}) == 400, "below the price"
    assert walk.send("sell", **sold | {"buyer": " "}) == 400
    assert walk.send("sell", **sold | {"sold_on": (last_day - DAY).isoformat()}) == 400, "before the agreement"
    assert walk.send("sell", **sold) == 302
    division = walk.held.division
    assert (division["price_cents"], division["costs_cents"]) == (price, 100_00)
    (part,) = division["loans"]
    assert part["paid_cents"] == owes.paid_cents
    assert part["parts"] == value_meets(day.home, thing["loan_id"], owes.paid_cents, day.on).parts
    assert division["surplus_cents"] == price - 100_00 - division["prior_cents"] - part["paid_cents"]

    came = [{"payment_id": "P1", "loan_id": thing["loan_id"], "paid_on": last_day, "amount_cents": 1}]
    monkeypatch.setattr(owed, "payments_since", lambda *_args: came)
    assert walk.send("settle") == 400, "nothing came in"
    assert walk.send("settle", payment=["P1"]) == 400, "too little, and the loan is still owed"
    came[0]["amount_cents"] = division["net_cents"] + 1
    assert walk.send("settle", payment=["P1"]) == 400, "more than the sale left"
    came[0]["amount_cents"] = part["paid_cents"]
    assert walk.send("settle", payment=["P1"]) == 302
    assert walk.send("surplus", returned_on=last_day.isoformat(), voucher="V1") == 409, "not closed yet"
    walk.agree_all(logged_in, step="settled")
    held = walk.held
    assert (held.state, held.surplus_cents, held.closed_on) == ("closed", division["surplus_cents"], last_day)
    assert RealisationPayment.objects.get(realisation=held).payment_id == "P1"
    rows = FeedRows.objects.get(pk=held.given_id)
    assert (rows.table, rows.rows[0]["status"]) == ("collateral", "sold")
    made = Outcome.objects.get(loan_id=thing["loan_id"], route="cash")
    assert (made.state, made.value_cents, made.counterparty) == ("approved", part["paid_cents"], "甲公司")
    assert made.case.entries.filter(step="recorded", amount_cents=part["paid_cents"]).exists()

    assert WorkItem.objects.get(subject=held.subject, state="open").kind == "realisation_surplus"
    assert "退还余额" in risk.get(walk.page).content.decode()
    assert walk.send("surplus", returned_on=last_day.isoformat(), voucher=" ") == 400
    assert walk.send("surplus", returned_on=last_day.isoformat(), voucher="V1") == 302
    assert walk.send("surplus", returned_on=last_day.isoformat(), voucher="V1") == 409, "once"
    assert not WorkItem.objects.filter(subject=held.subject, state="open").exists()
    deeds = AuditEntry.objects.filter(action__startswith="realisation.", subject__endswith=str(held.pk)).order_by("seq")
    assert list(deeds.values_list("action", flat=True)) == [
        f"realisation.{each}" for each in ("proposed", "sold", "settlement_proposed", "closed", "surplus_returned")
    ]
    assert risk.get(PAGE).context["list"]


def test_a_payment_answers_one_sale_and_an_agreement_may_come_to_nothing(logged_in, last_day, thing, monkeypatch):
    risk = logged_in("risk")
    walk = propose(risk, thing, last_day)
    walk.agree_all(logged_in)
    other = Realisation.objects.get(pk=walk.key)
    RealisationPayment.objects.create(realisation=other, payment_id="P1", loan_id=thing["loan_id"], paid_on=last_day,
                                      amount_cents=1)  # fmt: skip
    sold = {"buyer": "甲", "sold_on": last_day.isoformat(), "sold": f"{thing['worth_cents'] / 100:.2f}"}
    assert walk.send("sell", **sold) == 302
    came = [{"payment_id": name, "loan_id": thing["loan_id"], "paid_on": last_day, "amount_cents": 1}
            for name in ("P1", "P2")]  # fmt: skip
    monkeypatch.setattr(owed, "payments_since", lambda *_args: came)
    assert [each["payment_id"] for each in risk.get(walk.page).context["payments"]] == ["P2"]
    with pytest.raises(IllegalMove, match="P1"):
        money.check_unused(["P1"])
    assert walk.send("drop", reason="") == 400
    assert walk.send("drop", reason="买方未付款") == 302
    assert walk.held.state == "dropped"
    assert not WorkItem.objects.filter(subject=walk.held.subject, state="open").exists()
    assert walk.send("settle", payment=["P2"]) == 409


def test_what_the_bank_takes_at_its_value_meets_the_debt_as_an_asset_does(logged_in, last_day, thing, day) -> None:
    risk = logged_in("risk")
    price = thing["worth_cents"]
    walk = propose(risk, thing, last_day, way="convert", asset_kind="real_estate", price=f"{price / 100:.2f}")
    assert Decision.objects.filter(loan_id=thing["loan_id"], kind="waiver").count() == 0
    with zeal_ignore():  # rows of two tables go to the night
        walk.agree_all(logged_in)
    held = walk.held
    (part,) = held.division["loans"]
    assert held.state == "closed"
    assert held.surplus_cents == price - held.division["prior_cents"] - part["paid_cents"]
    made = Outcome.objects.get(loan_id=thing["loan_id"], route="asset")
    assert (made.state, made.basis, made.value_cents) == ("approved", "agreement", part["paid_cents"])
    assert made.parts == part["parts"]
    told = {each.kind: each.terms for each in made.decisions.all()}
    assert told["write_off"]["asset"] == f"{made.parts['principal'] / 100:.2f}"
    assert all(each.effective_on == last_day + DAY for each in made.decisions.all())
    taken = AssetTaken.objects.get(outcome=made)
    assert (taken.asset_id, taken.kind, taken.value_cents) == (thing["collateral_id"], "real_estate", price)
    assert FeedRows.objects.get(pk=held.given_id).rows[0]["status"] == "sold"
    assert FeedRows.objects.filter(table="legal_event", rows__0__kind="repossessed").exists()
    assert walk.send("sell", buyer="甲", sold_on=last_day.isoformat(), sold="1") in {400, 409}


def test_a_price_is_parted_over_loans_costs_and_earlier_claims_to_the_cent(bank: Path, last_day: date) -> None:
    shares = read_of_bank(bank, last_day, "collateral_share").filter(~pl.col("is_off_balance"))
    several = shares.filter(pl.len().over("collateral_id") > 1)
    keys = several["collateral_id"].unique().sort().to_list()[:2] or shares["collateral_id"].to_list()[:1]
    for key in keys:
        prior = shares.filter(collateral_id=key)["prior_claims_cents"].drop_nulls().to_list()
        for price in (1, 12_345_67, 10**13):
            told = divide_proceeds(bank, last_day, key, price_cents=price, costs_cents=1)
            paid = sum(each.paid_cents for each in told.loans)
            assert price == told.costs_cents + told.prior_cents + paid + told.surplus_cents
            assert told.prior_cents == min(max(prior, default=0), price - 1)
            assert told.surplus_cents == 0 or all(each.paid_cents == each.claim_cents for each in told.loans)
            assert all(sum(each.parts.values()) <= each.paid_cents for each in told.loans)


def test_collateral_of_something_off_the_balance_sheet_waits(bank, last_day, thing, day) -> None:
    rule = load_desk_rules(day.home).version("preservation", PreservationDesk, day.on).agreed
    free = {"collateral_id": thing["collateral_id"], "status": None, "eligibility": "eligible"}
    division = divide_proceeds(bank, last_day, thing["collateral_id"], price_cents=100, costs_cents=0)
    Document.objects.filter(collateral_id=thing["collateral_id"]).delete()
    checked.check_standing(free, division)
    for wrong in (replace(division, contingent=("L1",)), replace(division, loans=())):
        with pytest.raises(IllegalMove):
            checked.check_standing(free, wrong)
    for wrong in ({"status": "seized"}, {"status": "sold"}, {"eligibility": "prior_unknown"}):
        with pytest.raises(IllegalMove):
            checked.check_standing(free | wrong, division)
    fresh = {"valued_on": last_day - rule.valued.days * DAY, "revalue_by_on": last_day, "value_cents": 1}
    checked.check_value(fresh, last_day, rule)
    for wrong in ({"valued_on": None}, {"valued_on": fresh["valued_on"] - DAY}, {"value_cents": 0},
                  {"revalue_by_on": last_day - DAY}):  # fmt: skip
        with pytest.raises(IllegalMove):
            checked.check_value(fresh | wrong, last_day, rule)
