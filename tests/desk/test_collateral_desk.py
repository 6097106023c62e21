"""Collateral at the desk: values, calls, title documents and releases, each by two people, and the nights after."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from deciding import person
from django.test import Client

from postloan.desk.approval.models import Case
from postloan.desk.collateral.models import Call, Document, Matter, Receipt, ValuerTerm
from postloan.desk.collateral.stress.queries import stress_due, stresses_kept
from postloan.desk.contact.models import LedgerEntry
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, FeedRows, Org, WorkItem
from postloan.desk.core.officers.queries import head_office, office_over
from postloan.desk.worklist.causes import causes
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.plan.collateral_asked import revalued, stressed
from postloan.rules.collateral_desk import CollateralDesk
from postloan.rules.desk_rules import WorkKinds, load_desk_rules
from postloan.site.serving import adopt, hand_over
from postloan.snapshot.read import read_of_bank

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_yet(db: None) -> None:
    """The demo's own work is out of the way."""
    for kept in (Receipt, ValuerTerm, Matter, Document, FeedRows):
        kept.objects.all().delete()


def standing_of(home: Path, on: date, **only: Any) -> list[dict[str, Any]]:
    """The collateral of the officer's office that secures something, as the night told it."""
    rows = read_of_bank(home, on, "collateral_standing").filter(org_id=person("officer").org_id, **only)
    return rows.filter(pl.col("loan_count") > 0).to_dicts()


def decide(client: Client, matter: Matter, verdict: str = "agree", reason: str = "") -> Any:
    version = Case.objects.get(pk=matter.case_id).version
    return client.post(f"/collateral/matters/{matter.pk}/decide",
                       {"verdict": verdict, "version": version, "reason": reason})  # fmt: skip


def test_a_batch_moves_loan_to_value_the_next_night_and_raises_calls(
    bank: Path, tmp_path: Path, settings: object, last_day: date, logged_in
) -> None:
    home = tmp_path / "home"
    shutil.copytree(bank, home)
    settings.POSTLOAN_HOME = str(home)  # type: ignore[attr-defined]
    officer, risk = logged_in("officer"), logged_in("risk")
    kind = pl.DataFrame(standing_of(home, last_day, eligibility="eligible"))["kind"].mode().sort()[0]
    asked = {"kind": kind, "region": "", "by": "change", "change": "-30", "series": ""}
    shown = officer.get("/collateral/batch/", asked)
    sums, short = shown.context["sums"], shown.context["short"]
    assert sums["item_count"] > 0
    assert sums["short_after"] > sums["short_before"]
    assert len(short) == min(sums["short_after"], 200)
    assert not Matter.objects.exists(), "a preview keeps nothing"
    given = asked | {"reason": "城市住房价格指数下跌", "matter_id": str(uuid4())}
    assert officer.post("/collateral/batch/propose", given).status_code == 302
    assert officer.post("/collateral/batch/propose", given).status_code == 302, "twice is once"
    matter = Matter.objects.get()
    assert matter.told["sums"]["shortfall_after_cents"] == sums["shortfall_after_cents"]
    assert decide(officer, matter).status_code == 403
    assert not FeedRows.objects.filter(table="valuation").exists()
    assert decide(risk, matter).status_code == 302
    rows = FeedRows.objects.get(table="valuation")
    assert len(rows.rows) == sums["item_count"]
    assert AuditEntry.objects.filter(action="collateral.valued").exists()

    on = last_day + timedelta(days=1)
    assert hand_over(home, on)["count"] >= sums["item_count"]
    list(run_nights(home, [on]))
    told = {each["collateral_id"]: each["value_cents"] for each in matter.told["items"]}
    stands = read_of_bank(home, on, "collateral_standing").filter(pl.col("collateral_id").is_in(list(told)))
    assert dict(stands.select("collateral_id", "valued_cents").iter_rows()) == told
    after = read_of_bank(home, on, "loan_to_value")
    is_short = dict(after.select("loan_id", "shortfall_cents").iter_rows())
    assert sum(is_short[each["loan_id"]] > 0 for each in short) > len(short) / 2
    before = set(Call.objects.values_list("loan_id", flat=True))
    adopt(home, on)
    fresh = Call.objects.filter(on=on)
    assert fresh.exists()
    assert {call.loan_id for call in fresh} <= {loan for loan, cents in is_short.items() if cents >= 1_000_000}
    assert not before & {call.loan_id for call in fresh}
    assert WorkItem.objects.filter(kind="collateral_call", opened_on=on).count() == fresh.count()
    adopt(home, on)
    assert Call.objects.filter(on=on).count() == fresh.count()


def test_one_collateral_is_valued_by_two(bank: Path, last_day: date, logged_in) -> None:
    officer, risk = logged_in("officer"), logged_in("risk")
    held = standing_of(bank, last_day, eligibility="eligible")[0]
    page = f"/collateral/of/{held['collateral_id']}/"
    assert held["collateral_id"] in officer.get(page).content.decode()
    form = {"method": "internal", "value": "1,234,567.89", "valued_on": last_day.isoformat(), "valuer": "内部估值岗",
            "reason": "年度重估", "matter_id": str(uuid4())}  # fmt: skip
    for bad in ({"value": "-1"}, {"valuer": " "}, {"valued_on": (last_day + timedelta(1)).isoformat()},
                {"reason": ""}, {"method": "index"}):  # fmt: skip
        assert officer.post(f"{page}value", form | bad).status_code == 400
    officer.post(f"{page}value", form)
    matter = Matter.objects.get()
    assert officer.post(f"{page}value", form | {"matter_id": str(uuid4())}).status_code == 400, "one at a time"
    assert decide(risk, matter, "refuse").status_code == 400, "a refusal says why"
    decide(risk, matter)
    assert FeedRows.objects.get(table="valuation").rows == [{
        "collateral_id": held["collateral_id"], "valued_on": last_day.isoformat(), "value_cents": "123456789",
        "method": "internal", "valuer": "内部估值岗",
    }]  # fmt: skip
    assert officer.get(f"/collateral/matters/{matter.pk}/").status_code == 200
    other = read_of_bank(bank, last_day, "collateral_standing").drop_nulls("org_id")
    outside = other.filter(pl.col("org_id") != person("officer").org_id)["collateral_id"][0]
    assert officer.get(f"/collateral/of/{outside}/").status_code == 404
    assert officer.post(f"/collateral/of/{outside}/value", form).status_code == 404


def test_a_call_is_told_answered_and_closed_by_a_second_person(bank: Path, last_day: date, logged_in) -> None:
    officer, risk, approver = logged_in("officer"), logged_in("risk"), logged_in("approver")
    call = Call.objects.filter(state="open").order_by("-shortfall_cents").first()
    assert call is not None, "the demo bank has loans that fall short"
    Call.objects.filter(pk=call.pk).update(org=person("officer").org)
    page = f"/collateral/calls/{call.pk}/"
    assert officer.get(page).status_code == 200
    letter = officer.get(f"{page}letter.docx")
    assert letter["Content-Type"].endswith("wordprocessingml.document")
    answer = {"answer": "call_waiver", "reason": "另有足额保证", "version": 1, "matter_id": str(uuid4())}
    assert officer.post(f"{page}answer", answer).status_code == 409, "nobody told the borrower yet"
    notice = {"sent_on": last_day.isoformat(), "way": "letter", "note": "EMS 签收", "version": 1}
    assert officer.post(f"{page}notice", notice | {"sent_on": "2000-01-01"}).status_code == 400
    assert officer.post(f"{page}notice", notice).status_code == 302
    paper = logged_in("auditor").get(f"/contacts/of/{call.debtor_id}/paper").content.decode()
    assert "补充担保通知" in paper
    assert f"{last_day} 12:00" in paper
    told = LedgerEntry.objects.get(kind="served")
    assert (told.debtor, told.party, told.told["channel"]) == (call.debtor_id, call.debtor_id, "letter")
    assert officer.post(f"{page}answer", answer | {"answer": "call_repaid", "version": 2}).status_code == 409
    assert officer.post(f"{page}answer", answer | {"version": 2}).status_code == 302
    matter = Matter.objects.get(call=call)
    steps = [step["action"] for step in matter.case.steps]
    for action in steps[1:]:
        assert decide(officer, matter).status_code == 403
        decide(risk if action == "collateral.confirm" else approver, matter)
    call.refresh_from_db()
    assert (call.state, call.answer, call.closed_on) == ("closed", "call_waiver", last_day)
    assert not WorkItem.objects.filter(kind="collateral_call", subject=f"call:{call.loan_id}", state="open").exists()


def test_documents_come_and_go_under_two_hands(bank: Path, last_day: date, logged_in) -> None:
    officer, risk = logged_in("officer"), logged_in("risk")
    key = standing_of(bank, last_day)[0]["collateral_id"]
    given = {"name": "不动产登记证明", "number": "浙(2024)0001", "held_as": "金库3号柜", "other": "抵押人王某",
             "reason": "新办抵押", "document_id": str(uuid4())}  # fmt: skip
    assert officer.post(f"/collateral/of/{key}/document", given | {"number": ""}).status_code == 400
    officer.post(f"/collateral/of/{key}/document", given)
    again = officer.post(f"/collateral/of/{key}/document", given | {"document_id": str(uuid4())})
    assert again.status_code == 400, "a number is kept once"
    document = Document.objects.get()
    page = f"/collateral/documents/{document.pk}/"
    out = {"other": "法院立案庭", "reason": "诉讼举证", "due_back_on": (last_day + timedelta(30)).isoformat(),
           "version": 1, "matter_id": str(uuid4())}  # fmt: skip
    assert officer.post(f"{page}out", out).status_code == 409, "it is not in yet"
    matter = Matter.objects.get()
    assert decide(officer, matter).status_code == 403
    decide(risk, matter)
    version = Document.objects.get().version
    late = (last_day + timedelta(31)).isoformat()
    assert officer.post(f"{page}out", out | {"version": version, "due_back_on": late}).status_code == 400
    assert officer.post(f"{page}out", out | {"version": version, "reason": ""}).status_code == 400
    assert officer.post(f"{page}out", out | {"version": version}).status_code == 302
    assert Document.objects.get().state == "leaving"
    decide(risk, Matter.objects.get(kind="custody_out"))
    document.refresh_from_db()
    assert (document.state, document.due_back_on) == ("out", last_day + timedelta(30))
    back = {"other": "法院立案庭", "reason": "用毕归还", "version": document.version, "matter_id": str(uuid4())}
    officer.post(f"{page}back", back)
    decide(risk, Matter.objects.get(kind="custody_back"))
    document.refresh_from_db()
    assert (document.state, document.due_back_on) == ("held", None)
    receipts = list(Receipt.objects.values_list("is_out", "first__username", "second__username"))
    assert receipts == [(False, "officer", "risk"), (True, "officer", "risk"), (False, "officer", "risk")]
    paper = officer.get(f"{page}{Receipt.objects.first().pk}.docx")  # type: ignore[union-attr]
    assert paper.status_code == 200
    assert officer.get(page).status_code == 200


def pledge_instead(home: Path, on: date, held: dict[str, Any]) -> str:
    """Let the core deliver a collateral that is pledged for the loans of another as well; its number."""
    loans = read_of_bank(home, on - timedelta(1), "collateral_share").filter(collateral_id=held["collateral_id"])
    folder = home / "later" / str(on)
    folder.mkdir(parents=True)
    (folder / "feed.yaml").write_text("tables:\n  collateral: increment\n  pledge: increment\n  valuation: increment\n")
    (folder / "collateral.csv").write_text(
        f"collateral_id,owner_id,kind,description,registered_on,insured_to_on,insured,status\n"
        f"NEW,{held['debtor_id']},{held['kind']},新押品,{on},{on + timedelta(300)},9000000000.00,held\n"
    )
    rows = "".join(f"PN{at},NEW,loan,{loan},1,9000000000.00,{on}\n" for at, loan in enumerate(loans["loan_id"]))
    (folder / "pledge.csv").write_text(
        "pledge_id,collateral_id,secures_kind,secures_id,rank,secured,begins_on\n" + rows
    )
    worth = held["claim_cents"] * 5 // 100
    (folder / "valuation.csv").write_text(f"collateral_id,valued_on,value\nNEW,{on},{worth}.00\n")
    (report,) = load_feeds(home, folder)
    assert report.quarantined == 0
    list(run_nights(home, [on]))
    adopt(home, on)
    return "NEW"


def test_a_release_needs_cover_that_stays(
    bank: Path, tmp_path: Path, settings: object, last_day: date, logged_in
) -> None:
    home = tmp_path / "home"
    shutil.copytree(bank, home)
    settings.POSTLOAN_HOME = str(home)  # type: ignore[attr-defined]
    officer, risk, approver = logged_in("officer"), logged_in("risk"), logged_in("approver")
    held = max(standing_of(bank, last_day, eligibility="eligible"), key=lambda row: row["claim_cents"])
    page, form = f"/collateral/of/{held['collateral_id']}/release", {"reason": "客户申请", "matter_id": str(uuid4())}
    assert officer.post(page, form | {"replaced_by": ""}).status_code == 409
    rows = read_of_bank(bank, last_day, "collateral_standing").filter(eligibility="eligible")
    larger = rows.sort(pl.col("counted_cents") - pl.col("claim_cents")).row(-1, named=True)["collateral_id"]
    for never in ("NOWHERE", larger, held["collateral_id"]):
        refused = officer.post(page, form | {"replaced_by": never})
        assert (refused.status_code, "尚未担保" in refused.content.decode()) == (400, True), never
    assert not Matter.objects.exists()

    other = pledge_instead(home, last_day + timedelta(1), held)
    assert officer.post(page, form | {"replaced_by": other}).status_code == 302
    matter = Matter.objects.get()
    for client in (risk, approver):
        decide(client, matter)
    (row,) = FeedRows.objects.get(table="collateral").rows
    assert (row["collateral_id"], row["status"], row["kind"]) == (held["collateral_id"], "released", held["kind"])


def test_a_stress_is_kept_once_a_year_by_two_people(logged_in, last_day: date) -> None:
    work = WorkItem.objects.filter(kind="collateral_stress", state="open")
    assert work.get().org == head_office()
    assert logged_in("officer").post("/collateral/stress/propose", {"reason": "x"}).status_code in {400, 403}
    keeper, approver = logged_in("collateral"), logged_in("approver")
    rows = keeper.get("/collateral/stress/").context["rows"]
    sent = {"reason": "集中处置高抵质押率押品", "matter_id": str(uuid4())}
    for _twice in range(2):
        assert keeper.post("/collateral/stress/propose", sent).status_code == 302
    matter = Matter.objects.get()
    assert matter.told["stress"] == rows
    assert decide(keeper, matter).status_code == 403
    assert not stresses_kept(last_day)
    assert decide(approver, matter).status_code == 302
    assert [each.pk for each in stresses_kept(last_day)] == [matter.pk]
    rule = load_desk_rules(None).version("collateral", CollateralDesk, last_day).stress
    due_on = stress_due(rule, stresses_kept(last_day))
    assert due_on == last_day.replace(year=last_day.year + 1)
    kind = load_desk_rules(None).version("work", WorkKinds, last_day).named("collateral_stress")
    for ahead, is_due in ((31, False), (30, True), (0, True)):
        found = causes(kind, replace(business_day(None), on=due_on - timedelta(ahead)), None)
        assert (found.height == 1) is is_due, ahead


def test_a_batch_without_an_index_moves_nothing(logged_in) -> None:
    asked = {"kind": "residential", "by": "series", "series": " "}
    shown = logged_in("officer").get("/collateral/batch/", asked)
    assert (shown.status_code, shown.context["batch"].values) == (200, {})


def test_a_fall_of_all_values_is_what_revaluing_all_would_be(bank: Path, last_day: date, logged_in) -> None:
    told = stressed(bank, last_day, [20_000_000]).to_dicts()
    standing = read_of_bank(bank, last_day, "collateral_standing").filter(pl.col("eligibility") == "eligible")
    loans = read_of_bank(bank, last_day, "loan_to_value")
    assert told[0]["shortfall_cents"] == pytest.approx(loans["shortfall_cents"].sum(), abs=loans.height)
    fallen = standing.select("collateral_id", value_cents=pl.col("value_cents") * 8 // 10)
    asked = revalued(bank, last_day, fallen).loans
    untouched = loans.join(asked, on="loan_no", how="anti")["shortfall_cents"].sum()
    assert told[1]["shortfall_cents"] == pytest.approx(asked["shortfall_cents_after"].sum() + untouched,
                                                       abs=2 * loans.height)  # fmt: skip
    client = logged_in("risk")
    for address in ("", "matters/", "calls/", "documents/", "spread/", "stress/", "batch/"):
        assert client.get(f"/collateral/{address}").status_code in {200, 403}, address
    assert logged_in("officer").get("/collateral/batch/", {"kind": "residential", "by": "series",
                                                           "series": "house_price"}).status_code == 200  # fmt: skip


def test_an_office_over_several_is_the_lowest() -> None:
    office = person("officer").org
    assert office is not None
    assert office_over([office.pk]) == office
    branch = person("risk").org
    assert branch is not None
    below = list(Org.objects.filter(path__startswith=branch.path).exclude(pk=branch.pk)[:2])
    assert office_over([each.pk for each in below]) == branch
