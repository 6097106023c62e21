"""The register of models: what is taken and what is refused, approval by a chain of people, replacing, retiring."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from deciding import person
from django.core.files.uploadedfile import SimpleUploadedFile
from modelling import also, approved, at_once, card_of_a_book, decided, proposed

from postloan.desk.approval.models import Case
from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, WorkItem
from postloan.desk.modelling.actions import card_decide, retirement_propose
from postloan.desk.modelling.models import ModelCard
from postloan.desk.modelling.reading import card_held, card_sent
from postloan.errors import (
    CardChanged,
    CardWrong,
    FileRefused,
    FormWrong,
    IllegalMove,
    NotPermitted,
    PostloanError,
    ReasonMissing,
    SamePerson,
    StaleView,
)
from postloan.models.card import card_file, card_of

ONE = timedelta(days=1)
MOST = 5_000_000
within_a_test = pytest.mark.django_db
at_the_same_instant = pytest.mark.django_db(transaction=True)


def form(content: bytes, **more: object) -> dict[str, object]:
    told = {
        "file": SimpleUploadedFile("card.json", content), "purpose": "行为评分", "reason": "见报告",
        "effective_from": str(business_day(None).on), "card_id": str(uuid4()),
    }  # fmt: skip
    return told | more


def edited(content: bytes, **changes: object) -> bytes:
    said = json.loads(content)
    said["card"] |= changes
    return json.dumps(said).encode()


@within_a_test
def test_a_card_is_sent_validated_approved_and_taken_out_with_its_approval(logged_in) -> None:
    card, on = card_of_a_book(), business_day(None).on
    answer = logged_in("modeller").post("/models/new", form(card_file(card)))
    assert answer.status_code == 302
    held = ModelCard.objects.get(model_id="made")
    address = f"/models/{held.pk}/"
    assert "行为评分" in logged_in("auditor").get(address).content.decode()
    assert not card_held(held).is_effective(on)
    for who in ("approver", "manager"):
        held.refresh_from_db()
        sent = {"verdict": "agree", "version": Case.objects.get(pk=held.case_id).version, "reason": "同意"}
        assert logged_in(who).post(f"{address}decide", sent).status_code == 302
    held = ModelCard.objects.select_related("approved_by").get(pk=held.pk)
    assert (held.state, held.approved_by.username, held.approved_on, held.effective_from) == (
        "approved", "manager", on, on,
    )  # fmt: skip
    taken = card_of(logged_in("auditor").get(f"{address}card.json").content, "card.json")
    assert taken.sha256 == card.sha256
    assert taken.is_effective(on)
    assert not taken.is_effective(on - ONE)
    assert taken.approval.approver == person("manager").name
    told = AuditEntry.objects.filter(action__startswith="model.").order_by("seq")
    # Every entry names the card by its hash.
    made = [entry for entry in told if entry.told.get("subject_of") == f"model:{held.pk}:{card.sha256[:32]}"]
    assert [(entry.action, entry.officer) for entry in made] == [
        ("model.propose", "modeller"), ("model.validate", "approver"), ("model.approve", "manager"),
    ]  # fmt: skip
    assert list(faults_of_chain()) == []
    # A card that brings an approval along, even a true one, is not taken back in.
    with pytest.raises(FormWrong):
        card_sent("card.json", card_file(taken), MOST)


@within_a_test
@pytest.mark.parametrize(
    ("spoil", "refusal", "code"),
    [
        (lambda _content: b"", FileRefused, "PL-D30"),
        (lambda content: content + b" " * MOST, FileRefused, "PL-D30"),
        (lambda _content: b"%PDF-1.7", CardWrong, "PL-M01"),
        (lambda content: edited(content, surprise=1), CardWrong, "PL-M01"),
        (lambda content: edited(content, calibration=None, parameters={"kind": "migration"}), CardWrong, "PL-M01"),
        (lambda content: edited(content, features=["other"]), CardChanged, "PL-M02"),
        (lambda content: edited(content, version=2), CardChanged, "PL-M02"),
    ],
)
def test_a_bad_card_is_refused_with_its_code_and_place(spoil, refusal, code, logged_in) -> None:
    content = spoil(card_file(card_of_a_book()))
    with pytest.raises(refusal) as refused:
        card_sent("card.json", content, MOST)
    fault = refused.value
    assert (fault.code, fault.where["file"]) == (code, "card.json")
    assert fault.hint
    if refusal is CardWrong:
        assert fault.where["at"] in {"the file", "card.surprise", "card.parameters.migration.unit"}
    answer = logged_in("modeller").post("/models/new", form(content))
    assert answer.status_code in {400, 409}
    assert code in answer.content.decode()
    assert not ModelCard.objects.filter(model_id="made").exists()


@within_a_test
def test_a_number_changed_by_one_in_the_register_is_seen(logged_in) -> None:
    held = approved(card_of_a_book())
    said = json.loads(held.content)
    said["card"]["parameters"]["characteristics"][0]["bins"][0]["points"] += 1
    ModelCard.objects.filter(pk=held.pk).update(content=json.dumps(said))
    for address in (f"/models/{held.pk}/", f"/models/{held.pk}/card.json"):
        answer = logged_in("auditor").get(address)
        assert answer.status_code == 409
        assert "PL-M02" in answer.content.decode()
    # One who writes the hash of the changed card into its file is found by the hash beside it.
    said["sha256"] = card_sha(said)
    ModelCard.objects.filter(pk=held.pk).update(content=json.dumps(said))
    with pytest.raises(CardChanged):
        card_held(ModelCard.objects.get(pk=held.pk))


def card_sha(said: dict[str, object]) -> str:
    from postloan.models.card import Card  # noqa: PLC0415

    return Card.model_validate_json(json.dumps(said["card"])).sha256


@within_a_test
@pytest.mark.parametrize(
    ("who", "change", "refusal"),
    [
        ("auditor", {}, NotPermitted),
        ("risk", {}, NotPermitted),
        ("modeller", {"purpose": " "}, ReasonMissing),
        ("modeller", {"reason": ""}, ReasonMissing),
        ("modeller", {"effective_from": "2020-01-01"}, FormWrong),
        ("modeller", {"effective_from": "soon"}, FormWrong),
        ("modeller", {"card_id": "1"}, FormWrong),
        ("modeller", {"file": ""}, FormWrong),
    ],
)
def test_who_may_register_and_what_has_to_be_said(who, change, refusal: type[PostloanError], logged_in) -> None:
    answer = logged_in(who).post("/models/new", form(card_file(card_of_a_book())) | change)
    assert refusal.code in answer.content.decode()
    assert answer.status_code in {400, 403}
    assert not ModelCard.objects.filter(model_id="made").exists()


@within_a_test
def test_twice_is_once_and_a_version_stands_once() -> None:
    card, key = card_of_a_book(), uuid4()
    assert proposed(card, key=key).pk == proposed(card, key=key).pk
    with pytest.raises(FormWrong, match="已经登记"):
        proposed(card)
    with pytest.raises(FormWrong, match="第 1 版"):
        proposed(card_of_a_book(seed=2))
    decided(ModelCard.objects.get(pk=key), "approver", "refuse")
    assert ModelCard.objects.get(pk=key).state == "refused"
    assert proposed(card_of_a_book(seed=2)).state == "proposed"


@within_a_test
@pytest.mark.parametrize(
    ("who", "more", "refusal"),
    [
        ("modeller", {}, NotPermitted),
        ("auditor", {}, NotPermitted),
        ("approver", {"seen": 1}, StaleView),
        ("approver", {"verdict": "perhaps"}, FormWrong),
    ],
)
def test_who_may_take_the_next_step(who, more, refusal) -> None:
    held = proposed(card_of_a_book())
    with pytest.raises(refusal):
        decided(held, who, **more)
    assert ModelCard.objects.get(pk=held.pk).state == "proposed"


@within_a_test
def test_whoever_proposed_or_validated_does_not_approve_and_refusing_needs_a_reason() -> None:
    also("modeller", "model.validate", "model.approve")
    also("approver", "model.approve")
    held = proposed(card_of_a_book())
    with pytest.raises(SamePerson):
        decided(held, "modeller")
    decided(held, "approver")
    for who in ("modeller", "approver"):
        with pytest.raises(SamePerson):
            decided(held, who)
    case = Case.objects.get(pk=held.case_id)
    with pytest.raises(ReasonMissing):
        card_decide(person("manager"), held.pk, "refuse", seen_version=case.version, reason=" ", day=business_day(None))
    assert decided(held, "manager", "refuse").state == "refused"
    with pytest.raises(IllegalMove):
        decided(held, "manager")
    assert not WorkItem.objects.filter(subject__startswith=f"case:{case.pk}:", state="open").exists()


@within_a_test
def test_a_successor_takes_the_place_on_its_day_and_both_hold_on_their_own_days() -> None:
    on = business_day(None).on
    first, second = approved(card_of_a_book()), proposed(card_of_a_book(version=2), days=10)
    decided(second, "approver")
    decided(second, "manager")
    first, second = (ModelCard.objects.get(pk=each.pk) for each in (first, second))
    assert (first.state, first.effective_to, first.replaced_by_id) == ("replaced", on + 9 * ONE, second.pk)
    assert (second.state, second.effective_from) == ("approved", on + 10 * ONE)
    held = [card_held(each) for each in (first, second)]
    for day in range(20):
        assert [card.is_effective(on + day * ONE) for card in held] == [day < 10, day >= 10]
    assert AuditEntry.objects.filter(action="model.replaced", subject__contains=str(first.pk)).count() == 1


@within_a_test
def test_a_card_is_retired_by_two_people_or_stays() -> None:
    day, held = business_day(None), approved(card_of_a_book())
    with pytest.raises(NotPermitted):
        retirement_propose(person("manager"), held.pk, seen_version=held.version, reason="不再使用", day=day)
    with pytest.raises(ReasonMissing):
        retirement_propose(person("modeller"), held.pk, seen_version=held.version, reason="", day=day)
    with pytest.raises(StaleView):
        retirement_propose(person("modeller"), held.pk, seen_version=held.version + 1, reason="不再使用", day=day)
    held = retirement_propose(person("modeller"), held.pk, seen_version=held.version, reason="不再使用", day=day)
    assert card_held(held).is_effective(day.on)
    decided(held, "manager", "refuse")
    held.refresh_from_db()
    assert (held.state, held.effective_to) == ("approved", None)
    held = retirement_propose(person("modeller"), held.pk, seen_version=held.version, reason="不再使用", day=day)
    decided(held, "manager")
    held.refresh_from_db()
    assert (held.state, held.effective_to) == ("retired", day.on)
    assert not card_held(held).is_effective(day.on + ONE)


@within_a_test
def test_a_successor_of_one_that_is_being_retired_leaves_its_case_under_way() -> None:
    day, first = business_day(None), approved(card_of_a_book())
    retirement_propose(person("modeller"), first.pk, seen_version=first.version, reason="不再使用", day=day)
    second = approved(card_of_a_book(version=2), days=5)
    first.refresh_from_db()
    assert (first.state, first.replaced_by_id) == ("retiring", second.pk)
    decided(first, "manager", "refuse")
    first.refresh_from_db()
    assert (first.state, first.effective_to) == ("replaced", day.on + 4 * ONE)


@at_the_same_instant
def test_of_two_approvers_and_of_two_proposers_at_the_same_instant_one_wins() -> None:
    also("supervisor", "model.approve", "model.propose")
    card = card_of_a_book()
    deeds = [lambda who=who: proposed(card, who=who) for who in ("modeller", "supervisor")]
    assert at_once(*deeds) == sorted(["won", FormWrong], key=str)
    held = ModelCard.objects.get(model_id="made")
    decided(held, "approver")
    also("auditor", "model.approve")
    seen = Case.objects.get(pk=held.case_id).version
    approvals = [lambda who=who: decided(held, who, seen=seen) for who in ("manager", "auditor")]
    assert at_once(*approvals) == sorted(["won", StaleView], key=str)
    assert ModelCard.objects.get(pk=held.pk).state == "approved"
    assert list(faults_of_chain()) == []
