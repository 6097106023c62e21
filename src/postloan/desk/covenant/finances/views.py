"""The part of a debtor's page that tells its finances."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from postloan.desk.book.queries import debtor_seen
from postloan.desk.core.pages import Desk, page
from postloan.desk.covenant.finances.told import finances_told


@page("debtor.read")
def of_debtor(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """Ratios by period, beside the quartiles of the industry; what does not add up."""
    return render(request, "covenant/finances.html", finances_told(desk, debtor_seen(desk, debtor_id)))
