"""Asset preservation at the desk: hand-over, routes, counsel, packages, repossessed assets, accountability."""

import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import polars as pl
import pytest
from deciding import person
from django.test import Client

from own_book import keep_own_book
from postloan.desk.approval.models import Case
from postloan.desk.book.narrow import loan_rows
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.models import AuditEntry, Decision, Grant, Org, WorkItem
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.pages import Desk
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.models import DisposalCase
from postloan.desk.disposal.outcomes import barred
from postloan.desk.preservation.accountability.actions import accountability_open, accountability_propose, vote_cast
from postloan.desk.preservation.counsel import actions as counsel
from postloan.desk.preservation.handover.actions import file_tick, handover_give, handover_receive, handovers_open
from postloan.desk.preservation.models import (
    Accountability,
    Conflict,
    Firm,
    Handover,
    Mandate,
    Package,
    PackageLoan,
    RouteComparison,
    Vote,
)
from postloan.desk.preservation.packages import actions as packages
from postloan.desk.preservation.packages.candidates import chosen
from postloan.desk.preservation.routes.actions import route_decide, route_plan
from postloan.errors import FormWrong, IllegalMove, NotPermitted, ReasonMissing, SamePerson
from postloan.night.run import run_nights
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.preservation_desk import PreservationDesk
from postloan.site.serving import hand_over
from postloan.snapshot.read import read_loans

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _of_the_bank(db: None) -> None:
    """Whoever works on them here does so for head office: a small bank has few bad loans an office."""
    # What the demo's people began stands in the way of what is begun here.
    for kind in (RouteComparison, PackageLoan, Accountability):
        Vote.objects.all().delete()
        kind.objects.all().delete()
    held = {
        "risk": ("read", "write", "review", "receive", "vote"), "approver": ("read", "approve", "vote"),
        "officer": ("read", "write"), "manager": ("vote", "approve"), "supervisor": ("vote",),
    }  # fmt: skip
    for who, names in held.items():
        for name in ("loan.read", *(f"preservation.{each}" for each in names)):
            Grant.objects.create(
                officer=person(who), action=name, org=head_office(), role="test", begins_on="2021-01-01"
            )


@pytest.fixture
def day() -> BusinessDay:
    return business_day(None)


@pytest.fixture
def bad(day: BusinessDay) -> pl.DataFrame:
    """The non-performing loans of companies, the largest first."""
    rows = loan_rows(day).with_columns(pl.col("tier", "legal_form", "org_id", "product", "status").cast(pl.String))
    is_bad = pl.col("tier").is_in(["substandard", "doubtful", "loss"]) & (pl.col("legal_form") == "company")
    found = rows.filter(is_bad & (pl.col("status") == "active")).sort("outstanding_cents", descending=True)
    assert found["debtor_id"].n_unique() >= 3
    return found


def test_a_day_opens_a_hand_over_a_debtor_once_and_lets_go_of_what_is_not_bad(day: BusinessDay, bad) -> None:
    rules = load_desk_rules(day.home)
    opened = Handover.objects.filter(state=Handover.State.OPEN)
    assert set(bad["debtor_id"]) <= set(opened.values_list("debtor_id", flat=True))
    Handover.objects.filter(debtor_id=bad["debtor_id"][0]).update(exposure_cents=1)
    assert handovers_open(day, rules) == 0
    held = opened.filter(debtor_id=bad["debtor_id"][0]).get()
    assert WorkItem.objects.filter(kind="preservation_handover", subject=held.subject, state="open").count() == 1
    assert held.exposure_cents >= bad["outstanding_cents"][0]
    assert {"contract", "accounts"} <= {each["item"] for each in held.asked}
    good = loan_rows(day).filter(pl.col("tier").cast(pl.String) == "pass")["debtor_id"][0]
    Handover.objects.filter(pk=held.pk).update(debtor_id=f"{good}x")
    assert handovers_open(day, rules) == 1
    held.refresh_from_db()
    assert held.state == Handover.State.GONE


def test_a_file_goes_over_whole_between_two_people(day: BusinessDay, bad) -> None:
    held = Handover.objects.get(debtor_id=bad["debtor_id"][0])
    officer, risk = person("officer"), person("risk")
    with pytest.raises(ReasonMissing):
        file_tick(officer, held.pk, "contract", is_missing=True, reason=" ", day=day)
    with pytest.raises(FormWrong, match="未勾选"):
        handover_give(officer, held.pk, note="", seen_version=held.version, day=day)
    for each in held.asked[1:]:
        file_tick(officer, held.pk, each["item"], is_missing=False, reason="", day=day)
    file_tick(officer, held.pk, held.asked[0]["item"], is_missing=True, reason="原件在法院", day=day)
    given = handover_give(risk, held.pk, note="", seen_version=held.version, day=day)
    with pytest.raises(SamePerson):
        handover_receive(risk, held.pk, is_complete=True, note="", seen_version=given.version, day=day)
    with pytest.raises(NotPermitted):
        handover_receive(officer, held.pk, is_complete=True, note="", seen_version=given.version, day=day)
    Handover.objects.filter(pk=held.pk).update(hander=officer)
    back = handover_receive(risk, held.pk, is_complete=False, note="缺原件", seen_version=given.version, day=day)
    assert (back.state, back.taker) == (Handover.State.OPEN, None)
    again = handover_give(officer, held.pk, note="", seen_version=back.version, day=day)
    done = handover_receive(risk, held.pk, is_complete=True, note="", seen_version=again.version, day=day)
    assert (done.state, done.hander, done.taker) == (Handover.State.RECEIVED, officer, risk)
    case = DisposalCase.objects.get(debtor_id=held.debtor_id, state__in=DisposalCase.RUNNING)
    assert case.keeper == risk
    assert {each.officer for each in WorkItem.objects.filter(subject=case.subject, state="open")} == {risk}
    assert not WorkItem.objects.filter(subject=held.subject, state="open").exists()


def test_the_walk_from_hand_over_to_a_sold_package(logged_in, day: BusinessDay, bad, tmp_path: Path, settings) -> None:
    debtor_id = bad["debtor_id"][0]
    risk, approver = logged_in("risk"), logged_in("approver")
    held = Handover.objects.get(debtor_id=debtor_id)
    page = risk.get(f"/preservation/handovers/{held.pk}/")
    assert held.debtor_name in page.content.decode()
    _choose_a_route(risk, approver, debtor_id)
    _mandate(risk, approver, debtor_id)
    _sell(risk, approver, bad, day)
    _leave_the_book(day, tmp_path / "home", settings)


def _choose_a_route(risk: Client, approver: Client, debtor_id: str) -> None:
    page = risk.get(f"/preservation/routes/of/{debtor_id}/?package_price=45")
    assert page.context["changed"] == {"package_price": "45"}
    routes = {each["route"]: each for each in page.context["routes"]}
    assert routes["package"]["cash_cents"] == page.context["position"].claim_cents * 45 // 100
    assert page.context["best"] == max(routes.values(), key=lambda each: each["npv_cents"])["route"]
    sent = {
        "chosen": "package", "comparison_id": str(uuid4()), "reason": "买方询价活跃", "package_price": "45",
    }  # fmt: skip
    answer = risk.post(f"/preservation/routes/of/{debtor_id}/choose", sent)
    assert answer.status_code == 302
    assert risk.post(f"/preservation/routes/of/{debtor_id}/choose", sent)["Location"] == answer["Location"]
    made = RouteComparison.objects.get(debtor_id=debtor_id, chosen="package")
    assert (made.chosen, made.changed, made.state) == ("package", {"package_price": "45"}, "proposed")
    case = Case.objects.get(pk=made.approval_id)
    assert (case.kind, case.amount_cents) == ("route_package", made.loss_cents)
    assert risk.get(answer["Location"]).status_code == 200
    _agree_to(made)
    plan = {"deed_id": str(uuid4()), "target": "打包转让", "reason": "审批通过", "version": made.case.version}
    assert risk.post(f"/preservation/routes/{made.pk}/plan", plan).status_code == 302
    made.case.refresh_from_db()
    assert (made.case.route, made.case.target) == ("transfer", "打包转让")
    assert made.case.expected_cents == routes["package"]["cash_cents"]
    bad_figure = risk.get(f"/preservation/routes/of/{debtor_id}/?first_price=69")
    assert bad_figure.context["faults"]


def _agree_to(made: RouteComparison) -> None:
    """The steps of its chain that are left, by others; a route that is not agreed to is in no plan."""
    day = business_day(None)
    Grant.objects.create(
        officer=person("inspector"),
        action="preservation.review",
        org=head_office(),
        role="test",
        begins_on="2021-01-01",
    )
    Grant.objects.create(
        officer=person("risk"), action="disposal.write", org=head_office(), role="test", begins_on="2021-01-01"
    )
    with pytest.raises(IllegalMove):
        route_plan(person("risk"), made.pk, "x", Deed(uuid4(), made.case.version, "x", day))
    for who in ("inspector", "approver")[-len(Case.objects.get(pk=made.approval_id).steps) + 1 :]:
        version = Case.objects.get(pk=made.approval_id).version
        route_decide(person(who), made.pk, "agree", seen_version=version, reason="同意", day=day)
    made.refresh_from_db()
    assert made.state == RouteComparison.State.APPROVED


def _mandate(risk: Client, approver: Client, debtor_id: str) -> None:
    approver.post("/preservation/firms/list", {"name": "正衡律师事务所", "licence": "31310000X", "rating": "A"})
    firm = Firm.objects.get(name="正衡律师事务所")
    approver.post(f"/preservation/firms/{firm.pk}/lawyer", {"name": "周律", "licence": "13101202010001"})
    lawyer = firm.lawyers.get()
    page = risk.get(f"/preservation/mandates/of/{debtor_id}/")
    claim_cents = page.context["claim_cents"]
    sent = {
        "mandate_id": str(uuid4()), "firm": f"{firm.pk}:{lawyer.pk}", "fee_kind": "contingent", "matter": "诉讼代理",
        "fee": f"{claim_cents // 100 // 50}",
    }  # fmt: skip
    assert risk.post(f"/preservation/mandates/of/{debtor_id}/give", sent).status_code == 302
    made = Mandate.objects.get(firm=firm)
    assert (made.lawyer, made.claim_cents) == (lawyer, claim_cents)
    cost = {"cost_id": str(uuid4()), "kind": "court", "amount": "1000.50", "on": str(made.opened_on), "voucher": "P1"}
    for _twice in range(2):
        assert risk.post(f"/preservation/mandates/{made.pk}/cost", cost).status_code == 302
    made.refresh_from_db()
    assert made.costs_cents == 1000_50
    closed = {"version": made.version, "outcome": "won", "recovered": "5000", "result": "判决支持"}
    assert risk.post(f"/preservation/mandates/{made.pk}/close", closed).status_code == 302
    score = next(each for each in risk.get("/preservation/firms/").context["scores"] if each.firm == firm)
    assert (score.won, score.recovered_cents, score.won_e8, score.cost_e8) == (1, 5000_00, 10**8, 20_010_000)


def _sell(risk: Client, approver: Client, bad: pl.DataFrame, day: BusinessDay) -> None:
    key, loans = uuid4(), bad.unique("debtor_id", maintain_order=True).head(3)
    opened = {"package_id": str(key), "name": "一号包", "kind": "companies", "org": head_office().pk}
    assert risk.post("/preservation/packages/open", opened).status_code == 302
    address = f"/preservation/packages/{key}/"
    shown = risk.get(address)
    assert any(each.bars == [] for each in shown.context["candidates"])
    risk.post(f"{address}fill", {"loan": loans["loan_id"].to_list()})
    made = Package.objects.get(pk=key)
    priced = {"reserve": "300000", "reason": "按持有现值", "version": made.version}
    assert "尽职调查" in risk.post(f"{address}price", priced).content.decode()
    for each in made.asked:
        risk.post(f"{address}check", {"item": each["item"], "finding": "已核", "is": "right"})
    assert risk.post(f"{address}price", priced).status_code == 302
    risk.post(f"{address}move", {"to": "bidding", "reason": "挂牌", "version": made.version + 1})
    bid = {"bid_id": str(uuid4()), "bidder": "东方资产", "price": "333333.33", "on": str(day.on)}
    assert risk.post(f"{address}bid", bid).status_code == 302
    chosen = {"bid": bid["bid_id"], "reason": "最高价", "version": made.version + 2}
    assert risk.post(f"{address}propose", chosen).status_code == 302
    made.refresh_from_db()
    _agree(made)
    case = Case.objects.get(pk=made.approval_id)
    verdict = {"verdict": "agree", "reason": "同意", "version": case.version}
    assert approver.post(f"{address}decide", verdict).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.price_cents, made.buyer) == ("sold", 333_333_33, "东方资产")
    told = {each.loan_id: each for each in PackageLoan.objects.filter(package=made).select_related("decision")}
    assert sum(each.price_cents for each in told.values()) == 333_333_33
    for loan in told.values():
        terms = loan.decision.terms
        assert (loan.decision.kind, loan.decision.effective_on) == ("write_off", day.on + DAY)
        assert terms["principal"] == f"{loan.principal_cents // 100}.{loan.principal_cents % 100:02d}"
        assert terms["transferred"] == f"{loan.price_cents // 100}.{loan.price_cents % 100:02d}"
    assert AuditEntry.objects.filter(action="package.sold").count() == 1


def _leave_the_book(day: BusinessDay, home: Path, settings) -> None:
    """The next night has each loan of the package off the book, and what its price met of it, to the cent."""
    shutil.copytree(day.home, home)
    settings.POSTLOAN_HOME = str(home)
    keep_own_book(home)
    sold = {each.loan_id: each for each in PackageLoan.objects.filter(package__state="sold")}
    told = hand_over(home, day.on + DAY)
    assert (told["accepted"], told["refused"]) == (told["count"], 0)
    list(run_nights(home, [day.on + DAY]))
    loans = read_loans(home, day.on + DAY, ["loan_id", "outstanding_cents", "written_off_cents", "transferred_cents"])
    found = {row[0]: row[1:] for row in loans.filter(pl.col("loan_id").is_in(list(sold))).iter_rows()}
    assert found == {loan_id: (0, each.principal_cents, each.price_cents) for loan_id, each in sold.items()}


def _agree(made: Package) -> None:
    """The review between, by somebody else who may."""
    from postloan.desk.preservation.packages.actions import sale_decide  # noqa: PLC0415

    reviewer = person("inspector")
    case = Case.objects.get(pk=made.approval_id)
    assert case.waits_for == "preservation.review"
    with pytest.raises(SamePerson):
        sale_decide(person("risk"), made.pk, "agree", seen_version=case.version, reason="", day=business_day(None))
    sale_decide(reviewer, made.pk, "agree", seen_version=case.version, reason="", day=business_day(None))
    assert not Decision.objects.filter(kind="write_off", terms__ground="batch_transfer").exists()


def test_a_package_that_the_law_lets_be_sold_no_more_is_not_sold(
    day: BusinessDay, bad: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk, law = person("risk"), load_desk_rules(day.home).version("preservation", PreservationDesk, day.on)
    Grant.objects.create(
        officer=person("inspector"), action="preservation.review", org=head_office(), role="test",
        begins_on="2021-01-01",
    )  # fmt: skip
    ended = law.model_copy(update={"pilot": law.pilot.model_copy(update={"ends_on": day.on - DAY})})
    made = packages.package_open(risk, head_office(), package_id=uuid4(), name="单户", kind="single", day=day)
    desk = Desk(risk, actions_of(risk), scope_of(risk, "preservation.read"), None)
    packages.package_fill(risk, made.pk, *chosen(desk, [bad["loan_id"][0]]), day=day)
    Package.objects.filter(pk=made.pk).update(state="bidding", reserve_cents=1)
    bid = made.bids.create(bidder="甲", price_cents=100_00, on=day.on, made_by=risk)
    seen = {"reason": "最高价", "seen_version": made.version, "day": day}
    with monkeypatch.context() as later:
        later.setattr(barred, "load_desk_rules", lambda _home: SimpleNamespace(version=lambda *_asked: ended))
        with pytest.raises(IllegalMove, match="试点期已过"):
            packages.sale_propose(risk, made.pk, bid.pk, **seen)
    held = packages.sale_propose(risk, made.pk, bid.pk, **seen)
    told = {"seen_version": Case.objects.get(pk=held.approval_id).version, "reason": "", "day": day}
    packages.sale_decide(person("inspector"), made.pk, "agree", **told)
    told["seen_version"] += 1
    monkeypatch.setattr(barred, "load_desk_rules", lambda _home: SimpleNamespace(version=lambda *_asked: ended))
    with pytest.raises(IllegalMove, match="试点期已过"):
        packages.sale_decide(person("approver"), made.pk, "agree", **told)
    assert Package.objects.get(pk=made.pk).state == "proposed"


def test_counsel_in_conflict_or_over_its_cap_is_refused(day: BusinessDay, bad) -> None:
    risk, org = person("risk"), Org.objects.get(pk=bad["org_id"][0])
    firm = counsel.firm_list(person("approver"), {"name": "甲所", "licence": "1", "rating": "B"}, day=day)
    asked = {
        "firm_id": firm.pk, "lawyer_id": None, "debtor_id": bad["debtor_id"][0], "debtor_name": "甲", "matter": "执行",
        "fee_kind": "fixed", "claim_cents": 1_000_000_00, "day": day,
    }  # fmt: skip
    with pytest.raises(FormWrong, match="律师费超过上限"):
        counsel.mandate_give(risk, org, mandate_id=uuid4(), fee_cents=50_000_01, **asked)
    made = counsel.mandate_give(risk, org, mandate_id=uuid4(), fee_cents=50_000_00, **asked)
    cost = {"kind": "court", "on": day.on, "voucher": "1", "note": "", "day": day}
    counsel.cost_book(risk, made.pk, cost_id=uuid4(), amount_cents=20_000_00, **cost)
    with pytest.raises(FormWrong, match="超过上限"):
        counsel.cost_book(risk, made.pk, cost_id=uuid4(), amount_cents=1, **cost)
    Grant.objects.create(
        officer=risk, action="preservation.approve", org=head_office(), role="test", begins_on="2021-01-01"
    )
    with pytest.raises(ReasonMissing):
        counsel.cost_book(risk, made.pk, cost_id=uuid4(), amount_cents=1, **cost)
    over = counsel.cost_book(risk, made.pk, cost_id=uuid4(), amount_cents=1, **(cost | {"note": "加急"}))
    assert over.is_over
    counsel.conflict_note(risk, org, firm.pk, bad["debtor_id"][0], reason="曾为其代理", day=day)
    assert Conflict.objects.get().firm == firm
    with pytest.raises(FormWrong, match="利益冲突"):
        counsel.mandate_give(risk, org, mandate_id=uuid4(), fee_cents=1, **asked)


def test_a_committee_says_who_answers_by_a_majority_of_a_quorum(day: BusinessDay, bad) -> None:
    risk, row = person("risk"), bad.row(0, named=True)
    made = accountability_open(
        risk, Org.objects.get(pk=row["org_id"]), row, key=uuid4(), loss_cents=100_00, off_on=day.on - 10 * DAY, day=day
    )
    assert made.due_on == day.on + 170 * DAY
    with pytest.raises(FormWrong):
        accountability_propose(risk, made.pk, "liable", facts="贷前核实不足", persons="", seen_version=1, day=day)
    made = accountability_propose(risk, made.pk, "exempt", facts="尽职", persons="", seen_version=1, day=day)
    with pytest.raises(SamePerson):
        vote_cast(risk, made.pk, is_for=True, reason="同意", seen_version=made.version, day=day)
    for who, is_for in (("approver", True), ("manager", False)):
        made = vote_cast(person(who), made.pk, is_for=is_for, reason="意见", seen_version=made.version, day=day)
        assert made.state == Accountability.State.VOTING
    with pytest.raises(FormWrong):
        vote_cast(person("manager"), made.pk, is_for=True, reason="改", seen_version=made.version, day=day)
    made = vote_cast(person("supervisor"), made.pk, is_for=False, reason="意见", seen_version=made.version, day=day)
    assert made.state == Accountability.State.OPEN
    made = accountability_propose(
        risk, made.pk, "liable", facts="贷后未尽职", persons="甲某：贷后管理", seen_version=made.version, day=day
    )
    for who in ("approver", "manager", "supervisor"):
        is_for = who != "manager"
        made = vote_cast(person(who), made.pk, is_for=is_for, reason="意见", seen_version=made.version, day=day)
    assert (made.state, made.closed_on, made.proposal) == (Accountability.State.CLOSED, day.on, "liable")
