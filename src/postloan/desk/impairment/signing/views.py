"""Addresses of the sign-off of a run: review, sign, give back, and the list of all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.forms import day_from, text_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.impairment.lists import SIGNS
from postloan.desk.impairment.run import run_figures
from postloan.desk.impairment.signing import actions
from postloan.desk.impairment.signing.actions import RunFigures


@page("impairment.read")
def signs(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every sign-off there is."""
    told = {"list": SIGNS.drawn(request, desk), "here": "impairment", "part": "signs"}
    return render(request, "impairment/list.html", told)


@page("impairment.review", methods=("POST",))
def review(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Say that a run was reviewed."""
    run, version, note = _sent(request, desk)
    actions.run_review(desk.officer, run, seen_version=version, note=note)
    messages.success(request, _("已复核，等待签批。"))
    return _back(run)


@page("impairment.sign", methods=("POST",))
def sign(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Sign a run."""
    run, version, note = _sent(request, desk)
    actions.run_sign(desk.officer, run, seen_version=version, note=note)
    messages.success(request, _("已签批。"))
    return _back(run)


@page("impairment.sign", methods=("POST",))
def give_back(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give a run back to be reviewed again."""
    run, version, note = _sent(request, desk)
    actions.run_return(desk.officer, run, seen_version=version, note=note)
    messages.success(request, _("已退回复核。"))
    return _back(run)


def _sent(request: HttpRequest, desk: Desk) -> tuple[RunFigures, int, str]:
    version, on = whole_from(request.POST, "version"), day_from(request.POST, "on")
    run = run_figures(desk, on, request.POST.get("run_id", "")[:64])
    return run, version, text_from(request.POST, "note")


def _back(run: RunFigures) -> HttpResponse:
    return redirect(f"{reverse('impairment:run')}?on={run.on}#sign")
