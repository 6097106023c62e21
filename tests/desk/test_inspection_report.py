"""A report is saved while it is written, submitted, signed, returned and accepted, by people who are not each other."""

import html

import polars as pl
import pytest

from inspection_walk import accepted, debtors, desk_of_user, filled, order, small_one, submitted
from postloan.desk.core.actions import require
from postloan.desk.core.models import AuditEntry, Officer, WorkItem
from postloan.desk.inspection.models import Finding, Inspection
from postloan.desk.inspection.queries import colleagues, form_of, rules_on
from postloan.desk.inspection.report.answers import changes
from postloan.desk.inspection.report.facts import differences
from postloan.desk.inspection.report.signs import signs_of

pytestmark = pytest.mark.django_db


def _open_kinds(inspection: Inspection) -> set[str]:
    return set(WorkItem.objects.filter(subject=inspection.subject, state="open").values_list("kind", flat=True))


def test_a_draft_is_kept_and_an_older_window_does_not_write_over_it(logged_in) -> None:
    inspection, client = small_one(), logged_in("officer")
    address = f"/inspections/{inspection.pk}/draft"
    first = client.post(address, {"draft": "0", "q-measures": "先写一句", "way": "phone"})
    assert first.status_code == 200
    assert 'value="1"' in first.content.decode()
    stale = client.post(address, {"draft": "0", "q-measures": "另一个窗口"}, headers={"accept": "application/json"})
    assert stale.status_code == 409
    assert stale.json()["code"] == "PL-D03"
    inspection.refresh_from_db()
    assert inspection.answers == {"measures": "先写一句"}
    assert (inspection.way, inspection.draft) == ("phone", 1)
    assert "先写一句" in client.get(f"/inspections/{inspection.pk}/").content.decode()


def test_an_answer_that_is_no_answer_is_refused(logged_in) -> None:
    inspection, client = small_one(), logged_in("officer")
    for wrong in ({"q-proposed_tier": "excellent"}, {"q-measures": "长" * 4001}, {"way": "by_dream"}):
        answer = client.post(f"/inspections/{inspection.pk}/draft", {"draft": "0"} | wrong)
        assert (answer.status_code, "PL-D06" in answer.content.decode()) == (400, True)


def test_an_incomplete_report_is_refused_and_names_what_is_missing(logged_in) -> None:
    inspection = small_one()
    sent = filled(inspection) | {"q-measures": ""}
    answer = logged_in("officer").post(f"/inspections/{inspection.pk}/submit", sent)
    assert answer.status_code == 400
    assert "拟采取的措施" in answer.content.decode()
    inspection.refresh_from_db()
    assert inspection.state == "open"


def test_a_report_goes_to_review_and_is_accepted_with_its_findings(logged_in) -> None:
    inspection = small_one()
    assert _open_kinds(inspection) == {"inspection_special"}
    submitted(logged_in, inspection, use_as_agreed="misused")
    assert inspection.state == "review"
    assert inspection.facts["figures"]["exposure_cents"] == inspection.exposure_cents
    assert inspection.run_id
    assert _open_kinds(inspection) == {"inspection_review"}
    page = logged_in("inspector").get(f"/inspections/{inspection.pk}/review").content.decode()
    assert "贷款资金未按约定用途使用" in page
    accepted(logged_in, inspection, **{"f-new-text": "合同未归档", "f-new-severity": "low"})
    assert _open_kinds(inspection) == set()
    assert {(each.severity, each.owner.username) for each in inspection.findings.select_related("owner")} == {
        ("high", "officer"), ("low", "officer"),
    }  # fmt: skip
    deeds = AuditEntry.objects.filter(subject=f"inspection.inspection:{inspection.pk}").values_list("action", flat=True)
    assert list(deeds) == ["inspection.submitted", "inspection.accepted"]


def test_a_returned_report_comes_back_with_the_reason_and_is_submitted_again(logged_in) -> None:
    inspection = submitted(logged_in, small_one())
    inspector = logged_in("inspector")
    told = {"version": str(inspection.version)}
    assert inspector.post(f"/inspections/{inspection.pk}/return", told | {"reason": " "}).status_code == 400
    assert inspector.post(f"/inspections/{inspection.pk}/return", told | {"reason": "照片不清"}).status_code == 302
    inspection.refresh_from_db()
    assert inspection.state == "returned"
    assert _open_kinds(inspection) == {"inspection_returned"}
    assert "照片不清" in logged_in("officer").get(f"/inspections/{inspection.pk}/").content.decode()
    submitted(logged_in, inspection)
    assert inspection.state == "review"
    assert _open_kinds(inspection) == {"inspection_review"}


def test_who_wrote_a_report_does_not_review_it(logged_in) -> None:
    inspection = submitted(logged_in, small_one())
    Inspection.objects.filter(pk=inspection.pk).update(author=Officer.objects.get(username="inspector"))
    for step, sent in (("accept", {"opinion": "同意"}), ("return", {"reason": "不同意"})):
        answer = logged_in("inspector").post(
            f"/inspections/{inspection.pk}/{step}", sent | {"version": str(inspection.version)}
        )
        assert (answer.status_code, "PL-D02" in answer.content.decode()) == (403, True)
    inspection.refresh_from_db()
    assert inspection.state == "review"


def test_an_officer_without_the_grant_reviews_nothing_and_an_old_page_is_refused(logged_in) -> None:
    inspection = submitted(logged_in, small_one())
    sent = {"version": str(inspection.version), "opinion": "同意"}
    assert logged_in("officer").post(f"/inspections/{inspection.pk}/accept", sent).status_code == 403
    stale = logged_in("inspector").post(f"/inspections/{inspection.pk}/accept", sent | {"version": "1"})
    assert (stale.status_code, "PL-D03" in stale.content.decode()) == (409, True)


def test_outside_ones_offices_there_is_no_inspection(logged_in) -> None:
    officer = Officer.objects.get(username="officer")
    other = Inspection.objects.exclude(org=officer.org).order_by("pk").first()
    assert other is not None
    client = logged_in("officer")
    for page in ("", "report.pdf", "report.docx", "files/1"):
        assert client.get(f"/inspections/{other.pk}/{page}").status_code == 404
    for step in ("draft", "submit", "files"):
        assert client.post(f"/inspections/{other.pk}/{step}", {"draft": "0"}).status_code == 404
    assert f"/inspections/{other.pk}/" not in client.get("/inspections/?tab=all").content.decode()


def test_whoever_is_offered_to_sign_beside_the_author_may() -> None:
    inspection = small_one()
    offered = [Officer.objects.get(username=username) for username, _name in colleagues(inspection)]
    assert offered
    for each in offered:
        require(each, "inspection.read", org=inspection.org)
    above = Officer.objects.filter(is_active=True, org__in=inspection.org.above)
    assert above.count() > len(offered), "none above the office who may not"


def test_two_people_sign_where_the_rules_ask_for_two(logged_in) -> None:
    officer = desk_of_user("officer", "inspection.write")
    taken = set(Inspection.objects.filter(kind="special").values_list("debtor_id", flat=True))
    one = next(each for each in debtors(officer, pl.col("exposure_cents") > 0) if each not in taken)
    [inspection] = order([one])
    Inspection.objects.filter(pk=inspection.pk).update(needs_two=True)
    client, address = logged_in("officer"), f"/inspections/{inspection.pk}/submit"
    alone = client.post(address, filled(inspection))
    assert (alone.status_code, "两人签字" in alone.content.decode()) == (400, True)
    self_signed = client.post(address, filled(inspection) | {"second": "officer"})
    assert self_signed.status_code == 403
    colleague = Officer.objects.filter(org=officer.officer.org).exclude(username="officer").order_by("pk").first()
    assert colleague is not None
    assert client.post(address, filled(inspection) | {"second": colleague.username}).status_code == 302
    inspection.refresh_from_db()
    assert inspection.state == "signing"
    version = {"version": str(inspection.version)}
    assert client.post(f"/inspections/{inspection.pk}/sign", version).status_code == 403
    assert logged_in(colleague.username).post(f"/inspections/{inspection.pk}/sign", version).status_code == 302
    inspection.refresh_from_db()
    assert (inspection.state, inspection.second_id, inspection.signed_at is not None) == ("review", colleague.pk, True)


def test_a_past_day_is_looked_at_and_not_worked_on(logged_in, bank) -> None:
    from postloan.snapshot.read import published_days  # noqa: PLC0415

    inspection = small_one()
    past = published_days(bank)[0]
    client = logged_in("officer")
    assert 'id="report"' not in client.get(f"/inspections/{inspection.pk}/?on={past}").content.decode()
    answer = client.post(f"/inspections/{inspection.pk}/draft?on={past}", {"draft": "0"})
    assert answer.status_code == 400


def test_copied_text_and_contradicted_answers_are_shown_before_acceptance(logged_in) -> None:
    first = submitted(logged_in, small_one())
    second = small_one()
    copied = {name.removeprefix("q-"): text for name, text in filled(first).items() if name.endswith("_told")}
    Inspection.objects.filter(pk=second.pk).update(form=first.form)
    second.refresh_from_db()
    submitted(logged_in, second, **copied, measures=filled(first)["q-measures"])
    second.facts["checks"]["days_past_due_worst"] = 12
    Inspection.objects.filter(pk=second.pk).update(facts=second.facts)
    page = logged_in("inspector").get(f"/inspections/{second.pk}/review").content.decode()
    assert "相似度" in page
    assert "数据显示存在逾期" in page
    kinds = {sign.kind for sign in signs_of(second, form_of(second), rules_on(second.opened_on))}
    assert kinds >= {"copied", "contradiction", "photo"}


def test_what_changed_since_the_last_report_is_shown() -> None:
    before = {
        "on": "2024-01-31", "loans": [{"loan_id": "A"}], "guarantees": [], "events": [],
        "figures": {"exposure_cents": 100, "tier_worst": "pass", "days_past_due_worst": 0},
        "collateral": [{"collateral_id": "Y1", "value_cents": 900}],
    }  # fmt: skip
    names = ("overdue_cents", "arrears_cents", "npl_cents", "loan_count", "all_banks_cents", "all_banks_over_90_cents")
    before["figures"] |= dict.fromkeys(names, 0)  # type: ignore[operator]
    now = before | {
        "figures": before["figures"] | {"tier_worst": "special_mention", "days_past_due_worst": 8},  # type: ignore[operator]
        "collateral": [{"collateral_id": "Y1", "value_cents": 500}],
        "loans": [{"loan_id": "A"}, {"loan_id": "B"}],
        "events": [{"happened_on": "2024-02-03", "kind": "lawsuit", "text": "被诉"}],
    }
    found = differences(now, before)
    assert [(each.before, each.now, each.is_worse) for each in found] == [
        ("0", "8", True), ("正常", "关注", True), ("9.00", "5.00", True), ("—", "B", False),
        ("—", "lawsuit 被诉", True),
    ]  # fmt: skip
    assert differences(now, {}) == []


def test_a_text_against_the_last_one_shows_what_is_new_and_what_is_gone() -> None:
    found = changes("订单充足，回款正常。", "订单充足，回款放慢。")
    assert [(each.how, each.text) for each in found] == [
        ("same", "订单充足，"), ("gone", "回款正常"), ("new", "回款放慢"), ("same", "。"),
    ]  # fmt: skip


def test_a_finding_is_corrected_and_confirmed_by_another(logged_in) -> None:
    inspection = accepted(logged_in, submitted(logged_in, small_one(), use_vouchers="no"))
    finding = Finding.objects.get(inspection=inspection)
    officer, inspector, address = logged_in("officer"), logged_in("inspector"), f"/findings/{finding.pk}/"
    assert officer.get(address).status_code == 200
    assert officer.post(address + "correct", {"version": "1", "correction": "凭证已补"}).status_code == 302
    assert officer.post(address + "confirm", {"version": "2", "reason": "好"}).status_code == 403
    back = inspector.post(address + "confirm", {"version": "2", "reason": "缺发票", "answer": "back"})
    assert back.status_code == 302
    assert officer.post(address + "correct", {"version": "3", "correction": "发票已补"}).status_code == 302
    done = inspector.post(address + "confirm", {"version": "4", "reason": "已核", "answer": "confirm"})
    assert done.status_code == 302
    finding.refresh_from_db()
    assert finding.state == "confirmed"
    assert not WorkItem.objects.filter(subject=finding.subject, state="open").exists()
    assert logged_in("inspector").get("/findings/?tab=all").status_code == 200


def test_the_demo_has_work_for_officer_and_inspector(logged_in) -> None:
    officer = Officer.objects.get(username="officer")
    assert Inspection.objects.filter(officer=officer, kind="first", state="open").exists()
    waiting = Inspection.objects.get(author=officer, state="review")
    page = logged_in("inspector").get(f"/inspections/{waiting.pk}/review").content.decode()
    assert "<ins>" in page
    assert waiting.debtor_name in logged_in("inspector").get("/inspections/").content.decode()


def test_what_the_rules_say_is_kept_so_that_each_reader_reads_it_in_his_language(logged_in) -> None:
    from django.utils import translation  # noqa: PLC0415

    found = Finding.objects.exclude(text_en="").select_related("inspection").order_by("pk").first()
    assert found, "the demo's findings are raised by answers"
    assert found.text != found.text_en
    client = logged_in("inspector")
    for language, said, other in (("zh-hans", found.text, found.text_en), ("en", found.text_en, found.text)):
        client.cookies["django_language"] = language
        for address in ("/findings/?tab=all", f"/findings/{found.pk}/"):
            page = html.unescape(client.get(address).content.decode())
            assert said in page, (language, address)
            assert other not in page
        with translation.override(language):
            assert found.said == said
    own = Finding(text="现场核实的问题", text_en="")
    with translation.override("en"):
        assert own.said == "现场核实的问题"
    signs = AuditEntry.objects.filter(action="inspection.accepted").values_list("told", flat=True)
    kept = [sign for told in signs for sign in told["signs"]]
    assert all(isinstance(sign, dict) and sign["kind"] for sign in kept)
