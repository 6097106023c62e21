"""What pages of disposal send, read and checked: amounts, days that may be empty, papers."""

from collections.abc import Mapping
from datetime import date

from django.http import HttpRequest

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.forms import cents_from, day_from, made_id_from, reason_from, whole_from
from postloan.desk.core.pages import Desk
from postloan.desk.disposal.actions import NewPlan
from postloan.desk.disposal.courts.actions import NewRound, NewStep
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.outcomes.actions import NewOutcome
from postloan.desk.disposal.outcomes.reckoned import CHARGES
from postloan.desk.disposal.papers.keeping import Sent, bytes_most


def deed_from(request: HttpRequest, desk: Desk) -> Deed:
    """What every form sends. Raises FormWrong."""
    given = request.POST
    reason = reason_from(given)
    return Deed(made_id_from(given, "deed_id"), whole_from(given, "version"), reason, desk.day)


def cents_if_any(given: Mapping[str, str], field: str) -> int:
    """An amount in whole cents; nothing typed is 0. Raises FormWrong."""
    return cents_from(given, field) if given.get(field, "").strip() else 0


def paper_from(request: HttpRequest, day: BusinessDay) -> Sent | None:
    """The file that came with a form; no more of it is read than would be taken."""
    sent = request.FILES.get("file")
    return None if sent is None else Sent(sent.name or "", sent.read(bytes_most(day) + 1))


def plan_from(given: Mapping[str, str]) -> NewPlan:
    """A plan. Raises FormWrong."""
    expected = cents_if_any(given, "expected")
    return NewPlan(given.get("route", ""), given.get("target", ""), day_from(given, "due_on"), expected)


def step_from(request: HttpRequest, desk: Desk) -> NewStep:
    """A step of a proceeding, with its paper. Raises FormWrong."""
    given = request.POST
    return NewStep(
        step=given.get("step", ""), on=day_from(given, "on"), ends_on=_day_if_any(given, "ends_on"),
        court=given.get("court", ""), reference=given.get("reference", ""), costs_cents=cents_if_any(given, "costs"),
        adjudged_cents=cents_from(given, "adjudged") if given.get("adjudged", "").strip() else None,
        paper=paper_from(request, desk.day), asset_kind=given.get("asset_kind", ""),
        asset_id=given.get("asset_id", ""),
    )  # fmt: skip


def round_from(given: Mapping[str, str]) -> NewRound:
    """A round of an auction. Raises FormWrong."""
    return NewRound(
        asset_id=given.get("asset_id", ""), asset_name=given.get("asset_name", ""),
        asset_kind=given.get("asset_kind", ""), appraised_cents=cents_from(given, "appraised"),
        start_cents=cents_from(given, "start"), deposit_cents=cents_from(given, "deposit"),
        told_on=day_from(given, "told_on"), notice_on=day_from(given, "notice_on"),
        held_on=day_from(given, "held_on"),
    )  # fmt: skip


def outcome_from(given: Mapping[str, str]) -> NewOutcome:
    """An outcome; what a route does not ask for is not read. Raises FormWrong."""
    route = given.get("route", "")
    waived = {name: cents_if_any(given, f"waive_{name}") for name in (*CHARGES, "principal")}
    is_asset = route == "asset"
    return NewOutcome(
        loan_id=given.get("loan_id", "")[:64], route=route, value_cents=cents_if_any(given, "value"),
        waived={name: cents for name, cents in waived.items() if cents} if route == "settlement" else {},
        basis=given.get("basis", "") if is_asset else "",
        ground=given.get("ground", "")[:40] if route == "write_off" else "",
        reference=given.get("reference", ""), counterparty=given.get("counterparty", ""),
        asset_id=given.get("asset_id", "") if is_asset else "", asset_name=given.get("asset_name", ""),
        asset_kind=given.get("asset_kind", ""), taken_on=_day_if_any(given, "taken_on") if is_asset else None,
        pay_by=_day_if_any(given, "pay_by") if route == "settlement" else None,
    )  # fmt: skip


def _day_if_any(given: Mapping[str, str], field: str) -> date | None:
    return day_from(given, field) if given.get(field, "").strip() else None
