"""Pages of graphs and circles: around a debtor, the list of circles, and one circle with what de-risking it brings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from postloan.desk.book.queries import debtor_seen
from postloan.desk.circle import queries
from postloan.desk.circle.asked import trial_from
from postloan.desk.circle.kept import rules_of
from postloan.desk.circle.lists import CIRCLES
from postloan.desk.circle.tried import tried
from postloan.desk.core.forms import whole_from
from postloan.desk.core.pages import Desk, page
from postloan.plan.circles import contagion_law

_STEPS, _STEPS_BESIDE = 2, 1
"""How far a graph looks before anybody asks: on its own page, and beside a debtor."""


@page("debtor.read")
def circles(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The guarantee circles of the bank."""
    return render(request, "circle/circles.html", {"list": CIRCLES.drawn(request, desk), "here": "circles"})


@page("debtor.read")
def of_debtor(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """The graph around a debtor, as a part of a page."""
    return render(request, "circle/graph.html", _around(request, desk, debtor_id, _STEPS_BESIDE))


@page("debtor.read")
def graph(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """The graph around a debtor on a page of its own."""
    return render(request, "circle/debtor.html", _around(request, desk, debtor_id, _STEPS) | {"here": "debtors"})


@page("debtor.read")
def circle(request: HttpRequest, desk: Desk, circle_no: int) -> HttpResponse:
    """One circle: who stands in it, what its falls lose, and what some changes would bring."""
    row, held = queries.circle_seen(desk, circle_no)
    drawn = queries.graph_of_circle(desk, held, row["hub_no"])
    parties = {party.place: party for party in drawn.parties}
    trial = trial_from(request.GET, held, row["worst_no"])
    law = contagion_law(desk.day.home, desk.day.on)
    told = {
        "circle": row, "graph": drawn, "trial": trial, "law": law, "here": "circles",
        "tried": tried(held, trial, parties, law, rules_of(desk.day)),
        "hub": parties[row["hub_no"]], "worst": parties.get(row["worst_no"]),
    }  # fmt: skip
    return render(request, "circle/circle.html", told)


def _around(request: HttpRequest, desk: Desk, debtor_id: str, steps: int) -> dict[str, object]:
    debtor = debtor_seen(desk, debtor_id)
    asked = whole_from(request.GET, "steps") if "steps" in request.GET else steps
    drawn = queries.graph_of(desk, debtor_id, steps=asked, further=request.GET.getlist("further"))
    return {
        "debtor": debtor, "graph": drawn, "member": queries.member_of(desk, debtor["debtor_no"]),
        "all_steps": range(1, drawn.steps_most + 1),
    }  # fmt: skip
