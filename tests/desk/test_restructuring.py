"""Restructuring at the desk: options compared, offers kept, consents asked for, and what the night makes of it."""

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
from PIL import Image

from own_book import keep_own_book
from postloan.desk.approval.models import Case
from postloan.desk.book.queries import loan_seen
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, Decision, FeedRows, Grant, WorkItem
from postloan.desk.core.officers.queries import head_office, office_over
from postloan.desk.core.pages import Desk
from postloan.desk.restructure.actions import (
    offer_answer,
    offer_make,
    restructuring_decide,
    restructuring_drop,
    restructuring_propose,
)
from postloan.desk.restructure.consents.actions import consent_add
from postloan.desk.restructure.consents.queries import parties_asked
from postloan.desk.restructure.models import Offer, Restructuring
from postloan.desk.restructure.queries import watched_seen
from postloan.desk.restructure.tried import tried_one
from postloan.desk.restructure.typed import FIELDS, typed_of
from postloan.errors import FormWrong, IllegalMove, NotPermitted, ReasonMissing, SamePerson, StaleView
from postloan.intake.decisions import TERMS
from postloan.intake.facts import Facts
from postloan.night.run import run_nights
from postloan.plan.inputs import NO_NEIGHBOURS, read_inputs
from postloan.plan.night import planned
from postloan.plan.options import Instalment, instalments_to_come
from postloan.plan.quote import as_ours
from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.site.serving import adopt, hand_over
from postloan.snapshot.read import read_loans
from postloan.tables.inputs import FEED_TABLES

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _of_the_bank(db: None) -> None:
    """Whoever works on them here does so for head office: a small bank has few loans of a kind an office."""
    Restructuring.objects.update(chosen=None)
    Offer.objects.all().delete()
    Restructuring.objects.all().delete()
    held = {
        "risk": ("read", "write", "review", "waive"), "approver": ("read", "approve", "waive"),
        "inspector": ("read", "review"),
    }  # fmt: skip
    limits = {"approver": 1_000_00}
    for who, names in held.items():
        for name in names:
            Grant.objects.create(
                officer=person(who), action=f"restructure.{name}", org=head_office(), role="test",
                begins_on="2021-01-01", limit_cents=limits.get(who) if name == "waive" else None,
            )  # fmt: skip
    Grant.objects.filter(officer=person("approver"), action="restructure.waive").exclude(role="test").delete()


def desk_of(username: str = "risk") -> Desk:
    officer = person(username)
    return Desk(officer, actions_of(officer), scope_of(officer, "restructure.read"), None)


@pytest.fixture
def candidates(loans: pl.DataFrame) -> pl.DataFrame:
    """Loans with instalments to come, the smallest first."""
    level = loans.filter(
        (pl.col("status") == "active") & (pl.col("method") == "level_instalment") & (pl.col("tier") == "pass")
        & ~pl.col("is_restructured") & (pl.col("matures_on") > business_day(None).on + 400 * DAY)
    )  # fmt: skip
    return level.sort("outstanding_cents", "loan_id")


def offered(loan_id: str, *, who: str = "risk", by: str = "bank", key: UUID | None = None, **fields: str) -> Offer:
    desk = desk_of(who)
    loan = loan_seen(desk_of("risk"), loan_id)
    typed = typed_of(dict.fromkeys(FIELDS, "") | fields, loan, name="1")
    tried = tried_one(desk, loan, typed, is_eased=True)
    org = office_over([loan["org_id"]])
    return offer_make(person(who), org, tried, by=by, offer_id=key or uuid4(), held_id=uuid4(),
                      day=business_day(None))  # fmt: skip


def agreed(made: Offer, answer: str = "accepted") -> Offer:
    return offer_answer(person("risk"), made.pk, answer, note="电话确认", day=business_day(None))


def proposed(made: Offer, *, who: str = "risk", difficulty: str = "cash_flow_short", **more: Any) -> Restructuring:
    held = Restructuring.objects.get(pk=made.restructuring_id)
    said = {"seen_version": held.version, "reason": "订单下降，回款放缓"} | more
    return restructuring_propose(person(who), held.pk, made.pk, difficulty=difficulty, day=business_day(None), **said)


def decided(held: Restructuring, who: str, *, verdict: str = "agree", key: UUID | None = None) -> Restructuring:
    assert held.case_id is not None
    return restructuring_decide(
        person(who), held.pk, verdict, seen_version=Case.objects.get(pk=held.case_id).version,
        decision_id=key or uuid4(), reason="同意", day=business_day(None),
    )  # fmt: skip


def consented(held: Restructuring) -> int:
    photo = io.BytesIO()
    Image.effect_noise((64, 64), 40).save(photo, "PNG")
    day = business_day(None)
    asked = parties_asked(held, day)
    for each in asked:
        consent_add(person("risk"), held.pk, each.security_id, signed_on=day.on, name="同意书.png",
                    content=photo.getvalue(), day=day)  # fmt: skip
    return len(asked)


def with_others(candidates: pl.DataFrame) -> str:
    """A loan that somebody else stands for."""
    secured = candidates.filter(pl.col("security_kind").cast(pl.String) != "credit")
    for loan_id, debtor_id in secured.select("loan_id", "debtor_id").iter_rows():
        if parties_asked(Restructuring(loan_id=loan_id, debtor_id=debtor_id), business_day(None)):
            return str(loan_id)
    raise AssertionError


def test_rounds_are_kept_and_only_what_both_agreed_on_is_proposed(candidates: pl.DataFrame) -> None:
    loan_id = candidates["loan_id"][0]
    key = uuid4()
    first = offered(loan_id, extension="3", key=key)
    assert offered(loan_id, extension="3", key=key).pk == first.pk
    agreed(first, "declined")
    with pytest.raises(FormWrong):
        proposed(first)
    second = agreed(offered(loan_id, by="borrower", extension="6", rate="3"))
    assert (first.restructuring_id, second.round, second.by) == (second.restructuring_id, 2, "borrower")
    with pytest.raises(FormWrong):
        agreed(second)
    for more, error in (({"seen_version": 9}, StaleView), ({"reason": " "}, ReasonMissing)):
        with pytest.raises(error):
            proposed(second, **more)
    with pytest.raises(NotPermitted):
        proposed(second, who="approver")
    held = proposed(second)
    assert (held.state, held.chosen_id) == ("proposed", second.pk)
    with pytest.raises(IllegalMove):
        offered(loan_id, extension="2")
    actions = set(AuditEntry.objects.filter(action__startswith="restructure.").values_list("action", flat=True))
    assert actions >= {"restructure.offered", "restructure.answered", "restructure.write"}


def test_a_negotiation_is_given_up_with_a_reason(candidates: pl.DataFrame) -> None:
    made = offered(candidates["loan_id"][0], extension="3")
    held = Restructuring.objects.get(pk=made.restructuring_id)
    day = business_day(None)
    with pytest.raises(ReasonMissing):
        restructuring_drop(person("risk"), held.pk, seen_version=held.version, reason="", day=day)
    restructuring_drop(person("risk"), held.pk, seen_version=held.version, reason="借款人已还清", day=day)
    assert offered(candidates["loan_id"][0], extension="3").restructuring_id != held.pk


def test_what_is_typed_wrong_or_forbidden_goes_no_further(candidates: pl.DataFrame) -> None:
    loan_id = candidates["loan_id"][0]
    for wrong in ({"extension": "-1"}, {"rate": "abc"}, {"split": "0"}, {"capitalise": "principal"}, {}):
        with pytest.raises(FormWrong):
            offered(loan_id, **wrong)
    bounded = candidates.drop_nulls("extension_latest_on")["loan_id"][0]
    far = agreed(offered(bounded, extension="600"))
    with pytest.raises(IllegalMove) as refused:
        proposed(far)
    assert "cn-" in str(refused.value)


def test_an_extension_waits_for_the_written_consent_of_whoever_stands_for_the_loan(candidates: pl.DataFrame) -> None:
    held = proposed(agreed(offered(with_others(candidates), extension="3")))
    with pytest.raises(SamePerson):
        decided(held, "risk")
    if Case.objects.get(pk=held.case_id).waits_for == "restructure.review":
        decided(held, "inspector")
    with pytest.raises(IllegalMove) as refused:
        decided(held, "approver")
    assert "Art. 695" in str(refused.value.where)
    assert Decision.objects.count() == 0
    assert consented(held) > 0
    held = decided(held, "approver")
    assert held.state == "approved"
    kinds = [each.kind for each in held.decisions.order_by("pk")]
    assert kinds == ["restructure", "extension"]
    for each in held.decisions.all():
        TERMS[each.kind].model_validate_json(json.dumps(each.terms), strict=True)


def test_the_night_is_told_which_guarantors_agreed_to_an_extension(candidates: pl.DataFrame) -> None:
    guaranteed = candidates.filter(pl.col("security_kind").cast(pl.String) == "guarantee")
    held = proposed(agreed(offered(with_others(guaranteed), extension="3")))
    consented(held)
    assert not FeedRows.objects.filter(table="legal_event").exists(), "nothing is told of what is not approved"
    if Case.objects.get(pk=held.case_id).waits_for == "restructure.review":
        decided(held, "inspector")
    decided(held, "approver")
    (made,) = FeedRows.objects.filter(table="legal_event")
    guarantees = {each.security_id for each in parties_asked(held, business_day(None)) if each.is_guarantee}
    assert {(row["kind"], row["loan_id"]) for row in made.rows} == {("guarantor_consent", held.loan_id)}
    assert {row["guarantee_id"] for row in made.rows} == guarantees
    assert guarantees
    assert {row["happened_on"] for row in made.rows} == {business_day(None).on.isoformat()}
    assert made.rows[0].keys() <= set(FEED_TABLES["legal_event"].create_empty().columns)


def test_a_larger_loan_takes_three(candidates: pl.DataFrame) -> None:
    large = candidates.filter(pl.col("outstanding_cents") > 5_000_000_00)
    row = (large if large.height else candidates).row(-1, named=True)
    held = proposed(agreed(offered(row["loan_id"], rate="2")))
    waits = Case.objects.get(pk=held.case_id).waits_for
    assert waits == ("restructure.review" if row["outstanding_cents"] > 5_000_000_00 else "restructure.approve")
    assert WorkItem.objects.filter(kind="approval_due", subject__startswith=f"case:{held.case_id}:").exists()
    assert decided(held, "inspector" if waits == "restructure.review" else "approver", verdict="refuse").state in {
        "refused",
    }  # fmt: skip


def test_what_is_waived_is_bounded_by_the_authority_of_whoever_approves(candidates: pl.DataFrame) -> None:
    within = proposed(agreed(offered(candidates["loan_id"][0], rate="2", waive_penalty="1000")))
    assert within.waived_cents == 1_000_00
    assert decided(within, "approver").state == "approved"
    beyond = proposed(agreed(offered(candidates["loan_id"][1], rate="2", waive_penalty="1000.01")))
    with pytest.raises(NotPermitted):
        decided(beyond, "approver")


def test_a_waiver_alone_goes_by_what_it_gives_up(candidates: pl.DataFrame) -> None:
    held = proposed(agreed(offered(candidates["loan_id"][0], waive_interest="50000")), difficulty="")
    case = Case.objects.get(pk=held.case_id)
    assert (case.kind, case.amount_cents, len(case.steps)) == ("loan_waiver", 50_000_00, 2)
    more = proposed(agreed(offered(candidates["loan_id"][1], waive_interest="50000.01")), difficulty="")
    assert len(Case.objects.get(pk=more.case_id).steps) == 3


def may_write_off(limit_cents: int) -> None:
    Grant.objects.filter(officer=person("approver"), action="disposal.approve").delete()
    Grant.objects.create(officer=person("approver"), action="disposal.approve", org=head_office(), role="test",
                         begins_on="2021-01-01", limit_cents=limit_cents)  # fmt: skip


def test_a_part_written_off_needs_its_ground_no_more_than_is_owed_and_the_authority_of_a_disposal(
    candidates: pl.DataFrame, loans: pl.DataFrame
) -> None:
    is_bad = (pl.col("status") == "active") & pl.col("tier").cast(pl.String).is_in(["substandard", "doubtful", "loss"])
    loan = loans.filter(is_bad).sort("outstanding_cents", "loan_id").row(-1, named=True)
    owed = loan["outstanding_cents"]
    beyond = agreed(offered(loan["loan_id"], write_off=f"{owed // 100 + 1}"))
    with pytest.raises(IllegalMove, match="可核销本金"):
        proposed(beyond, ground="disaster")
    part = agreed(offered(loan["loan_id"], write_off="1000.00"))
    for ground in ("", "由我行决定"):
        with pytest.raises(IllegalMove) as refused:
            proposed(part, ground=ground)
        assert "没有这项核销依据" in refused.value.hint
    sound = agreed(offered(candidates["loan_id"][0], write_off="1000.00"))
    with pytest.raises(IllegalMove) as refused:
        proposed(sound, ground="disaster")
    assert "五级分类不符" in refused.value.hint
    held = proposed(part, ground="disaster")
    case = Case.objects.get(pk=held.case_id)
    assert (case.kind, len(case.steps), held.ground) == ("restructuring_write_off", 3, "disaster")
    decided(held, "inspector")
    may_write_off(999_99)
    with pytest.raises(NotPermitted):
        decided(held, "approver")
    may_write_off(1_000_00)
    held = decided(held, "approver")
    terms = held.decisions.get(kind="write_off").terms
    assert (terms["principal"], terms["ground"][:8]) == ("1000.00", "重大自然灾害或意")


def test_the_next_night_has_the_new_schedule_and_special_mention_with_its_clause(
    bank: Path, tmp_path: Path, settings: object, last_day: date, candidates: pl.DataFrame
) -> None:
    home = tmp_path / "home"
    shutil.copytree(bank, home)
    keep_own_book(home)
    settings.POSTLOAN_HOME = str(home)  # type: ignore[attr-defined]
    loan_id = with_others(candidates)
    held = proposed(agreed(offered(loan_id, extension="6", rate="2.5")))
    consented(held)
    if Case.objects.get(pk=held.case_id).waits_for == "restructure.review":
        decided(held, "inspector")
    key = uuid4()
    held = decided(held, "approver", key=key)
    assert decided(held, "approver", key=key).pk == held.pk
    assert Decision.objects.count() == 3
    given = 3 + sum(len(each.rows) for each in FeedRows.objects.filter(feed_day=None))
    on = last_day + DAY
    told = hand_over(home, on)
    assert (told["count"], told["accepted"], told["refused"]) == (given, given, 0)
    list(run_nights(home, [on]))
    row = read_loans(home, on).row(by_predicate=pl.col("loan_id") == loan_id, named=True)
    assert (row["tier"], row["is_restructured"]) == ("special_mention", True)
    assert row["tier_cite"].startswith("cn-2023-1 Art. 21")
    facts = Facts(home, None)
    loan_no, _debtor_no, shard = facts.find_loan(loan_id)
    made = planned(read_inputs(facts, shard, NO_NEIGHBOURS), as_ours(policy_on(load_rulebook(home), on)), on=on)
    quoted = Offer.objects.get(pk=held.chosen_id).instalments
    expected = tuple(Instalment(date.fromisoformat(day), *cents) for day, *cents in quoted)
    assert instalments_to_come(made.dues, loan_no, on) == expected
    assert row["rate_in_force_e8"] == 2_500_000
    adopt(home, on)
    watched = watched_seen(desk_of()).filter(loan_id=loan_id)
    assert watched["keeping"].to_list() == (["broken"] if row["days_past_due"] else ["kept"])


def test_the_pages_and_the_agreement(logged_in, candidates: pl.DataFrame) -> None:
    loan_id = with_others(candidates.drop_nulls("extension_latest_on"))
    client = logged_in("risk")
    page = client.get(f"/restructurings/of/{loan_id}/").content.decode()
    for said in ("展期上限", "各方案期供", "现金流现值", "减值准备", "登记为我行方案"):
        assert said in page
    asked = client.get(f"/restructurings/of/{loan_id}/?asked=1&extension-1=6&rate-2=2&split-3=x").content.decode()
    assert "填写不对：x" in asked
    made = client.post(f"/restructurings/of/{loan_id}/offer", {
        "extension-1": "6", "by": "bank", "offer_id": str(uuid4()), "held_id": str(uuid4()),
    })  # fmt: skip
    assert made.status_code == 302
    offer = Offer.objects.get()
    here = f"/restructurings/{offer.restructuring_id}/"
    client.post(f"{here}offers/{offer.pk}/answer", {"answer": "accepted", "note": "已面谈"})
    client.post(f"{here}propose", {
        "offer_id": str(offer.pk), "version": "1", "difficulty": "overdue", "reason": "回款放缓",
    })  # fmt: skip
    shown = client.get(here).content.decode()
    assert "尚无书面同意" in shown
    held = Restructuring.objects.get()
    photo = io.BytesIO()
    Image.effect_noise((64, 64), 40).save(photo, "PNG")
    photo.seek(0)
    photo.name = "同意书.png"
    asked_of = parties_asked(held, business_day(None))[0]
    sent = client.post(f"{here}consent", {
        "security_id": asked_of.security_id, "signed_on": str(business_day(None).on), "file": photo,
    })  # fmt: skip
    assert sent.status_code == 302
    paper = client.get(f"{here}consents/{held.consents.get().pk}")
    assert b"".join(paper.streaming_content).startswith(b"\x89PNG")
    word = client.get(f"{here}agreement.docx").content
    document = Document(io.BytesIO(word))
    cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
    assert held.debtor_name in cells
    assert str(offer.figures["ends_on"]) in cells
    assert client.get(f"{here}agreement.pdf").content.startswith(b"%PDF")
    assert client.get("/restructurings/").status_code == client.get("/restructurings/watched/").status_code == 200


def test_another_office_sees_nothing_of_it(logged_in, candidates: pl.DataFrame) -> None:
    officer = person("officer")
    other = candidates.filter(pl.col("org_id") != officer.org_id)["loan_id"][0]
    made = offered(other, extension="3")
    client = logged_in("officer")
    assert client.get(f"/restructurings/{made.restructuring_id}/").status_code == 404
    assert client.get(f"/restructurings/of/{other}/").status_code == 404
