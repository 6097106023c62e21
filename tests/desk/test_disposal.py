"""Disposal at the desk: the ledger that nights keep, proceedings, auctions held against the law, outcomes decided."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from deciding import person
from disposing import DAY, case_of, decided, deed, drawn_up, granted, loan_of, paper, suit_of, take, terms_of, written
from django.test import Client

from postloan.desk.book.narrow import loan_rows
from postloan.desk.book.write_off_grounds import write_offs_on
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, FeedRows, Grant, Org, WorkItem
from postloan.desk.core.officers.queries import head_office
from postloan.desk.disposal.actions import NewPlan, plan_write
from postloan.desk.disposal.courts.actions import NewRound, lawsuit_open, round_end, round_publish
from postloan.desk.disposal.courts.queries import rounds_told
from postloan.desk.disposal.courts.steps import LEADS
from postloan.desk.disposal.models import DisposalCase, Lawsuit, Outcome
from postloan.desk.disposal.opening import actions as opening
from postloan.desk.disposal.opening.changes import debtors_of_day
from postloan.desk.disposal.outcomes import actions as outcomes
from postloan.desk.disposal.outcomes import barred
from postloan.errors import FormWrong, IllegalMove, NotPermitted, ReasonMissing, SamePerson, StaleView
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.preservation_desk import PreservationDesk
from postloan.tables.inputs import FEED_TABLES
from postloan.tables.said import SAID

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _of_the_bank(db: None) -> None:
    granted()


def adopted_anew() -> int:
    day = business_day(None)
    return opening.disposals_open(day, load_desk_rules(day.home))


def test_a_night_opens_one_case_a_debtor_and_twice_is_once() -> None:
    day = business_day(None)
    rows = loan_rows(day).with_columns(pl.col("tier").cast(pl.String))
    bad = rows.filter(pl.col("status") == "active", pl.col("tier").is_in(["substandard", "doubtful", "loss"]))
    running = DisposalCase.objects.filter(state__in=DisposalCase.ON_BOOK)
    assert set(running.values_list("debtor_id", flat=True)) == set(bad["debtor_id"])
    for case in running:
        mine = bad.filter(debtor_id=case.debtor_id)
        assert case.loan_count == mine.height
        assert case.balance_cents == mine["outstanding_cents"].sum()
        assert case.debt_cents == case.balance_cents + mine["arrears_cents"].sum()
        assert case.entries.get(step="opened").officer is None
    work = WorkItem.objects.filter(kind__in=["disposal_plan", "disposal_act"], state="open")
    assert work.count() == running.count()
    before = list(DisposalCase.objects.order_by("pk").values())
    assert adopted_anew() == 0
    assert list(DisposalCase.objects.order_by("pk").values()) == before


def test_a_case_follows_what_its_debtor_owes(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of()

    def told(**said: Any) -> Callable[[Any], pl.DataFrame]:
        rows = debtors_of_day(business_day(None))
        is_its = pl.col("debtor_id") == case.debtor_id
        changed = [pl.when(is_its).then(pl.lit(value)).otherwise(name).alias(name) for name, value in said.items()]
        kept = rows.with_columns(changed) if said else rows.filter(~is_its)
        return lambda _day: kept

    monkeypatch.setattr(opening, "debtors_of_day", told(balance_cents=0, loan_count=0, off_cents=77, is_on_book=False))
    adopted_anew()
    case.refresh_from_db()
    assert (case.state, case.off_cents, case.balance_cents) == ("pursued", 77, 0)
    assert not WorkItem.objects.filter(subject=case.subject, state="open").exists()
    monkeypatch.setattr(opening, "debtors_of_day", told(balance_cents=5, loan_count=1))
    adopted_anew()
    case.refresh_from_db()
    assert (case.state, case.balance_cents) == ("open", 5)
    monkeypatch.setattr(opening, "debtors_of_day", told())
    adopted_anew()
    case.refresh_from_db()
    assert (case.state, case.off_cents, case.closed_on) == ("closed", 0, business_day(None).on)
    assert [each.step for each in case.entries.all()] == ["opened", "pursued", "opened", "closed"]


def test_a_case_lies_in_the_office_that_the_book_moved_it_to(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of()
    lawsuit_open(person("risk"), case.pk, deed(case), loan_ids=[loan_of(case)["loan_id"]], claim_cents=1_000_00)
    office = Org.objects.exclude(pk=case.org_id).filter(level="sub_branch").first()
    assert office
    rows = debtors_of_day(business_day(None))
    is_its = pl.col("debtor_id") == case.debtor_id
    for org_id in (office.pk, "nowhere"):
        moved = rows.with_columns(org_id=pl.when(is_its).then(pl.lit(org_id)).otherwise("org_id"))
        monkeypatch.setattr(opening, "debtors_of_day", lambda _day, moved=moved: moved)
        adopted_anew()
        case.refresh_from_db()
        assert (case.org, case.keeper) == (office, None)
    assert Lawsuit.objects.get(case=case).org == office
    assert case.entries.filter(step="moved").count() == 1
    assert not WorkItem.objects.filter(subject=case.subject, state="open").exclude(org=office).exists()


def test_a_plan_is_written_once_and_seen_through() -> None:
    case = case_of()
    plan = NewPlan("asset", "以抵押厂房抵偿", business_day(None).on + 60 * DAY, 1_000_00)
    sent = deed(case)
    for _twice in range(2):
        plan_write(person("risk"), case.pk, sent, plan)
    case.refresh_from_db()
    assert (case.state, case.route, case.expected_cents, case.version) == ("acting", "asset", 1_000_00, 2)
    (work,) = WorkItem.objects.filter(subject=case.subject, state="open")
    assert (work.kind, work.due_on) == ("disposal_act", plan.due_on)
    subject = f"disposal.disposalcase:{case.pk}"
    assert AuditEntry.objects.filter(action="disposal.planned", subject=subject).count() == 1
    with pytest.raises(StaleView):
        plan_write(person("risk"), case.pk, replace(sent, id=uuid4()), plan)
    with pytest.raises(ReasonMissing):
        plan_write(person("risk"), case.pk, deed(case, " "), plan)
    with pytest.raises(FormWrong):
        plan_write(person("risk"), case.pk, deed(case), replace(plan, due_on=business_day(None).on))
    with pytest.raises(NotPermitted):
        plan_write(person("auditor"), case.pk, deed(case), plan)


def test_a_proceeding_takes_only_the_steps_of_its_stage_and_the_night_is_told() -> None:
    suit, on = suit_of(case_of()), business_day(None).on
    with pytest.raises(IllegalMove):
        take(suit, "judgment", adjudged_cents=1)
    take(suit, "filing", costs_cents=12_34, paper=paper(1))
    with pytest.raises(FormWrong):
        take(suit, "judgment")
    with pytest.raises(FormWrong):
        take(suit, "judgment", adjudged_cents=1, on=on + DAY)
    take(suit, "judgment", adjudged_cents=4_900_00, ends_on=on, costs_cents=66)
    take(suit, "enforcement")
    suit.refresh_from_db()
    assert (suit.state, suit.costs_cents, suit.adjudged_cents) == ("enforced", 13_00, 4_900_00)
    assert suit.steps.get(step="filing").paper_kind == "png"
    given = [row for made in FeedRows.objects.filter(table="legal_event") for row in made.rows]
    assert [(row["kind"], row["loan_id"]) for row in given] == [
        (step, suit.loan_ids[0]) for step in ("filing", "judgment", "enforcement")
    ]
    assert given[1]["ends_on"] == on.isoformat()
    assert given[0].keys() <= set(FEED_TABLES["legal_event"].create_empty().columns)
    assert all(len(row["legal_event_id"]) <= 64 for row in given)


def test_every_step_has_a_word_and_leads_where_moves_allow() -> None:
    for state, leads in LEADS.items():
        for step, to in leads.items():
            assert step in SAID["legal_step"] or step == "settled"
            assert to == state or to in Lawsuit.MOVES[state]


def published(suit: Lawsuit, start: int, **more: Any) -> Any:
    on = business_day(None).on
    told = {
        "asset_id": "YP1", "asset_name": "厂房", "asset_kind": "real_estate", "appraised_cents": 1_000_000,
        "start_cents": start, "deposit_cents": start // 10, "told_on": on - 90 * DAY, "notice_on": on - 80 * DAY,
        "held_on": on - 40 * DAY,
    }  # fmt: skip
    sent = deed(suit)
    round_publish(person("risk"), suit.pk, sent, NewRound(**(told | more)))
    return suit.rounds.get(pk=sent.id)


def test_auctions_fail_twice_and_what_breaks_the_law_is_told_with_its_clause() -> None:
    suit, on = suit_of(case_of()), business_day(None).on
    for step in ("filing", "judgment", "enforcement"):
        take(suit, step, adjudged_cents=1 if step == "judgment" else None)
    first = published(suit, 699_999)
    with pytest.raises(IllegalMove):
        published(suit, 500_000)
    round_end(person("risk"), first.pk, deed(first), ended_on=on - 39 * DAY, sold_cents=None)
    second = published(suit, 559_999, notice_on=on - 20 * DAY, held_on=on - 8 * DAY)
    with pytest.raises(FormWrong):
        round_end(person("risk"), second.pk, deed(second), ended_on=on, sold_cents=559_998)
    round_end(person("risk"), second.pk, deed(second), ended_on=on - 7 * DAY, sold_cents=None)
    told = rounds_told(list(suit.rounds.all()), business_day(None))
    assert [[(fault.said, fault.cite) for fault in each.faults] for each in told] == [
        [("起拍价低于评估价的 70%", "cn-spc-2016-18 Art. 10")],
        [
            ("降价超过前次起拍价的 20%", "cn-spc-2016-18 Art. 26"), ("再次拍卖超过 30 天", "cn-spc-2016-18 Art. 26"),
            ("公告早于拍卖不足 15 天", "cn-spc-2016-18 Art. 26"),
        ],
    ]  # fmt: skip
    steps = [row["kind"] for made in FeedRows.objects.filter(table="legal_event") for row in made.rows]
    assert steps[-4:] == ["auction", "auction_failed", "auction", "auction_failed"]
    suit.refresh_from_db()
    assert suit.state == "auctioned"


def test_an_asset_meets_debts_in_the_order_of_the_rulebook_to_the_cent() -> None:
    case = case_of()
    loan, on = loan_of(case), business_day(None).on
    value = loan["arrears_cents"] + loan["outstanding_cents"] // 2 + 1
    asset = {"asset_id": "YP1", "asset_name": "厂房", "asset_kind": "real_estate", "basis": "ruling",
             "reference": "（2026）闽0203执1号裁定", "taken_on": on - 5 * DAY}  # fmt: skip
    made = drawn_up(case, "asset", value_cents=value, **asset)
    assert sum(made.parts.values()) == value
    assert made.asset.dispose_by.year == made.asset.taken_on.year + 2
    with pytest.raises(IllegalMove):
        drawn_up(case, "asset", value_cents=value, **asset)
    made = decided(made, "inspector", "approver")
    off = dict(terms_of(made))["write_off"]
    assert (off["principal"], off["asset"]) == (written(made.parts["principal"]),) * 2
    waived = {terms["component"]: terms["amount"] for kind, terms in terms_of(made) if kind == "waiver"}
    assert waived == {
        name: written(cents) for name, cents in made.parts.items() if cents and name != "principal"
    }  # fmt: skip
    (told,) = [row for given in FeedRows.objects.filter(table="legal_event") for row in given.rows]
    assert (told["kind"], told["asset_kind"], told["asset_id"]) == ("repossessed", "real_estate", "YP1")


def test_a_write_off_waits_for_every_paper_and_for_three_people() -> None:
    case = case_of()
    made = drawn_up(case, "write_off", ground="execution_ended")
    loan = loan_of(case)
    assert made.parts["principal"] == loan["outstanding_cents"]
    with pytest.raises(IllegalMove) as refused:
        outcomes.outcome_propose(person("risk"), made.pk, deed(made))
    assert "终结执行裁定" in refused.value.hint
    for place, asked in enumerate(write_offs_on(business_day(None)).asked("execution_ended")):
        outcomes.paper_add(person("risk"), made.pk, asked.item, paper(10 + place), day=business_day(None))
    outcomes.outcome_propose(person("risk"), made.pk, deed(made))
    made.refresh_from_db()
    with pytest.raises(NotPermitted):
        outcomes.outcome_decide(person("approver"), made.pk, "agree", replace(deed(made), seen_version=2))
    outcomes.outcome_decide(person("inspector"), made.pk, "agree", replace(deed(made), seen_version=2))
    made.refresh_from_db()
    assert (made.state, made.approval.waits_for, made.decisions.count()) == ("proposed", "disposal.approve", 0)
    outcomes.outcome_decide(person("approver"), made.pk, "agree", replace(deed(made), seen_version=3))
    made.refresh_from_db()
    ((kind, terms),) = terms_of(made)
    assert (kind, terms["principal"]) == ("write_off", written(loan["outstanding_cents"]))
    assert terms["ground"].startswith("法院裁定终结")
    with pytest.raises(NotPermitted):
        outcomes.write_off_end(person("risk"), made.pk, deed(made))
    for who in ("risk", "inspector"):
        Grant.objects.create(officer=person(who), action="disposal.approve", org=head_office(), role="test",
                             begins_on="2021-01-01")  # fmt: skip
    with pytest.raises(SamePerson):
        outcomes.write_off_end(person("risk"), made.pk, deed(made))
    Outcome.objects.filter(pk=made.pk).update(drawn_up_by=person("inspector"))
    for who in ("inspector", "risk"):
        with pytest.raises(SamePerson):
            outcomes.write_off_end(person(who), made.pk, deed(made))
    outcomes.write_off_end(person("approver"), made.pk, deed(made))
    made.refresh_from_db()
    assert made.state == "ended"


def test_a_settlement_gives_up_no_more_than_is_owed_and_nobody_agrees_twice() -> None:
    case = case_of()
    owed = loan_of(case)["outstanding_cents"]
    with pytest.raises(FormWrong):
        drawn_up(case, "settlement", waived={"principal": owed + 1})
    paid = max(owed - 200_000_00, 1)
    by = business_day(None).on + 30 * DAY
    with pytest.raises(FormWrong):
        drawn_up(case, "settlement", value_cents=paid, waived={"principal": 1_00})
    made = drawn_up(case, "settlement", value_cents=paid, waived={"principal": min(owed, 200_000_00)}, pay_by=by)
    outcomes.outcome_propose(person("risk"), made.pk, deed(made))
    made.refresh_from_db()
    Grant.objects.create(officer=person("risk"), action="disposal.review", org=head_office(), role="test",
                         begins_on="2021-01-01")  # fmt: skip
    with pytest.raises(SamePerson):
        outcomes.outcome_decide(person("risk"), made.pk, "agree", replace(deed(made), seen_version=2))
    outcomes.outcome_decide(person("inspector"), made.pk, "refuse", replace(deed(made), seen_version=2))
    made.refresh_from_db()
    assert (made.state, made.decisions.count()) == ("refused", 0)


def test_a_transfer_takes_the_whole_loan_and_cash_is_only_recorded() -> None:
    case = case_of()
    owed = loan_of(case)["outstanding_cents"]
    cash = drawn_up(case, "cash", value_cents=1_00)
    assert (cash.state, cash.decisions.count()) == ("approved", 0)
    with pytest.raises(FormWrong):
        drawn_up(case, "transfer", value_cents=owed + 5)
    made = decided(
        drawn_up(case, "transfer", value_cents=owed + 5, counterparty="某资产管理公司"), "inspector", "approver"
    )
    ((kind, terms),) = terms_of(made)
    assert (kind, terms["principal"], terms["transferred"]) == ("write_off", written(owed), written(owed))


def test_a_claim_that_the_law_keeps_from_being_sold_is_not_sold_alone_either(monkeypatch: pytest.MonkeyPatch) -> None:
    of_person = case_of(legal_form="person")
    with pytest.raises(IllegalMove) as refused:
        drawn_up(of_person, "transfer", value_cents=1_00, counterparty="某资产管理公司")
    assert "of_a_person" in refused.value.where
    case, day = case_of(legal_form="company"), business_day(None)
    made = drawn_up(case, "transfer", value_cents=1_00, counterparty="某资产管理公司")
    law = load_desk_rules(day.home).version("preservation", PreservationDesk, day.on)
    ended = law.model_copy(update={"pilot": law.pilot.model_copy(update={"ends_on": day.on - DAY})})

    class AfterThePilot:
        def version(self, *_asked: object) -> PreservationDesk:
            return ended

    with monkeypatch.context() as later:
        later.setattr(barred, "load_desk_rules", lambda _home: AfterThePilot())
        with pytest.raises(IllegalMove, match="试点期已过"):
            outcomes.outcome_propose(person("risk"), made.pk, deed(made))
    made = decided(made, "inspector")
    monkeypatch.setattr(barred, "load_desk_rules", lambda _home: AfterThePilot())
    with pytest.raises(IllegalMove, match="试点期已过"):
        outcomes.outcome_decide(
            person("approver"), made.pk, "agree", replace(deed(made), seen_version=made.approval.version)
        )
    assert made.decisions.count() == 0


def test_pages_show_a_case_to_who_may_read_it(logged_in: Callable[[str], Client]) -> None:
    case = case_of()
    suit = suit_of(case)
    for step in ("filing", "judgment", "enforcement"):
        take(suit, step, adjudged_cents=1 if step == "judgment" else None, paper=paper(3))
    published(suit, 699_999)
    drawn_up(case, "write_off", ground="execution_ended")
    page = logged_in("risk").get(f"/disposals/{case.pk}/").content.decode()
    assert "起拍价低于评估价的 70%" in page
    assert "终结执行裁定" in page
    sha256 = suit.steps.first().paper_sha256
    answer = logged_in("risk").get(f"/disposals/{case.pk}/papers/{sha256}")
    assert (answer["Content-Type"], b"".join(answer.streaming_content)[:4]) == ("image/png", b"\x89PNG")
    assert logged_in("risk").get("/disposals/pursued/?tab=all").status_code == 200
    assert logged_in("admin").get(f"/disposals/{case.pk}/").status_code == 403
    other = DisposalCase.objects.exclude(org=person("officer").org).first()
    assert logged_in("officer").get(f"/disposals/{other.pk}/").status_code == 404
