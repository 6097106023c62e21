"""The page of approvals; each case is decided on the page of its own desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from postloan.desk.approval.lists import CASES
from postloan.desk.core.pages import Desk, page


@page("work.read")
def cases(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits for the officer's approval."""
    return render(request, "approval/cases.html", {"list": CASES.drawn(request, desk), "here": "approvals"})
