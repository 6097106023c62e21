"""Repossessed assets at the desk: counted by two people, and written down or sold by no one alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import polars as pl
import pytest
from deciding import person

from postloan.desk.approval.models import Case
from postloan.desk.book.narrow import loan_rows
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.models import FeedRows, Grant, Org, WorkItem
from postloan.desk.core.officers.queries import head_office
from postloan.desk.disposal.models import AssetTaken, DisposalCase, Outcome
from postloan.desk.preservation.assets.actions import (
    asset_count,
    asset_decide,
    asset_loss_propose,
    asset_register,
    asset_sale_propose,
    assets_open,
    count_confirm,
)
from postloan.desk.preservation.models import Asset
from postloan.errors import FormWrong, IllegalMove, NotPermitted, SamePerson
from postloan.rules.desk_rules import load_desk_rules

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _of_the_bank(db: None) -> None:
    """Whoever works on them here does so for head office: a small bank has few an office."""
    held = {"risk": ("read", "write", "review"), "officer": ("read", "write"), "inspector": ("read", "review")}
    for who, names in (held | {"approver": ("read", "approve")}).items():
        for name in names:
            Grant.objects.create(officer=person(who), action=f"preservation.{name}", org=head_office(), role="test",
                                 begins_on="2021-01-01")  # fmt: skip


@pytest.fixture
def day() -> BusinessDay:
    return business_day(None)


@pytest.fixture
def asset(day: BusinessDay) -> Asset:
    """A house of 1,000.00 that was taken long ago."""
    row = loan_rows(day).filter(pl.col("status") == "active").row(0, named=True)
    return asset_register(
        person("risk"), Org.objects.get(pk=row["org_id"]), key=uuid4(), asset_id="DZ-1", name="厂房",
        kind="real_estate", debtor_id=row["debtor_id"], loan_id=row["loan_id"], taken_on=day.on - 600 * DAY,
        book_cents=1_000_00, day=day,
    )  # fmt: skip


def lost(asset: Asset, cents: int, *, who: str = "risk", key: UUID | None = None) -> Asset:
    return asset_loss_propose(
        person(who), asset.pk, loss_id=key or uuid4(), amount_cents=cents, ground="漏水", day=business_day(None)
    )


def sold(asset: Asset, cents: int, *, who: str = "risk", **more: Any) -> Asset:
    day = business_day(None)
    told = {"sold_on": day.on, "buyer": "乙公司", "proceeds_cents": cents, "taxes_cents": 20_00, "reason": "公开竞价",
            "seen_version": Asset.objects.get(pk=asset.pk).version, "day": day}  # fmt: skip
    return asset_sale_propose(person(who), asset.pk, **(told | more))


def decided(asset: Asset, who: str, verdict: str = "agree") -> Asset:
    case = Case.objects.get(pk=Asset.objects.get(pk=asset.pk).approval_id)
    return asset_decide(
        person(who), asset.pk, verdict, seen_version=case.version, reason="同意", day=business_day(None)
    )


def case_of(asset: Asset) -> Case:
    return Case.objects.get(pk=asset.approval_id)


def test_an_asset_is_counted_by_two_people(day: BusinessDay, asset: Asset) -> None:
    assert asset.dispose_by.replace(year=asset.dispose_by.year - 2) == asset.taken_on
    assets_open(day, load_desk_rules(day.home))
    kinds = WorkItem.objects.filter(subject=asset.subject, state="open").values_list("kind", flat=True)
    assert set(kinds) == {"asset_dispose", "asset_count"}
    counted = asset_count(person("risk"), asset.pk, "damaged", note="屋面漏水", seen_version=1, day=day)
    with pytest.raises(SamePerson):
        count_confirm(person("risk"), asset.pk, counted.pk, day=day)
    count_confirm(person("officer"), asset.pk, counted.pk, day=day)
    assert Asset.objects.get(pk=asset.pk).counted_on == day.on


def test_nobody_writes_an_asset_down_alone(asset: Asset) -> None:
    with pytest.raises(NotPermitted):
        lost(asset, 300_00, who="inspector")
    with pytest.raises(FormWrong):
        lost(asset, 1_000_01)
    key = uuid4()
    for _twice in range(2):
        held = lost(asset, 300_00, key=key)
    assert (held.lost_cents, held.losses.count(), case_of(held).kind) == (0, 0, "asset_write_down")
    with pytest.raises(IllegalMove, match="已有事项在报批"):
        sold(asset, 900_00)
    with pytest.raises(SamePerson):
        decided(asset, "risk")
    held = decided(asset, "inspector")
    assert (held.lost_cents, held.losses.get().made_by) == (300_00, person("risk"))
    assert lost(asset, 300_00, key=key).lost_cents == 300_00, "sent again it changes nothing"
    with pytest.raises(FormWrong):
        lost(asset, 700_01)


def test_nobody_sells_an_asset_alone_and_its_result_is_told(asset: Asset, day: BusinessDay) -> None:
    lost(asset, 300_00)
    decided(asset, "inspector")
    with pytest.raises(NotPermitted):
        sold(asset, 750_00, who="approver")
    held = sold(asset, 750_00)
    assert (held.state, held.result_cents, case_of(held).amount_cents) == ("held", None, 750_00)
    Grant.objects.create(officer=person("risk"), action="preservation.approve", org=head_office(), role="test",
                         begins_on="2021-01-01")  # fmt: skip
    with pytest.raises(SamePerson):
        decided(asset, "risk")
    held = decided(asset, "approver")
    # DSP-16: 750 - (1,000 - 300) - 20
    assert (held.state, held.result_cents, held.sold_on) == ("sold", 30_00, day.on)
    assert not WorkItem.objects.filter(subject=held.subject, state="open").exists()
    with pytest.raises(IllegalMove):
        sold(asset, 750_00)


def test_a_limit_bounds_what_somebody_sells(asset: Asset) -> None:
    sold(asset, 1_100_00)
    approves = Grant.objects.filter(officer=person("approver"), action="preservation.approve")
    approves.update(limit_cents=1_099_99)
    with pytest.raises(NotPermitted):
        decided(asset, "approver")
    approves.update(limit_cents=1_100_00)
    assert decided(asset, "approver").state == "sold"


def test_a_sale_below_what_it_stands_at_takes_three(asset: Asset) -> None:
    held = sold(asset, 999_99)
    assert (case_of(held).kind, len(case_of(held).steps)) == ("asset_sale_low", 3)
    with pytest.raises(NotPermitted):
        decided(asset, "approver")
    assert decided(asset, "inspector").state == "held"
    assert decided(asset, "approver", "refuse").state == "held"
    at_its_value = sold(asset, 1_000_00)
    assert (case_of(at_its_value).kind, len(case_of(at_its_value).steps)) == ("asset_sale", 2)


def test_pages_ask_for_a_loss_and_let_another_agree(logged_in, asset: Asset) -> None:
    here = f"/preservation/assets/{asset.pk}/"
    sent = {"loss_id": str(uuid4()), "amount": "300", "ground": "漏水"}
    assert logged_in("risk").post(f"{here}write-down", sent).status_code == 302
    page = logged_in("inspector").get(here).content.decode()
    assert "抵债资产减值" in page
    case = Case.objects.get(subject=asset.subject)
    verdict = {"verdict": "agree", "reason": "", "version": case.version}
    assert logged_in("inspector").post(f"{here}decide", verdict).status_code == 302
    assert Asset.objects.get(pk=asset.pk).lost_cents == 300_00


def test_what_disposal_took_for_a_debt_comes_into_the_register_once(day: BusinessDay) -> None:
    case = DisposalCase.objects.filter(state__in=DisposalCase.RUNNING).order_by("pk")[0]
    outcome = Outcome.objects.create(
        case=case, org=case.org, loan_id="JJ1", route="asset", state="proposed", on=day.on, drawn_up_by=person("risk")
    )
    AssetTaken.objects.create(
        outcome=outcome, asset_id="YP-9", name="仓库", kind="real_estate", value_cents=5_00, taken_on=day.on,
        dispose_by=day.on + 730 * DAY,
    )  # fmt: skip
    rules = load_desk_rules(day.home)
    assets_open(day, rules)
    assert not Asset.objects.filter(asset_id="YP-9").exists()
    Outcome.objects.filter(pk=outcome.pk).update(state="approved")
    for _twice in range(2):
        assets_open(day, rules)
        held = Asset.objects.get(asset_id="YP-9")
    assert (held.org, held.loan_id, held.book_cents) == (case.org, "JJ1", 5_00)
    assert not WorkItem.objects.filter(subject=held.subject).exists()
    sold(held, 6_00)
    decided(held, "approver")
    (told,) = FeedRows.objects.get(table="legal_event", rows__0__asset_id="YP-9").rows
    assert (told["kind"], told["loan_id"], told["asset_kind"]) == ("sold", "JJ1", "real_estate")
