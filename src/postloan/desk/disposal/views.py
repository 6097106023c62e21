"""Pages of the desk of disposal: the list of legal clocks, and those of one loan or debtor as a part of its page."""

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from postloan.desk.book.queries import debtor_seen, loan_seen
from postloan.desk.core.pages import Desk, page
from postloan.desk.disposal.clocks import clocks_seen
from postloan.desk.disposal.demands.asked import PERIOD
from postloan.desk.disposal.lists import CLOCKS, clocks_table


@page("clock.read")
def clocks(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The clocks of the desk's offices, what is lost first before."""
    return render(request, "disposal/clocks.html", {"list": CLOCKS.drawn(request, desk), "here": "clocks"})


@page("clock.read")
def of_loan(request: HttpRequest, desk: Desk, loan_id: str) -> HttpResponse:
    """The clocks of a loan, as a part of its page."""
    loan_seen(desk, loan_id)
    found = clocks_seen(desk).filter(pl.col("loan_id") == loan_id)
    guarantees = found.filter(pl.col("kind") == PERIOD).select("loan_id", "guarantee_id", "guarantor_id").to_dicts()
    told = {"table": clocks_table(found, of_loan=True), "guarantees": guarantees}
    return render(request, "disposal/of_loan.html", told)


@page("clock.read")
def of_debtor(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """The clocks of a debtor's loans in the desk's offices, as a part of its page."""
    debtor_seen(desk, debtor_id)
    found = clocks_seen(desk).filter(pl.col("debtor_id") == debtor_id)
    return render(request, "book/cells.html", {"table": clocks_table(found, of_loan=False)})
