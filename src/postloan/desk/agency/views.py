"""Pages of outside agencies: the register and the published list, placements, what is reported, bills, years."""

import json
from datetime import timedelta
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.agency import actions, queries
from postloan.desk.agency.actions import NewAgency
from postloan.desk.agency.billing import actions as billing
from postloan.desk.agency.billing.reconciling import lines_of
from postloan.desk.agency.judging import actions as judging
from postloan.desk.agency.judging.facts import facts_of
from postloan.desk.agency.lists import AGENCIES, PLACEMENTS
from postloan.desk.agency.placing import actions as placing
from postloan.desk.core.downloads import to_keep
from postloan.desk.core.forms import SHORT_MOST, day_from, made_id_from, reason_from, text_from, ticked_from, whole_from
from postloan.desk.core.officers.queries import colleague
from postloan.desk.core.pages import Desk, page

_MONTH = timedelta(days=31)


@page("agency.read")
def agencies(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every agency."""
    return render(request, "agency/agencies.html", {"list": AGENCIES.drawn(request, desk), "here": "agencies"})


@page("agency.read")
def published(request: HttpRequest, _desk: Desk) -> HttpResponse:
    """The list that the bank publishes, to be printed or put on its website."""
    told = {"rows": queries.white_list(), "bank": queries.bank_named(), "here": "agencies"}
    return render(request, "agency/published.html", told)


@page("agency.read")
def published_json(_request: HttpRequest, desk: Desk) -> HttpResponse:
    """The same list as data."""
    told = {"bank": queries.bank_named(), "on": desk.day.on.isoformat(), "agencies": queries.published()}
    return to_keep(HttpResponse(json.dumps(told, ensure_ascii=False, indent=1)), "json", "agencies.json")


@page("agency.read")
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form that proposes an agency."""
    rules = queries.rules_of(desk)
    told = {"checks": queries.checks_said(rules, {}), "rules": rules, "made_id": uuid4(), "here": "agencies"}
    return render(request, "agency/new.html", told)


@page("agency.write", methods=("POST",))
def propose(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Propose an agency."""
    given = request.POST.dict()
    evidence = {
        each.check: text_from(given, f"check_{each.check}", SHORT_MOST) for each in queries.rules_of(desk).checks
    }
    asked = NewAgency(
        made_id_from(given, "made_id"), given.get("name", ""), given.get("licence", ""), given.get("line", ""),
        evidence, given.get("contract_no", ""), day_from(given, "begins_on"), day_from(given, "ends_on"),
        given.get("schedule", ""),
    )  # fmt: skip
    made = actions.agency_propose(desk.officer, asked, day=desk.day)
    messages.success(request, _("准入申请已提交，等待批准。"))
    return redirect("agency:agency", made.pk)


@page("agency.read")
def agency(request: HttpRequest, desk: Desk, agency_id: int) -> HttpResponse:
    """One agency: its checks, contract, placements, bills and evaluations."""
    found = queries.agency_seen(desk, agency_id)
    mine = queries.placements_seen(desk).filter(agency=found)
    told = {
        "agency": found, "checks": queries.checks_said(queries.rules_of(desk), found.evidence),
        "placements": mine.select_related("told").order_by("-placed_on", "pk")[:50],
        "bills": found.bills.all(), "evaluations": found.evaluations.select_related("proposed_by"),
        "begins_on": desk.day.on - _MONTH, "here": "agencies",
    }  # fmt: skip
    return render(request, "agency/agency.html", told)


@page("agency.approve", methods=("POST",))
def decide(request: HttpRequest, desk: Desk, agency_id: int) -> HttpResponse:
    """Put an agency on the list, or turn it down."""
    found, given = queries.agency_seen(desk, agency_id), request.POST.dict()
    actions.agency_decide(
        desk.officer, found.pk, given.get("verdict", ""), reason=reason_from(given),
        seen_version=whole_from(given, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("agency:agency", found.pk)


@page("agency.write", methods=("POST",))
def account(request: HttpRequest, desk: Desk, agency_id: int) -> HttpResponse:
    """Say which account is an agency's."""
    found = queries.agency_seen(desk, agency_id)
    named = colleague(request.POST.get("account", ""), "account")
    actions.agency_account(desk.officer, found.pk, named, day=desk.day)
    messages.success(request, _("接口账户已登记。"))
    return redirect("agency:agency", found.pk)


@page("agency.write", methods=("POST",))
def leave(request: HttpRequest, desk: Desk, agency_id: int) -> HttpResponse:
    """Take an agency off the list."""
    found = queries.agency_seen(desk, agency_id)
    judging.agency_leave(desk.officer, found.pk, reason=reason_from(request.POST), day=desk.day)
    messages.success(request, _("机构已退出，案件已收回。"))
    return redirect("agency:agency", found.pk)


@page("agency.read")
def placements(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The placements of the desk's offices."""
    return render(request, "agency/placements.html", {"list": PLACEMENTS.drawn(request, desk), "here": "agencies"})


@page("agency.read")
def placement(request: HttpRequest, desk: Desk, placement_id: int) -> HttpResponse:
    """One placement: what the debtor was told, what was reported."""
    found = queries.placement_seen(desk, placement_id)
    told = {"placement": found, "reported": found.reported.all(), "here": "agencies"}
    return render(request, "agency/placement.html", told)


@page("agency.write", methods=("POST",))
def recall(request: HttpRequest, desk: Desk, placement_id: int) -> HttpResponse:
    """Take a case back."""
    found, given = queries.placement_seen(desk, placement_id), request.POST.dict()
    placing.placement_recall(
        desk.officer, found.pk, reason=reason_from(given), seen_version=whole_from(given, "version"), day=desk.day
    )
    messages.success(request, _("案件已收回。"))
    return redirect("agency:placement", found.pk)


@page("agency.read")
def place(request: HttpRequest, desk: Desk, agency_id: int) -> HttpResponse:
    """Cases that could be placed with an agency."""
    found, given = queries.agency_seen(desk, agency_id), request.GET.dict()
    days = whole_from(given, "days") if given.get("days") else 0
    told = {
        "agency": found, "cases": queries.placeable(desk, given.get("segment", ""), days), "days": days,
        "segment": given.get("segment", ""), "segments": queries.segments_known(desk), "made_id": uuid4(),
        "notice": queries.rules_of(desk).notice, "here": "agencies",
    }  # fmt: skip
    return render(request, "agency/place.html", told)


@page("agency.write", methods=("POST",))
def placed(request: HttpRequest, desk: Desk, agency_id: int) -> HttpResponse:
    """Place the ticked cases."""
    found = queries.agency_seen(desk, agency_id)
    count = placing.cases_place(
        desk.officer, found.pk, ticked_from(request.POST), made_id_from(request.POST.dict(), "made_id"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交 %s 件；告知客户后生效。") % count)
    return redirect("agency:agency", found.pk)


@page("agency.read")
def reconcile(request: HttpRequest, desk: Desk, agency_id: int) -> HttpResponse:
    """What an agency reported beside what the ledger says."""
    found, given = queries.agency_seen(desk, agency_id), request.GET.dict()
    begins_on = day_from(given, "begins_on") if given.get("begins_on") else desk.day.on - _MONTH
    ends_on = day_from(given, "ends_on") if given.get("ends_on") else desk.day.on
    lines = [each for each in lines_of(found, begins_on, ends_on) if each.placement.org_id in desk.scope]
    told = {
        "agency": found, "lines": lines, "begins_on": begins_on, "ends_on": ends_on,
        "ledger_cents": sum(each.ledger_cents for each in lines),
        "reported_cents": sum(each.reported_cents for each in lines),
        "differences": sum(each.difference_cents != 0 for each in lines), "here": "agencies",
    }  # fmt: skip
    return render(request, "agency/reconcile.html", told)


@page("agency.write", methods=("POST",))
def bill(request: HttpRequest, desk: Desk, agency_id: int) -> HttpResponse:
    """Propose a bill."""
    found, given = queries.agency_seen(desk, agency_id), request.POST.dict()
    made = billing.bill_propose(
        desk.officer, found.pk, day_from(given, "begins_on"), day_from(given, "ends_on"), whole_from(given, "score"),
        day=desk.day,
    )  # fmt: skip
    messages.success(request, _("结算已提交，等待批准。"))
    return redirect("agency:bill_page", found.pk, made.pk)


@page("agency.read")
def bill_page(request: HttpRequest, desk: Desk, agency_id: int, bill_id: int) -> HttpResponse:
    """One bill, with what is paid for each case of the desk's offices."""
    found = queries.agency_seen(desk, agency_id)
    held = queries.bill_seen(bill_id, found)
    mine = set(queries.placements_seen(desk).filter(agency=found).values_list("pk", flat=True))
    lines = [each for each in held.lines if each["placement"] in mine]
    return render(request, "agency/bill.html", {"agency": found, "bill": held, "lines": lines, "here": "agencies"})


@page("agency.approve", methods=("POST",))
def bill_decide(request: HttpRequest, desk: Desk, agency_id: int, bill_id: int) -> HttpResponse:
    """Agree to a bill, or turn it down."""
    found, given = queries.agency_seen(desk, agency_id), request.POST.dict()
    held = queries.bill_seen(bill_id, found)
    billing.bill_decide(
        desk.officer, held.pk, given.get("verdict", ""), reason=reason_from(given),
        seen_version=whole_from(given, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("agency:bill_page", found.pk, held.pk)


@page("agency.read")
def evaluate(request: HttpRequest, desk: Desk, agency_id: int) -> HttpResponse:
    """The form that evaluates a year, with what was counted."""
    found = queries.agency_seen(desk, agency_id)
    year = whole_from(request.GET.dict(), "year", digits=4) if request.GET.get("year") else desk.day.on.year
    facts = facts_of(found, year)
    weights = [
        each | {"score": facts.scores[each["criterion"]]} for each in queries.weights_said(queries.rules_of(desk))
    ]
    told = {"agency": found, "year": year, "facts": facts, "weights": weights, "here": "agencies"}
    return render(request, "agency/evaluate.html", told)


@page("agency.write", methods=("POST",))
def evaluated(request: HttpRequest, desk: Desk, agency_id: int) -> HttpResponse:
    """Propose an evaluation."""
    found, given = queries.agency_seen(desk, agency_id), request.POST.dict()
    criteria: list[str] = [each.criterion for each in queries.rules_of(desk).weights]
    scores = {name: whole_from(given, f"score_{name}", digits=3) for name in criteria}
    year = whole_from(given, "year", digits=4)
    judging.agency_evaluate(desk.officer, found.pk, year, scores, note=text_from(given, "note"), day=desk.day)
    messages.success(request, _("年度评估已提交，等待批准。"))
    return redirect("agency:agency", found.pk)


@page("agency.approve", methods=("POST",))
def evaluation_decide(request: HttpRequest, desk: Desk, agency_id: int, evaluation_id: int) -> HttpResponse:
    """Agree to an evaluation, or turn it down."""
    found, given = queries.agency_seen(desk, agency_id), request.POST.dict()
    held = found.evaluations.filter(pk=evaluation_id).values_list("pk", flat=True).first()
    judging.evaluation_decide(
        desk.officer, held or 0, given.get("verdict", ""), reason=reason_from(given),
        seen_version=whole_from(given, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("agency:agency", found.pk)
