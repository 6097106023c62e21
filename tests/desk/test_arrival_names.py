"""Texts of events: whom they name, what waits for somebody to say so, aliases, and who may look and decide."""

from datetime import timedelta

import polars as pl
import pytest
from arriving import Source, event, free_debtors, source
from deciding import person
from zeal import zeal_ignore

from postloan.desk.arrival.matching.actions import alias_add, match_decide
from postloan.desk.arrival.models import Alias, ArrivedEvent, Match
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, WorkItem
from postloan.desk.core.pages import Desk
from postloan.desk.warning.models import WarningCase
from postloan.desk.worklist.queries import work_seen
from postloan.errors import IllegalMove, NotPermitted, ReasonMissing, StaleView

pytestmark = pytest.mark.django_db


@pytest.fixture
def press(db: None) -> Source:
    return Source(source("press-feed"))


@pytest.fixture
def company() -> dict[str, object]:
    return free_debtors("officer").row(0, named=True)


def news(text: str, **more: object) -> dict[str, object]:
    return event("", event_id=str(more.pop("event_id", "N-1")), source="media", kind="", text=text, **more)


def misspelt(name: str) -> str:
    """The name with another letter in the middle of its own words."""
    return f"{name[:4]}囍{name[5:]}"


def waiting(press: Source, company: dict[str, object]) -> Match:
    """A match by likeness that waits."""
    told = press.post(news(f"有消息称，{misspelt(str(company['name']))}资金链断裂。")).json()["events"][0]
    assert told["state"] == "waiting", told
    return Match.objects.get(debtor_id=company["debtor_id"])


def test_a_full_name_is_taken_and_the_tone_makes_the_kind(press: Source, company: dict[str, object]) -> None:
    [told] = press.post(news(f"{company['name']}资金链断裂，供应商上门讨债。")).json()["events"]
    assert (told["kind"], told["score"], told["state"]) == ("negative_news", -9, "settled")
    [match] = told["debtors"]
    assert (match["debtor_id"], match["how"], match["state"]) == (company["debtor_id"], "exact", "confirmed")
    assert [(each["signal"][:6], each["level"]) for each in match["signals"]] == [("WS-IND", "yellow")]
    assert WarningCase.objects.get(debtor_id=company["debtor_id"]).level == "yellow"


def test_what_is_only_alike_waits_and_raises_nothing_until_it_is_confirmed(
    press: Source, company: dict[str, object]
) -> None:
    match = waiting(press, company)
    assert (match.state, match.how, match.raised) == ("waiting", "fuzzy", [])
    assert not WarningCase.objects.filter(debtor_id=company["debtor_id"]).exists()
    day = business_day(None)
    with pytest.raises(NotPermitted):
        match_decide(person("officer"), match.pk, confirms=True, seen_version=match.version, reason="", day=day)
    with pytest.raises(ReasonMissing):
        match_decide(person("risk"), match.pk, confirms=False, seen_version=match.version, reason="", day=day)
    with pytest.raises(StaleView):
        match_decide(person("risk"), match.pk, confirms=True, seen_version=match.version + 1, reason="", day=day)
    item = WorkItem.objects.get(kind="event_match", subject=match.subject, state="open")
    assert (item.org_id, item.title, item.page) == (match.org_id, match.debtor_name, f"/events/{match.event_id}/")
    assert (item.due_on, item.told) == (day.on + timedelta(days=2), match.found)
    risk = person("risk")
    assert item in work_seen(Desk(risk, actions_of(risk), scope_of(risk, "work.read"), None))
    match_decide(person("risk"), match.pk, confirms=True, seen_version=match.version, reason="核对过", day=day)
    item.refresh_from_db()
    assert (item.state, item.note) == ("done", "核对过")
    assert WarningCase.objects.get(debtor_id=company["debtor_id"]).level == "yellow"
    with pytest.raises(IllegalMove):
        match_decide(person("risk"), match.pk, confirms=True, seen_version=match.version + 1, reason="", day=day)
    assert AuditEntry.objects.get(action="event.matched").told["after"] == "confirmed"


def test_what_is_taken_at_once_opens_no_work_and_the_same_again_opens_none(
    press: Source, company: dict[str, object]
) -> None:
    press.post(news(f"{company['name']}资金链断裂，供应商上门讨债。", event_id="N-sure"))
    assert not WorkItem.objects.filter(kind="event_match", title=company["name"]).exists()


def test_what_is_denied_raises_nothing(press: Source, company: dict[str, object]) -> None:
    match = waiting(press, company)
    press.post(news(match.event.text, event_id=match.event.event_id))
    assert WorkItem.objects.filter(kind="event_match", subject=match.subject).count() == 1
    match_decide(person("risk"), match.pk, confirms=False, seen_version=match.version, reason="另一家公司",
                 day=business_day(None))  # fmt: skip
    if not Match.objects.filter(event=match.event, state="waiting").exists():
        assert ArrivedEvent.objects.get().state == "set_aside"
    assert not WarningCase.objects.filter(debtor_id=company["debtor_id"]).exists()


def test_an_alias_of_the_banks_is_taken_from_then_on(press: Source, company: dict[str, object]) -> None:
    text = "老厂子旗下工厂停产，员工称拖欠工资已三个月。"
    assert press.post(news(text)).json()["events"][0]["state"] == "nobody"
    day = business_day(None)
    with pytest.raises(NotPermitted):
        alias_add(person("officer"), company, alias="老厂子", reason="当地叫法", day=day)
    for _twice in range(2):
        alias_add(person("risk"), company, alias="老厂子", reason="当地叫法", day=day)
    assert Alias.objects.count() == 1
    [told] = press.post(news(text, event_id="N-2")).json()["events"]
    assert [(each["how"], each["state"]) for each in told["debtors"]] == [("alias", "confirmed")]
    assert told["kind"] == "production_stopped"


def test_a_correction_keeps_whom_somebody_confirmed(press: Source, company: dict[str, object]) -> None:
    press.post(news(f"{company['name']}亏损。"))
    corrected = news(f"{company['name']}亏损，董事长失联。") | {"is_correction": True}
    [told] = press.post(corrected).json()["events"]
    assert (told["became"], told["kind"], len(told["debtors"])) == ("corrected", "unreachable", 1)


def test_pages_of_events(press: Source, company: dict[str, object], logged_in) -> None:
    match = waiting(press, company)
    press.post(news("某公司停产。", event_id="N-9"))
    risk, held = logged_in("risk"), match.event_id
    for url in ("/events/?tab=all", "/events/?tab=waiting", "/events/matches", f"/events/{held}/", "/events/aliases"):
        assert risk.get(url).status_code == 200, url
    page = risk.get(f"/events/{held}/").content.decode()
    assert '<mark class="tone-bad"' in page
    assert '<mark class="tone-name"' in page
    with zeal_ignore():
        sent = {"version": match.version, "verdict": "confirm", "reason": "已核对"}
        assert risk.post(f"/events/matches/{match.pk}/decide", sent).status_code == 302
    page = risk.get(f"/events/{held}/").content.decode()
    assert f"/warnings/{WarningCase.objects.get(debtor_id=company['debtor_id']).pk}/" in page
    sent = {"debtor": company["debtor_id"], "alias": "老厂子", "reason": "简称"}
    assert risk.post("/events/aliases/new", sent).status_code == 302
    assert "老厂子" in risk.get("/events/aliases").content.decode()
    assert risk.post(f"/events/aliases/{Alias.objects.get().pk}/end", {"reason": "不再用"}).status_code == 302
    assert "老厂子" not in risk.get("/events/aliases").content.decode()
    assert logged_in("officer").get(f"/events/{held}/").status_code == 200
    assert logged_in("officer").post(f"/events/matches/{match.pk}/decide", {}).status_code == 403
    assert logged_in("inspector").get("/events/").status_code == 403


def test_nobody_sees_an_event_of_other_offices(press: Source, logged_in) -> None:
    mine = person("officer").org_id
    other = free_debtors().filter(pl.col("org_id").cast(pl.String) != mine).row(0, named=True)
    press.post(news(f"{other['name']}停产。"))
    held = ArrivedEvent.objects.get()
    officer = logged_in("officer")
    assert officer.get(f"/events/{held.pk}/").status_code == 404
    assert other["name"] not in officer.get("/events/?tab=all").content.decode()
    assert other["name"] not in officer.get("/events/matches?tab=all").content.decode()
    assert logged_in("risk").get(f"/events/{held.pk}/").status_code == 200
