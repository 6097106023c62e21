"""A reason, or another text, that a page sends is kept whole or refused: it is never cut."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps

import postloan.desk
from postloan.desk.core.actions import require_reason
from postloan.desk.core.forms import LONG_MOST, REASON_MOST, SHORT_MOST, reason_from, text_from
from postloan.desk.core.models import Grant, Officer, Org
from postloan.errors import FormWrong, ReasonMissing

DESK = Path(postloan.desk.__path__[0])
CUT = re.compile(
    r'POST\.get\("\w+", ""\)(\.strip\(\))?\[:_|(given|sent)\.get\("\w+", ""\)(\.strip\(\))?\[:_|\breason\[:'
)
NO_TEXTS = re.compile(r'\.get\("reason"')

ITEM = "/classification/{classification.Item.batch_id}/loans/{classification.Item.loan_id}"
PAGES = (
    ("/warnings/{warning.WarningCase}/verify", "reason", REASON_MOST),
    ("/warnings/{warning.WarningCase}/verify", "evidence", LONG_MOST),
    ("/warnings/{warning.WarningCase}/plan", "reason", REASON_MOST),
    ("/warnings/{warning.WarningCase}/lift", "reason", REASON_MOST),
    ("/collection/{collection.CollectionCase}/outcome", "note", REASON_MOST),
    ("/collection/{collection.CollectionCase}/court", "reason", REASON_MOST),
    ("/visits/of/{collection.CollectionCase}/plan", "reason", REASON_MOST),
    ("/contacts/of/{warning.WarningCase.debtor_id}/complain", "text", LONG_MOST),
    ("/contacts/of/{warning.WarningCase.debtor_id}/do-not-call", "reason", REASON_MOST),
    ("/contacts/of/{warning.WarningCase.debtor_id}/exemptions", "reason", REASON_MOST),
    ("/debtors/{warning.WarningCase.debtor_id}/phone/open", "reason", REASON_MOST),
    ("/outbox/{outbox.Message}/cancel", "reason", REASON_MOST),
    ("/outbox/{outbox.Message}/receipt", "note", SHORT_MOST),
    ("/agencies/{agency.Agency}/decide", "reason", REASON_MOST),
    ("/agencies/{agency.Agency}/leave", "reason", REASON_MOST),
    ("/agencies/{agency.Agency}/placed", "reason", REASON_MOST),
    ("/agencies/{agency.Agency}/evaluated", "note", REASON_MOST),
    ("/agencies/placements/{agency.Placement}/recall", "reason", REASON_MOST),
    ("/agencies/propose", "check_licence", SHORT_MOST),
    ("/findings/{inspection.Finding}/correct", "correction", REASON_MOST),
    ("/findings/{inspection.Finding}/confirm", "reason", REASON_MOST),
    ("/inspections/order", "reason", REASON_MOST),
    ("/inspections/{inspection.Inspection}/accept", "opinion", REASON_MOST),
    ("/inspections/{inspection.Inspection}/return", "reason", REASON_MOST),
    (f"{ITEM}/opinion", "reason", REASON_MOST),
    (f"{ITEM}/approve", "reason", REASON_MOST),
    (f"{ITEM}/return", "reason", REASON_MOST),
    ("/freezes/{lending.Freeze}/decide", "reason", REASON_MOST),
    ("/freezes/{lending.Freeze}/lift", "reason", REASON_MOST),
    ("/disposals/{disposal.DisposalCase}/plan", "reason", REASON_MOST),
    ("/disposals/{disposal.DisposalCase}/progress", "reason", REASON_MOST),
    ("/preservation/packages/{preservation.Package}/check", "finding", REASON_MOST),
    ("/preservation/packages/{preservation.Package}/price", "reason", REASON_MOST),
    ("/preservation/packages/{preservation.Package}/move", "reason", REASON_MOST),
    ("/preservation/packages/{preservation.Package}/propose", "reason", REASON_MOST),
    ("/preservation/handovers/{preservation.Handover}/tick", "reason", REASON_MOST),
    ("/preservation/handovers/{preservation.Handover}/give", "note", REASON_MOST),
    ("/preservation/assets/{preservation.Asset}/count", "note", REASON_MOST),
    ("/preservation/assets/{preservation.Asset}/sell", "reason", REASON_MOST),
    ("/preservation/firms/{preservation.Firm}/conflict", "reason", REASON_MOST),
    ("/preservation/mandates/{preservation.Mandate}/close", "result", REASON_MOST),
    ("/preservation/accountability/{preservation.Accountability}/propose", "facts", 4000),
    ("/preservation/accountability/{preservation.Accountability}/vote", "reason", REASON_MOST),
    ("/restructurings/{restructure.Restructuring}/drop", "reason", REASON_MOST),
    ("/restructurings/{restructure.Offer.restructuring_id}/offers/{restructure.Offer}/answer", "note", REASON_MOST),
    ("/impairment/review", "note", REASON_MOST),
    ("/impairment/sign", "note", REASON_MOST),
    ("/impairment/proposals/{impairment.Proposal}/decide", "reason", REASON_MOST),
    ("/collateral/calls/{collateral.Call}/notice", "note", REASON_MOST),
    ("/collateral/claims/{collateral.Claim}/tell", "note", REASON_MOST),
    ("/collateral/claims/{collateral.Claim}/drop", "reason", REASON_MOST),
    ("/collateral/of/{collateral.Claim.collateral_id}/loss", "what", LONG_MOST),
    ("/models/{modelling.ModelCard}/retire", "reason", REASON_MOST),
    ("/models/alarms/{modelling.Alarm}/dispose", "reason", REASON_MOST),
    ("/events/{arrival.ArrivedEvent}/set-aside", "reason", REASON_MOST),
    ("/studio/changes/{studio.RuleChange}/propose", "reason", REASON_MOST),
    ("/work/{core.WorkItem}/done", "note", REASON_MOST),
    ("/work/urge", "reason", REASON_MOST),
    ("/work/transfer", "reason", SHORT_MOST),
    ("/delegations/", "reason", SHORT_MOST),
    ("/view-as/", "reason", REASON_MOST),
    ("/officers/{core.Officer}/grants/end", "reason", REASON_MOST),
)  # fmt: skip


def test_a_reason_is_kept_whole_up_to_what_the_chain_holds() -> None:
    assert reason_from({"reason": "因" * REASON_MOST}) == "因" * REASON_MOST
    assert reason_from({}) == ""
    assert require_reason(" " + "因" * REASON_MOST + " ") == "因" * REASON_MOST


def test_a_longer_one_is_refused_with_both_numbers() -> None:
    told = {"field": "reason", "most": REASON_MOST, "given": REASON_MOST + 1}
    for ask in (lambda text: reason_from({"reason": text}), require_reason):
        with pytest.raises(FormWrong) as refused:
            ask("因" * (REASON_MOST + 1))
        assert refused.value.where == told
    with pytest.raises(ReasonMissing):
        require_reason(" \n ")


def test_a_new_line_counts_as_one_sign_as_it_does_in_the_browser() -> None:
    assert text_from({"note": "一\r\n二"}, "note", 3) == "一\n二"


def test_no_page_offers_room_for_more() -> None:
    """The templates' own bound, which every page gives, is the same or less."""
    pages = [page.read_text() for page in DESK.rglob("*.html")]
    fields = [m for page in pages for m in re.findall(r'<(?:input|textarea)[^>]*name="reason"[^>]*>', page)]
    shown = [each for each in fields if 'type="hidden"' not in each]
    bounds = [re.search(r'maxlength="(\d+)"', each) for each in shown]
    assert [field for field, bound in zip(shown, bounds, strict=True) if bound is None] == []
    assert {int(bound[1]) for bound in bounds if bound} == {SHORT_MOST, REASON_MOST}


@pytest.mark.parametrize(
    "line", ['request.POST.get("note", "")[:_TEXT_MOST]', 'given.get("reason", "")', "x.save(reason=reason[:1000])"]
)
def test_the_rule_refuses_its_examples(line: str) -> None:
    assert CUT.search(line) or NO_TEXTS.search(line)


def test_no_view_reads_a_reason_by_itself_and_none_cuts_a_text() -> None:
    sources = [path for path in DESK.rglob("*.py") if path != DESK / "core" / "forms.py"]
    lines = [(path.name, line.strip()) for path in sources for line in path.read_text().splitlines()]
    assert [each for each in lines if CUT.search(each[1]) or NO_TEXTS.search(each[1])] == []


@pytest.fixture
def mighty(db: None) -> Officer:
    """Somebody who may do everything, everywhere."""
    officer, root = Officer.objects.get(username="supervisor"), Org.objects.get(parent=None)
    wanted = Grant.objects.values_list("action", flat=True).distinct()
    begins_on = Grant.objects.order_by("begins_on").values_list("begins_on", flat=True)[0]
    Grant.objects.bulk_create(
        Grant(officer=officer, action=action, org=root, role="test", begins_on=begins_on) for action in wanted
    )
    return officer


def filled(pattern: str) -> str:
    """Fill a pattern with what the demo holds: {app.Model} is a key, {app.Model.column} is what stands there."""

    def value(found: re.Match[str]) -> str:
        app, model, *column = found[1].split(".")
        held = apps.get_model(app, model).objects.order_by("pk").first()
        return str(getattr(held, column[0] if column else "pk"))

    return re.sub(r"{([\w.]+)}", value, pattern)


def stored() -> dict[str, int]:
    return {each._meta.label: each.objects.count() for each in apps.get_models() if hasattr(each, "objects")}


@pytest.mark.django_db
@pytest.mark.parametrize(("pattern", "field", "most"), PAGES, ids=str)
def test_a_longer_text_is_refused_on_its_page_and_nothing_is_stored(
    pattern: str, field: str, most: int, mighty: Officer, logged_in, last_day
) -> None:
    debtor_id = filled("{warning.WarningCase.debtor_id}")
    day, client = last_day.isoformat(), logged_in(mighty.username)
    days = ("on", "begins_on", "ends_on", "due_on", "happened_on", "sent_on", "sold_on", "effective_from")
    keys = ("made_id", "deed_id", "matter_id", "claim_id", "loss_id", "decision_id", "attempt", "batch", "bid")
    numbers = ("version", "amount", "loss", "reserve", "proceeds", "taxes", "recovered", "point", "ticked", "key")
    scores = ("score_compliance", "score_complaints", "score_reporting", "score_recovery")
    sent = {
        **dict.fromkeys(days, day), **dict.fromkeys(keys, str(uuid4())), **dict.fromkeys((*numbers, *scores), "1"),
        "reason": "因", "note": "因", "evidence": "因", "year": "2026", "giver": "officer", "taker": "risk",
        "username": "risk", "org": mighty.org_id, "role": "officer", "debtor_id": debtor_id,
        "at": f"{day}T10:00",
    }  # fmt: skip
    before = stored()
    answer = client.post(filled(pattern), sent | {field: "因" * (most + 1)})
    assert answer.status_code == 400, answer.status_code
    assert f"请缩短到 {most} 个字以内" in answer.content.decode()
    assert stored() == before
