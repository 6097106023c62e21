"""The pages of classification: what each role sees, and that a double click and an office elsewhere change nothing."""

import re
from uuid import uuid4

import pytest
from deciding import determine, item_waiting, more_items, person, version_of, worse
from django.test import Client

from postloan.desk.approval.models import Case
from postloan.desk.classification.models import Batch, Item
from postloan.desk.core.models import Decision

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loans_to_class(db: None) -> None:
    more_items()


def page_of(item: Item, then: str = "") -> str:
    return f"/classification/{item.batch_id}/loans/{item.loan_id}/{then}"


@pytest.mark.parametrize("username", ["officer", "risk", "approver", "manager", "auditor"])
def test_everybody_who_may_read_sees_the_pages(logged_in, username: str) -> None:
    client, item = logged_in(username), item_waiting("propose")
    batch = item.batch_id
    for address in (
        "/classification/", f"/classification/items/?batch={batch}", "/classification/items/?tab=all", page_of(item),
        f"/classification/{batch}/retail/", f"/classification/{batch}/paper/", "/approvals/",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address
    assert client.get(f"/classification/{batch}/").status_code == 302
    word = client.get(f"/classification/{batch}/paper/?as=docx")
    assert word.content[:2] == b"PK"


def test_an_office_elsewhere_is_not_there(logged_in) -> None:
    officer = person("officer")
    other = Batch.objects.exclude(org=officer.org).filter(items__isnull=False)[0]
    item = other.items.select_related("case").all()[0]
    client = logged_in("officer")
    for address in (page_of(item), f"/classification/{other.pk}/retail/", f"/classification/{other.pk}/paper/"):
        assert client.get(address).status_code == 404
    sent = {"version": item.case.version, "opinion": "agree"}
    assert client.post(page_of(item, "opinion"), sent).status_code == 404
    assert logged_in("inspector").get("/classification/").status_code == 403


def test_a_double_click_is_one_step_and_one_decision(logged_in) -> None:
    item = item_waiting("propose", tier="pass")
    sent = {"version": version_of(item), "opinion": "worse", "tier": "loss", "reason": "失联"}
    client = logged_in("officer")
    assert client.post(page_of(item, "opinion"), sent).status_code == 302
    assert client.post(page_of(item, "opinion"), sent).status_code == 409
    determine(item, worse("loss"))
    approving = {"version": version_of(item), "decision_id": str(uuid4())}
    client = logged_in("approver")
    assert client.post(page_of(item, "approve"), approving).status_code == 302
    assert client.post(page_of(item, "approve"), approving).status_code == 302
    assert Decision.objects.count() == 1
    assert client.post(page_of(item, "approve"), approving | {"decision_id": str(uuid4())}).status_code == 409


def test_a_past_day_is_looked_at_only(logged_in, bank) -> None:
    from postloan.snapshot.read import published_days  # noqa: PLC0415

    item, first = item_waiting("propose"), published_days(bank)[0]
    client = logged_in("officer")
    assert 'name="opinion"' not in client.get(page_of(item) + f"?on={first}").content.decode()
    sent = {"version": version_of(item), "opinion": "agree"}
    assert client.post(page_of(item, "opinion") + f"?on={first}", sent).status_code == 409


def test_the_button_agrees_to_as_many_as_it_says(logged_in) -> None:
    client, batch = logged_in("officer"), item_waiting("propose").batch_id
    drawn = client.get(f"/classification/items/?batch={batch}").content.decode()
    sent = dict(re.findall(r'type="hidden" name="(step|count|cents)" value="([^"]+)"', drawn))
    assert client.post(f"/classification/{batch}/agree-all", sent).status_code == 302
    assert client.post(f"/classification/{batch}/agree-all", sent).status_code == 409


def test_persons_are_confirmed_in_a_batch_by_two_people(logged_in) -> None:
    batch = item_waiting("propose").batch
    case = Case.objects.get(sheet__batch=batch)
    address = f"/classification/{batch.pk}/retail/confirm"
    assert logged_in("approver").post(address, {"version": case.version}).status_code == 403
    assert logged_in("risk").post(address, {"version": case.version}).status_code == 302
    assert logged_in("risk").post(address, {"version": case.version}).status_code == 409
    back = {"version": case.version + 1, "return": "1", "reason": "请核对例外"}
    assert logged_in("approver").post(address, back).status_code == 302
    assert logged_in("risk").post(address, {"version": case.version + 2}).status_code == 302
    assert logged_in("approver").post(address, {"version": case.version + 3}).status_code == 302
    assert Case.objects.get(pk=case.pk).state == "approved"


def test_an_exception_among_persons_is_classed_by_itself(logged_in, loans) -> None:
    officer = person("officer")
    batch = Batch.objects.get(org=officer.org)
    mine = loans.filter(org_id=officer.org_id, status="active", is_retail=True)
    held = set(batch.items.values_list("loan_id", flat=True))
    loan_id = next(each for each in mine.filter(tier="pass")["loan_id"] if each not in held)
    sent = {"loan_id": loan_id, "opinion": "worse", "tier": "substandard", "reason": "借款人死亡"}
    client: Client = logged_in("officer")
    address = f"/classification/{batch.pk}/retail/exception"
    assert client.post(address, sent | {"reason": ""}).status_code == 400
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 400
    item = batch.items.get(loan_id=loan_id)
    assert (item.is_exception, item.opinion_tier) == (True, "substandard")
    assert Case.objects.get(pk=item.case_id).waits_for == "classification.determine"
