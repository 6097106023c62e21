"""The page of the register."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from postloan.desk.core.pages import Desk, page
from postloan.desk.exceptions.lists import EXCEPTIONS
from postloan.desk.exceptions.queries import by_kind, exceptions_seen


@page("exception.read")
def register(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Overrides, late work, returned work and breaches of the day."""
    told = {
        "list": EXCEPTIONS.drawn(request, desk),
        "kinds": by_kind(desk, exceptions_seen(desk)),
        "here": "exceptions",
    }
    return render(request, "exceptions/register.html", told)
