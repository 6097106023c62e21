"""Pages of the book: lists, a loan, a debtor, a group, and what opens on them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from postloan.desk.book import queries
from postloan.desk.book.actions import personal_unmask
from postloan.desk.book.grounds import ground_of
from postloan.desk.book.lists import DEBTORS, GROUPS, LOANS
from postloan.desk.book.proceeds import paths_of_loan
from postloan.desk.book.tables import as_table
from postloan.desk.book.why.sections import why_sections
from postloan.desk.core.forms import reason_from
from postloan.desk.core.lists.cells import language
from postloan.desk.core.masks import masked_number, masked_phone
from postloan.desk.core.pages import Desk, page
from postloan.errors import NotFoundHere
from postloan.plan.capacity import capacity_of
from postloan.plan.dossier import debtor_paper, dossier, loan_paper, opened
from postloan.plan.why import why

_MASKS = {"id_number": masked_number, "phone": masked_phone}


@page("loan.read")
def loans(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All loans of the day."""
    return render(request, "book/list.html", {"list": LOANS.drawn(request, desk), "here": "loans"})


@page("debtor.read")
def debtors(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All debtors of the day."""
    return render(request, "book/list.html", {"list": DEBTORS.drawn(request, desk), "here": "debtors"})


@page("debtor.read")
def groups(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The groups of connected customers."""
    return render(request, "book/list.html", {"list": GROUPS.drawn(request, desk), "here": "groups"})


@page("loan.read")
def search(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Loans and debtors by number or name."""
    loans_found, debtors_found = queries.search(desk, request.GET.get("q", "").strip()[:64])
    told = {"loans": queries.named(loans_found).to_dicts(), "debtors": queries.named(debtors_found).to_dicts()}
    return render(request, "book/search.html", told)


@page("loan.read")
def loan(request: HttpRequest, desk: Desk, loan_id: str) -> HttpResponse:
    """One loan: what it owes, since when, its tier and why."""
    row = queries.loan_seen(desk, loan_id)
    told = {
        "loan": row, "debtor_name": queries.name_of(desk, row["debtor_id"]), "ground": ground_of(row), "here": "loans",
    }  # fmt: skip
    return render(request, "book/loan.html", told | queries.people_of(row))


@page("loan.read")
def loan_why(request: HttpRequest, desk: Desk, loan_id: str) -> HttpResponse:
    """Every step from feed rows to the tier, recomputed."""
    queries.loan_seen(desk, loan_id)
    story = why(desk.day.home, loan_id, desk.day.on)
    return render(request, "book/loan_why.html", {"sections": why_sections(story, language())})


@page("loan.read")
def loan_proceeds(request: HttpRequest, desk: Desk, loan_id: str) -> HttpResponse:
    """Where the loan's money went, hop by hop."""
    queries.loan_seen(desk, loan_id)
    return render(request, "book/loan_proceeds.html", paths_of_loan(desk, loan_id))


@page("loan.read")
def loan_part(request: HttpRequest, desk: Desk, loan_id: str, part: str) -> HttpResponse:
    """A part of a loan's papers: its schedule, payments, decisions or steps at law."""
    queries.loan_seen(desk, loan_id)
    rows = loan_paper(desk.day.home, loan_id, part, desk.day.on)
    return render(request, "book/part.html", {"table": as_table(part, rows)})


@page("loan.read")
def loan_tiers(request: HttpRequest, desk: Desk, loan_id: str) -> HttpResponse:
    """The loan on every published day: tier with its clause, days past due, balance."""
    row = queries.loan_seen(desk, loan_id)
    return render(request, "book/loan_tiers.html", queries.days_of_loan(desk, row["loan_no"]))


@page("debtor.read")
def debtor(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """One debtor: all its loans, its papers, who stands beside it."""
    row = queries.debtor_seen(desk, debtor_id)
    mine, others = queries.loans_split(desk, debtor_id)
    papers = dossier(desk.day.home, debtor_id, row["debtor_no"], desk.day.on)
    told = {
        "debtor": row,
        "loans": mine.to_dicts(),
        "other_count": others.height,
        "personal": {name: bool(papers.debtor[name].item()) for name in _MASKS},
        "identity": papers.debtor.row(0, named=True),
        "pledges": as_table("pledges", papers.pledges),
        "guarantees": as_table("guarantees", papers.guarantees),
        "relations": as_table("relations", papers.relations),
        "events": as_table("events", papers.events),
        "statements": queries.statement_table(papers.statements),
        "here": "debtors",
    }
    return render(request, "book/debtor.html", told)


@page("debtor.read")
def debtor_capacity(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """Whether the debtor can pay what falls due within a year."""
    row = queries.debtor_seen(desk, debtor_id)
    told = capacity_of(desk.day.home, debtor_id, row["debtor_no"], desk.day.on)
    return render(request, "book/debtor_capacity.html", {"capacity": told})


@page("debtor.read")
def personal(request: HttpRequest, desk: Desk, debtor_id: str, field: str) -> HttpResponse:
    """A debtor's identity number or telephone, masked."""
    shown = _MASKS[field](_plain(desk, debtor_id, field))
    return render(request, "book/personal.html", {"debtor_id": debtor_id, "field": field, "shown": shown})


@page("debtor.unmask", methods=("POST",))
def personal_open(request: HttpRequest, desk: Desk, debtor_id: str, field: str) -> HttpResponse:
    """The same, whole, for a reason that is written down."""
    plain = _plain(desk, debtor_id, field)
    personal_unmask(desk.officer, debtor_id, field, reason=reason_from(request.POST), run_id=desk.day.run_id)
    told = {"debtor_id": debtor_id, "field": field, "shown": plain, "is_open": True}
    return render(request, "book/personal.html", told)


def _plain(desk: Desk, debtor_id: str, field: str) -> str:
    row = queries.debtor_seen(desk, debtor_id)
    sealed = debtor_paper(desk.day.home, debtor_id, row["debtor_no"], "debtor", desk.day.on)[field].item()
    if sealed is None:
        raise NotFoundHere(message=_("没有登记这项信息。"), hint=_("请在客户信息中补录。"), where={"field": field})
    return opened(desk.day.home, field, sealed)


@page("debtor.read")
def group(request: HttpRequest, desk: Desk, group_id: str) -> HttpResponse:
    """A group of connected customers and its members."""
    members = queries.group_members(desk, group_id)
    return render(request, "book/group.html", {"group_id": group_id, "members": members.to_dicts(), "here": "groups"})
