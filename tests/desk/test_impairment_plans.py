"""Recovery plans, worse stages, the watch list: what is refused, what is warned of, what the night makes of them."""

import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from deciding import person
from impairing import DAY, decided, desk_of, form_of, loan_in, plan_for, proposed, risk_of_the_bank

from postloan.desk.approval.models import Case
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.exceptional import sources
from postloan.desk.core.models import AuditEntry, Decision, Grant, WorkItem
from postloan.desk.impairment.actions import plan_propose, proposal_decide, stage_propose, watch_propose
from postloan.desk.impairment.differences import differences
from postloan.desk.impairment.models import Proposal
from postloan.desk.impairment.plans import plan_of
from postloan.desk.withdrawal.actions import withdrawal_decide, withdrawal_propose
from postloan.desk.worklist.actions import snapshot_adopt
from postloan.errors import FormWrong, IllegalMove, LoanNotImpaired, NotPermitted, SamePerson, StageTooGood, StaleView
from postloan.intake.decisions import TERMS
from postloan.night.run import run_nights
from postloan.plan.recovery import plan_worth, strategy_worths
from postloan.rules.desk_exceptions import ExceptionKinds
from postloan.rules.desk_rules import load_desk_rules
from postloan.site.serving import hand_over
from postloan.snapshot.read import published_run, read_loans

pytestmark = pytest.mark.django_db
SMALL = 5_000_000_00


@pytest.fixture(autouse=True)
def _risk_of_the_bank(db: None) -> None:
    """The small bank has few impaired loans a branch: here the risk manager is head office's."""
    risk_of_the_bank()


def test_a_strategy_is_worth_its_cash_discounted_by_days() -> None:
    on = date(2026, 10, 31)
    flows = [{"on": "2027-10-31", "amount": "1000"}, {"on": "2026-10-31", "amount": "77"}]
    strategies = [{"name": "sale", "weight": "0.25", "flows": flows}, {"name": "cure", "weight": "0.75", "flows": []}]
    terms = {"strategies": strategies}
    sale, cure = strategy_worths(terms, 5_000_000, on=on)
    assert (sale.weight_e8, sale.cash_cents, sale.worth_cents) == (25_000_000, 107700, 95238)
    assert (cure.cash_cents, cure.worth_cents) == (0, 0)


def test_the_dry_run_is_claim_less_weighted_worth() -> None:
    loan, day = loan_in("stage_3"), business_day(None)
    plan = plan_for(loan)
    assert plan.terms
    worth = plan_worth(day.home, loan["loan_id"], plan.terms, day.on)
    weighted = sum(each.weight_e8 * each.worth_cents for each in worth.strategies) / 10**8
    assert abs(worth.recovered_cents - weighted) <= 1
    assert (worth.claim_cents, worth.before_cents) == (loan["claim_cents"], loan["ecl_cents"])
    assert abs(worth.model_cents - (worth.claim_cents - worth.recovered_cents)) <= 1
    assert worth.loss_cents == worth.model_cents + worth.overlay_cents
    assert worth.method_before == "impaired"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"weight_sale": "30"}, "合计应为 100%，现为 90%"),
        ({"weight_sale": "-40"}, "0 到 100"),
        ({"weight_sale": "1e2"}, "0 到 100"),
        ({"flow_on": ["2020-01-01", "2099-01-01"]}, "第 1 行的日期 2020-01-01"),
        ({"flow_on": ["", "2099-01-01"]}, "第 1 行的日期没有填写"),
        ({"flow_amount": ["1000", "0"]}, "第 2 行的金额"),
        ({"flow_amount": ["1000", "1.234"]}, "第 2 行的金额"),
        ({"flow_strategy": ["foreclosure", "cure"]}, "自行恢复没有权重"),
        ({"flow_strategy": ["foreclosure"]}, "第 2 行没有选择策略"),
        ({"evidence": " "}, "依据"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_and_nothing_typed_is_lost(more: dict[str, object], said: str) -> None:
    plan = plan_for(loan_in("stage_3"), **more)
    assert plan.terms is None
    assert any(said in fault for fault in plan.faults), plan.faults
    assert len(plan.rows) == 2
    assert plan.weights["foreclosure"] == "60"


def test_weights_are_exact_and_the_terms_are_what_intake_takes() -> None:
    plan = plan_for(loan_in("stage_3"), weight_foreclosure="33.333333", weight_sale="66.666667")
    assert plan.terms
    assert sum(Decimal(each["weight"]) for each in plan.terms["strategies"]) == 1
    TERMS["recovery_plan"].model_validate({**plan.terms, "approver": "approver"})
    again = plan_of(plan.terms)
    assert (again.weights["sale"], [row.amount for row in again.rows]) == ("66.666667", ["1000.00", "500.5"])


def test_cash_above_the_claim_is_warned_of_and_may_stand() -> None:
    plan = plan_for(loan_in("stage_3"), flow_amount=["1", "99999999999"])
    assert plan.terms
    assert len(plan.warnings) == 1
    assert "超过债权" in plan.warnings[0]


def test_a_loan_that_is_not_impaired_is_refused_with_its_code(logged_in) -> None:
    loan = loan_in("stage_1")
    with pytest.raises(LoanNotImpaired) as refused:
        proposed(loan)
    assert refused.value.code == "PL-D23"
    page = logged_in("risk").get(f"/impairment/loans/{loan_in('stage_1')['loan_id']}/plan")
    assert page.status_code == 409
    assert "PL-D23" in page.content.decode()


def test_a_small_plan_is_proposed_and_approved_and_twice_is_once() -> None:
    loan, key, decision = loan_in("stage_3", most_cents=SMALL), uuid4(), uuid4()
    for _twice in range(2):
        made = proposed(loan, key=key)
    case = Case.objects.get(pk=made.case_id)
    assert [step["action"] for step in case.steps] == ["impairment.propose", "impairment.approve"]
    assert WorkItem.objects.filter(kind="approval_due", subject__startswith=f"case:{case.pk}:", state="open").exists()
    with pytest.raises(FormWrong):
        proposed(loan)
    with pytest.raises(NotPermitted):
        decided(made, "risk")
    with pytest.raises(StaleView):
        decided(made, "approver", seen=case.version + 1)
    for _twice in range(2):
        made = decided(made, "approver", key=decision)
    assert (made.state, made.decision_id) == ("approved", decision)
    left = Decision.objects.get(loan_id=loan["loan_id"])
    assert left.effective_on == business_day(None).latest_on + DAY
    assert left.terms["approver"] == "approver"
    TERMS["recovery_plan"].model_validate(left.terms)
    done = AuditEntry.objects.filter(subject=f"approval.case:{case.pk}").values_list("action", flat=True)
    assert list(done) == ["impairment.propose", "impairment.approve"]


def test_whoever_proposed_does_not_approve_and_a_large_one_takes_three() -> None:
    loan = loan_in("stage_3")
    assert loan["claim_cents"] > SMALL
    Grant.objects.create(
        officer=person("approver"), action="impairment.propose", org=person("approver").org, role="x",
        begins_on="2021-01-01",
    )  # fmt: skip
    made = proposed(loan, who="approver")
    with pytest.raises(SamePerson):
        decided(made, "approver")
    Grant.objects.create(
        officer=person("supervisor"), action="impairment.review", org=person("supervisor").org, role="x",
        begins_on="2021-01-01",
    )  # fmt: skip
    made = decided(made, "supervisor")
    assert made.state == "proposed"
    assert not Decision.objects.exists()
    assert decided(made, "manager").state == "approved"


def test_a_refused_plan_leaves_no_decision_and_may_be_proposed_again() -> None:
    loan = loan_in("stage_3", most_cents=SMALL)
    made = decided(proposed(loan), "approver", verdict="refuse")
    assert (made.state, made.decision) == ("refused", None)
    assert not Decision.objects.exists()
    assert proposed(loan).state == "proposed"


def test_of_two_plans_that_begin_on_one_day_the_earlier_is_withdrawn() -> None:
    loan = loan_in("stage_3", most_cents=SMALL)
    first = decided(proposed(loan), "approver")
    second = decided(proposed(loan), "approver")
    first.refresh_from_db()
    assert (first.state, first.replaced_by_id) == ("replaced", second.pk)
    assert Decision.objects.get(withdraws=first.decision).loan_id == loan["loan_id"]
    assert AuditEntry.objects.filter(action="impairment.replaced").count() == 1


def test_people_only_make_a_stage_worse() -> None:
    day = business_day(None)
    good, bad = loan_in("stage_1"), loan_in("stage_3")
    sent = {"ends_on": day.on + 90 * DAY, "reason": "停产", "day": day}
    with pytest.raises(StageTooGood) as refused:
        stage_propose(person("risk"), bad, "2", proposal_id=uuid4(), **sent)
    assert refused.value.code == "PL-D24"
    with pytest.raises(FormWrong):
        stage_propose(person("risk"), good, "1", proposal_id=uuid4(), **sent)
    with pytest.raises(FormWrong):
        stage_propose(person("risk"), good, "2", proposal_id=uuid4(), **sent | {"ends_on": day.on})
    made = decided(stage_propose(person("risk"), good, "2", proposal_id=uuid4(), **sent), "approver")
    assert made.decision
    TERMS["stage"].model_validate(made.decision.terms)
    assert (made.decision.kind, made.decision.ends_on) == ("stage", day.on + 90 * DAY)


def test_from_the_desk_to_the_published_allowance_and_stage(bank: Path, tmp_path: Path, settings) -> None:
    home = tmp_path / "home"
    shutil.copytree(bank, home)
    settings.POSTLOAN_HOME = str(home)
    loan, watched = loan_in("stage_3", most_cents=SMALL), loan_in("stage_1")
    worse = loan_in("stage_1", at=1)
    day = business_day(None)
    sent = {"ends_on": day.on + 90 * DAY, "reason": "停产", "day": day}
    plan = decided(proposed(loan), "approver")
    decided(watch_propose(person("risk"), watched, proposal_id=uuid4(), **sent), "approver")
    decided(stage_propose(person("risk"), worse, "3", proposal_id=uuid4(), **sent), "approver")
    next_day = day.on + timedelta(days=1)
    told = hand_over(home, next_day)
    assert (told["count"], told["accepted"], told["refused"]) == (3, 3, 0)
    list(run_nights(home, [next_day]))
    rows = {row["loan_id"]: row for row in read_loans(home, next_day).to_dicts()}
    measured = rows[loan["loan_id"]]
    assert measured["ecl_method"] == "individual"
    again = plan_worth(home, loan["loan_id"], plan.terms, next_day)
    assert measured["ecl_cents"] == again.loss_cents
    assert rows[watched["loan_id"]]["stage"] == "stage_2"
    assert rows[watched["loan_id"]]["rule_stage_cause"] == "watched"
    assert (rows[worse["loan_id"]]["stage"], rows[worse["loan_id"]]["override_stage"]) == ("stage_3", "stage_3")
    run_id = published_run(home, next_day)
    assert run_id
    explained = differences(BusinessDay(home, next_day, run_id, next_day)).filter(kind="stage_only")
    assert explained.select("loan_id", "ground", "tier").rows() == [(worse["loan_id"], "override", "pass")]
    snapshot_adopt(BusinessDay(home, next_day, run_id, next_day), load_desk_rules(home))
    kinds = load_desk_rules(home).version("exceptions", ExceptionKinds, next_day)
    for kind in ("stage_differs", "stage_by_people"):
        named = kinds.named(kind)
        assert named
        told = sources()[kind].find(business_day(None), named)
        assert told["subject"].to_list() == [f"loan:{worse['loan_id']}"]


def test_the_page_looks_before_it_sends_and_sends_once(logged_in) -> None:
    loan, client = loan_in("stage_3", most_cents=SMALL), logged_in("risk")
    url = f"/impairment/loans/{loan['loan_id']}/plan"
    sent = {**{name: form_of().getlist(name) for name in form_of()}, "proposal_id": str(uuid4())}
    assert client.get(url).status_code == 200
    wrong = client.post(url, sent | {"weight_sale": "1", "do": "send"})
    assert "合计应为 100%" in wrong.content.decode()
    assert 'value="1,000.00"' in wrong.content.decode()
    looked = client.post(url, sent | {"do": "look"}).content.decode()
    assert 'value="send"' in looked
    assert client.post(url, sent | {"do": "more"}).content.decode().count('name="flow_amount"') == 10
    assert not Proposal.objects.filter(loan_id=loan["loan_id"]).exists()
    made = [client.post(url, sent | {"do": "send"}) for _twice in range(2)]
    assert {each.url for each in made} == {f"/impairment/proposals/{sent['proposal_id']}/"}
    for username in ("risk", "approver", "auditor"):
        for address in (made[0].url, f"/impairment/loans/{loan['loan_id']}/", "/impairment/proposals/?tab=all"):
            assert logged_in(username).get(address).status_code == 200, (username, address)


def test_a_plan_elsewhere_is_not_found(logged_in) -> None:
    mine = desk_of("officer").scope
    loan = next(each for at in range(9) if (each := loan_in("stage_3", at))["org_id"] not in mine)
    made = proposed(loan)
    for url in (f"/impairment/loans/{loan['loan_id']}/", f"/impairment/proposals/{made.pk}/"):
        assert logged_in("officer").get(url).status_code == 404
        assert logged_in("auditor").get(url).status_code == 200


def test_a_plan_that_is_taken_back_holds_no_more_and_says_so(logged_in) -> None:
    from postloan.desk.impairment.backtest import plans_held  # noqa: PLC0415
    from postloan.desk.impairment.queries import plan_in_force  # noqa: PLC0415

    loan, day = loan_in("stage_3", most_cents=SMALL), business_day(None)
    made = decided(proposed(loan), "approver")
    assert made.decision_id
    assert made.decision.org_id == loan["org_id"]
    assert "处置押品 60%" in logged_in("approver").get(f"/decisions/{made.decision_id}/").content.decode()
    for action in ("decision.withdraw", "decision.withdraw_approve"):
        for username in ("manager", "approver"):
            org = person("approver").org
            Grant.objects.create(officer=person(username), action=action, org=org, role="x", begins_on="2021-01-01")
    back = withdrawal_propose(person("manager"), made.decision_id, withdrawal_id=uuid4(), reason="评估有误", day=day)
    version = Case.objects.get(pk=back.case_id).version
    withdrawal_decide(person("approver"), back.pk, "agree", seen_version=version, reason="", day=day)
    assert plan_in_force(desk_of(), loan["loan_id"]) is None
    assert plans_held(desk_of(), loan["loan_id"]) == []
    assert "已撤回" in logged_in("approver").get(f"/impairment/proposals/{made.pk}/").content.decode()
    again = decided(proposed(loan), "approver")
    assert Decision.objects.filter(withdraws=made.decision).count() == 1
    assert plan_in_force(desk_of(), loan["loan_id"]) == again


def test_a_decision_that_a_later_plan_took_back_is_not_taken_back_twice() -> None:
    """Its withdrawal was proposed before the later plan, and agreed to after it: the night is told once."""
    loan, day = loan_in("stage_3", most_cents=SMALL), business_day(None)
    made = decided(proposed(loan), "approver")
    for action in ("decision.withdraw", "decision.withdraw_approve"):
        for username in ("manager", "approver"):
            org = person("approver").org
            Grant.objects.create(officer=person(username), action=action, org=org, role="x", begins_on="2021-01-01")
    back = withdrawal_propose(person("manager"), made.decision_id, withdrawal_id=uuid4(), reason="评估有误", day=day)
    decided(proposed(loan), "approver")
    assert Decision.objects.filter(withdraws=made.decision).count() == 1
    version = Case.objects.get(pk=back.case_id).version
    withdrawal_decide(person("approver"), back.pk, "agree", seen_version=version, reason="", day=day)
    assert Decision.objects.filter(withdraws=made.decision).count() == 1


def test_nothing_is_written_on_a_past_day(logged_in, bank: Path) -> None:
    from postloan.snapshot.read import published_days  # noqa: PLC0415

    loan = loan_in("stage_3", most_cents=SMALL)
    past, plan, made = business_day(str(published_days(bank)[-2])), plan_for(loan), proposed(loan)
    worth = plan_worth(past.home, loan["loan_id"], plan.terms, business_day(None).on)
    told, before = {"proposal_id": uuid4(), "day": past}, Proposal.objects.count()
    version = Case.objects.get(pk=made.case_id).version
    for write in (
        lambda: plan_propose(person("risk"), loan, plan, worth, **told),
        lambda: stage_propose(person("risk"), loan, "stage_3", ends_on=past.latest_on + DAY, reason="传闻", **told),
        lambda: watch_propose(person("risk"), loan, ends_on=past.latest_on + DAY, reason="传闻", **told),
        lambda: proposal_decide(person("approver"), made.pk, "agree", loan, seen_version=version,
                                decision_id=uuid4(), reason="同意", day=past),
        lambda: withdrawal_decide(person("approver"), uuid4(), "agree", seen_version=0, reason="", day=past),
        lambda: withdrawal_propose(person("approver"), uuid4(), withdrawal_id=uuid4(), reason="误", day=past),
    ):  # fmt: skip
        with pytest.raises(IllegalMove, match="过去"):
            write()
    assert Proposal.objects.count() == before
    for part in ("plan", "watch", "stage"):
        address = f"/impairment/loans/{loan['loan_id']}/{part}?on={past.on}"
        assert logged_in("risk").get(address).status_code == 409
    assert logged_in("risk").get(f"/impairment/loans/{loan['loan_id']}/?on={past.on}").status_code == 200
    assert Proposal.objects.count() == before
