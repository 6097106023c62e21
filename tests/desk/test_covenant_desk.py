"""Covenants at the desk: work that a day opens, notices, waivers and cures, and what the night makes of them."""

import io
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import polars as pl
import pytest
from deciding import person
from docx import Document

from postloan.desk.approval.models import Case
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, Decision, Grant, Org, WorkItem
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.pages import Desk
from postloan.desk.covenant.actions import BREACHES, notice_send, proposal_decide, proposal_make
from postloan.desk.covenant.models import Notice, Proposal
from postloan.desk.covenant.queries import covenant_seen, covenants_seen
from postloan.errors import FormWrong, IllegalMove, NotPermitted, ReasonMissing, SamePerson, StaleView
from postloan.intake.decisions import TERMS
from postloan.night.run import run_nights
from postloan.site.serving import hand_over
from postloan.snapshot.read import read_covenant_tests

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _of_the_bank(db: None) -> None:
    """The small bank has few breaches a branch: here who works on them is head office's."""
    Proposal.objects.all().delete()
    Notice.objects.all().delete()
    held = {"risk": ("read", "write", "review"), "approver": ("read", "approve"), "inspector": ("read", "review")}
    for who, actions in held.items():
        for action in actions:
            Grant.objects.create(
                officer=person(who), action=f"covenant.{action}", org=head_office(), role="test", begins_on="2021-01-01"
            )


def desk_of(username: str = "risk") -> Desk:
    officer = person(username)
    return Desk(officer, actions_of(officer), scope_of(officer, "covenant.read"), None)


def breached(at: int = 0) -> dict[str, Any]:
    rows = covenants_seen(desk_of()).filter(pl.col("result").is_in(BREACHES)).sort("exposure_cents", "covenant_id")
    return covenant_seen(desk_of(), rows["covenant_id"][at])[0]  # type: ignore[return-value]


def noticed(test: dict[str, Any], **more: Any) -> Notice:
    said = {"sent_on": test["notice_on"], "way": "letter", "note": "挂号信已签收"} | more
    return notice_send(person("risk"), test, day=business_day(None), **said)


def proposed(test: dict[str, Any], kind: str = "covenant_waiver", *, who: str = "risk", **more: Any) -> Proposal:
    day = business_day(None)
    ends_on = day.on + 60 * DAY if kind == "covenant_waiver" else None
    said = {"ends_on": ends_on, "reason": "股东已增资", "proposal_id": uuid4()} | more
    return proposal_make(person(who), test, kind, day=day, **said)


def decided(made: Proposal, who: str, *, verdict: str = "agree", key: UUID | None = None) -> Proposal:
    return proposal_decide(
        person(who), made.pk, verdict, seen_version=Case.objects.get(pk=made.case_id).version,
        decision_id=key or uuid4(), reason="同意", day=business_day(None),
    )  # fmt: skip


def test_a_published_day_opens_work_for_breaches_and_a_notice_does_it() -> None:
    test = breached()
    subject = f"covenant:{test['covenant_id']}:{test['period_end_on']}"
    item = WorkItem.objects.get(kind="covenant_breach", subject=subject, state="open")
    assert (item.page, item.told) == (f"/covenants/of/{test['covenant_id']}/", str(test["period_end_on"]))
    noticed(test)
    assert noticed(test).pk == Notice.objects.get().pk
    item.refresh_from_db()
    assert item.state == "done"
    assert AuditEntry.objects.filter(action="covenant.noticed").count() == 1


def test_what_is_refused_of_a_notice() -> None:
    test = breached()
    for more in ({"sent_on": test["notice_on"] - DAY}, {"sent_on": business_day(None).on + DAY}, {"way": "pigeon"}):
        with pytest.raises(FormWrong):
            noticed(test, **more)
    with pytest.raises(ReasonMissing):
        noticed(test, note=" ")
    with pytest.raises(IllegalMove):
        noticed({**test, "result": "met"})
    with pytest.raises(NotPermitted):
        notice_send(person("approver"), test, sent_on=test["notice_on"], way="letter", note="x", day=business_day(None))


def test_there_is_no_letter_of_a_breach_that_is_none(logged_in) -> None:
    met = covenants_seen(desk_of()).filter(pl.col("result") == "met")["covenant_id"][0]
    answer = logged_in("risk").get(f"/covenants/of/{met}/notice.docx")
    assert answer.status_code == 409
    assert "PL-D04" in answer.content.decode()


def test_a_small_waiver_takes_two_and_a_large_one_three() -> None:
    test = breached()
    small = {**test, "exposure_cents": 20_000_000_00}
    waits = Case.objects.get(pk=proposed(small).case_id).waits_for
    assert waits == "covenant.approve"
    other = breached(1)
    large = proposed({**other, "exposure_cents": 20_000_000_01})
    assert Case.objects.get(pk=large.case_id).waits_for == "covenant.review"
    with pytest.raises(SamePerson):
        decided(large, "risk")
    decided(large, "inspector")
    assert decided(large, "approver").state == "approved"
    assert Decision.objects.get(kind="covenant_waiver").ends_on == large.ends_on


def test_what_is_refused_of_a_proposal() -> None:
    test = breached()
    with pytest.raises(IllegalMove):  # No notice was sent.
        proposed(test, "covenant_cure")
    with pytest.raises(FormWrong):
        proposed(test, ends_on=business_day(None).on)
    with pytest.raises(FormWrong):
        proposed(test, "covenant_gift")
    with pytest.raises(ReasonMissing):
        proposed(test, reason=" ")
    with pytest.raises(IllegalMove):
        proposed({**test, "result": "met"})
    with pytest.raises(IllegalMove):
        proposed({**test, "result": "not_tested", "untested_why": "not_due"})
    with pytest.raises(NotPermitted):
        proposed(test, who="approver")
    key = uuid4()
    first = proposed(test, proposal_id=key)
    assert proposed(test, proposal_id=key).pk == first.pk
    with pytest.raises(FormWrong):
        proposed(test)
    assert decided(first, "approver", verdict="refuse").state == "refused"
    assert Decision.objects.filter(kind="covenant_waiver").count() == 0
    proposed(test)
    with pytest.raises(StaleView):
        proposal_decide(person("approver"), Proposal.objects.latest("opened_at").pk, "agree", seen_version=99,
                        decision_id=uuid4(), reason="", day=business_day(None))  # fmt: skip


def test_waiver_and_cure_go_through_door_two_and_the_next_night_applies_them(
    bank: Path, tmp_path: Path, settings: object, last_day: date
) -> None:
    home = tmp_path / "home"
    shutil.copytree(bank, home)
    settings.POSTLOAN_HOME = str(home)  # type: ignore[attr-defined]
    first, second = breached(), breached(1)
    noticed(second)
    waiver, cure = proposed({**first, "exposure_cents": 1}), proposed(second, "covenant_cure")
    with pytest.raises(SamePerson):
        decided(cure, "risk")
    for made, who in ((waiver, "approver"), (cure, "inspector")):
        decision = decided(made, who).decision
        assert decision is not None
        TERMS[decision.kind].model_validate_json(json.dumps(decision.terms), strict=True)
    on = last_day + DAY
    told = hand_over(home, on)
    assert (told["count"], told["accepted"], told["refused"]) == (2, 2, 0)
    list(run_nights(home, [on, waiver.ends_on + DAY]))
    results = {
        (day, row["covenant_id"]): row["result"]
        for day in (on, waiver.ends_on + DAY)
        for row in read_covenant_tests(home, day).to_dicts()
        if row["period_end_on"] in {first["period_end_on"], second["period_end_on"]}
        and (row["covenant_id"], row["period_end_on"])
        in {(each["covenant_id"], each["period_end_on"]) for each in (first, second)}
    }
    assert results[on, first["covenant_id"]] == "waived"
    assert results[on, second["covenant_id"]] == "cured"
    assert results[waiver.ends_on + DAY, first["covenant_id"]] == "breached"


def test_the_pages(logged_in) -> None:
    test = breached()
    client = logged_in("risk")
    page = client.get(f"/covenants/of/{test['covenant_id']}/").content.decode()
    assert "各期指标与阈值" in page
    assert "登记通知" in page
    letter = client.get(f"/covenants/of/{test['covenant_id']}/notice.docx")
    said = "\n".join(each.text for each in Document(io.BytesIO(letter.content)).paragraphs)
    assert test["debtor_name"] in said
    assert str(test["period_end_on"]) in said
    sent = client.post(f"/covenants/of/{test['covenant_id']}/notice", {
        "sent_on": str(test["notice_on"]), "way": "email", "note": "已回执",
    })  # fmt: skip
    assert sent.status_code == 302
    made = client.post(f"/covenants/of/{test['covenant_id']}/propose", {
        "kind": "covenant_cure", "reason": "已偿还短期借款", "proposal_id": str(uuid4()),
    })  # fmt: skip
    assert "复核" in client.get(made["Location"]).content.decode()
    held = Proposal.objects.get()
    answer = logged_in("inspector").post(f"/covenants/proposals/{held.pk}/decide", {
        "verdict": "agree", "version": held.case.version, "decision_id": str(uuid4()), "reason": "",
    })  # fmt: skip
    assert answer.status_code == 302
    held.refresh_from_db()
    assert held.state == "approved"
    assert logged_in("officer").get("/covenants/?tab=all").status_code == 200


def test_another_office_sees_nothing_of_a_covenant(logged_in) -> None:
    test = breached()
    officer = person("officer")
    officer.org = Org.objects.exclude(pk=test["org_id"]).filter(level="sub_branch").first()
    officer.save()
    Grant.objects.filter(officer=officer).update(org=officer.org)
    assert logged_in("officer").get(f"/covenants/of/{test['covenant_id']}/").status_code == 404
