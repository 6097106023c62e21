"""What the demo's people have begun of letters and agreed disposals, and that links lead there."""

import pytest

from postloan.desk.outbox.models import Message
from postloan.desk.preservation.models import Realisation

pytestmark = pytest.mark.django_db


def test_a_letter_waits_and_links_lead_to_it(logged_in) -> None:
    letter = Message.objects.get(cause="written")
    assert (letter.channel, letter.state) == ("letter", "queued")
    for who in ("manager", "collector"):
        client = logged_in(who)
        assert f"/outbox/{letter.pk}/" in client.get("/outbox/?channel=letter").content.decode()
        assert f"/outbox/{letter.pk}/letter.docx" in client.get(f"/outbox/{letter.pk}/").content.decode()
        assert client.get(f"/outbox/{letter.pk}/letter.docx").status_code == 200


def test_an_agreement_with_an_owner_waits_and_links_lead_to_it(logged_in) -> None:
    held = Realisation.objects.get()
    assert (held.state, held.way) == ("proposed", "sale")
    preserver = logged_in("preserver")
    page = f"/preservation/realisations/{held.pk}/"
    assert page in preserver.get("/preservation/realisations/").content.decode()
    assert "价款分配" in preserver.get(page).content.decode()
    start = f"/preservation/realisations/of/{held.collateral_id}/"
    assert start in preserver.get(f"/collateral/of/{held.collateral_id}/").content.decode()
    for way in ("", "convert", "auction", "sale"):
        shown = preserver.get(f"{start}?way={way}").content.decode()
        assert page in shown
        assert ("提交审批" in shown) == bool(way)
    preserver.cookies["django_language"] = "en"
    told = preserver.get(page).content.decode()
    for words in ("What the price pays", "Reserve", "Proposed prices", "Mortgage"):
        assert words in told, words
