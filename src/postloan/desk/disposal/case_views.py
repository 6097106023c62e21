"""Pages of cases of disposal: the ledger, one case, its proceedings and outcomes, and what is pursued."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.book.queries import debtor_seen
from postloan.desk.book.write_off_grounds import grounds_known
from postloan.desk.core.downloads import CONTENT_TYPES, to_keep
from postloan.desk.core.forms import cents_from, day_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.disposal import actions, queries
from postloan.desk.disposal.case_lists import DISPOSALS, PURSUED
from postloan.desk.disposal.courts import actions as courts
from postloan.desk.disposal.courts.queries import round_seen, suit_seen, suits_of
from postloan.desk.disposal.courts.steps import ADJUDICATES
from postloan.desk.disposal.deeds import WRITE
from postloan.desk.disposal.models import DisposalCase, LawsuitStep, OutcomePaper
from postloan.desk.disposal.outcomes import actions as outcomes
from postloan.desk.disposal.outcomes.reckoned import CHARGES
from postloan.desk.disposal.papers.keeping import paper_path
from postloan.desk.disposal.typed import (
    deed_from,
    outcome_from,
    paper_from,
    plan_from,
    round_from,
    step_from,
)
from postloan.errors import FormWrong, NotFoundHere
from postloan.rules.disposal_desk import ROUTES
from postloan.tables.said import SAID

READ = "disposal.read"


@page(READ)
def cases(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The ledger of the desk's offices."""
    told = {
        "list": DISPOSALS.drawn(request, desk), "counts": queries.counts_by_state(desk), "here": "disposals",
        "part": "cases",
    }  # fmt: skip
    return render(request, "disposal/cases.html", told)


@page(READ)
def pursued(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is written off and pursued."""
    told = {"list": PURSUED.drawn(request, desk), "here": "disposals", "part": "pursued"}
    return render(request, "disposal/cases.html", told)


@page(READ)
def case(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """One case: loans, security, plan, proceedings, outcomes, and what happened."""
    found = queries.case_seen(desk, case_id)
    loans, mine = queries.bad_loans(desk, found), queries.loans_mine(desk, found)
    may_write = WRITE in desk.actions and not desk.day.is_past and found.is_running
    told = {
        "case": found, "loans": loans, "off": queries.pursued_of(desk, found),
        "securities": queries.securities_of(desk, found), "suits": suits_of(found, desk.day, mine), "mine": mine,
        "outcomes": queries.outcomes_told(desk, found), "entries": found.entries.select_related("officer"),
        "others": queries.other_cases(desk, found.debtor_id, but=found.pk), "may_write": may_write,
        "may_settle": may_write and found.state in DisposalCase.ON_BOOK and bool(loans), "routes": ROUTES,
        "grounds": grounds_known(desk.day), "asset_kinds": list(SAID["asset_kind"]),
        "bases": list(SAID["asset_basis"]), "charges": (*CHARGES, "principal"), "adjudicates": ADJUDICATES,
        "accepts": ",".join(CONTENT_TYPES.values()), "deed_id": uuid4(), "here": "disposals",
    }  # fmt: skip
    return render(request, "disposal/case.html", told)


@page(READ)
def of_debtor_cases(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """A debtor's cases, as a part of its page."""
    debtor_seen(desk, debtor_id)
    told = {"cases": queries.other_cases(desk, debtor_id, but=None)}
    return render(request, "disposal/of_debtor.html", told)


@page(WRITE, methods=("POST",))
def plan(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Plan a case."""
    found = queries.case_seen(desk, case_id)
    actions.plan_write(desk.officer, found.pk, deed_from(request, desk), plan_from(request.POST))
    messages.success(request, _("方案已登记。"))
    return redirect("disposal:case", found.pk)


@page(WRITE, methods=("POST",))
def progress(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Note how a case goes."""
    found = queries.case_seen(desk, case_id)
    actions.progress_note(desk.officer, found.pk, deed_from(request, desk))
    messages.success(request, _("进展已登记。"))
    return redirect("disposal:case", found.pk)


@page(WRITE, methods=("POST",))
def lawsuit(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Begin a proceeding."""
    found = queries.case_seen(desk, case_id)
    known = {each["loan_id"] for each in (*queries.bad_loans(desk, found), *queries.pursued_of(desk, found))}
    ticked = [each for each in request.POST.getlist("loan") if each in known]
    claim_cents = cents_from(request.POST, "claim")
    courts.lawsuit_open(desk.officer, found.pk, deed_from(request, desk), loan_ids=ticked, claim_cents=claim_cents)
    messages.success(request, _("诉讼已立项。"))
    return redirect("disposal:case", found.pk)


@page(WRITE, methods=("POST",))
def step(request: HttpRequest, desk: Desk, lawsuit_id: UUID) -> HttpResponse:
    """Take a proceeding's next step."""
    suit = suit_seen(desk, lawsuit_id)
    courts.step_take(desk.officer, suit.pk, deed_from(request, desk), step_from(request, desk))
    messages.success(request, _("诉讼进程已登记，随下一营业日移交。"))
    return redirect("disposal:case", suit.case_id)


@page(WRITE, methods=("POST",))
def auction(request: HttpRequest, desk: Desk, lawsuit_id: UUID) -> HttpResponse:
    """Keep an auction that was published."""
    suit = suit_seen(desk, lawsuit_id)
    courts.round_publish(desk.officer, suit.pk, deed_from(request, desk), round_from(request.POST))
    messages.success(request, _("拍卖已登记。"))
    return redirect("disposal:case", suit.case_id)


@page(WRITE, methods=("POST",))
def auction_end(request: HttpRequest, desk: Desk, round_id: UUID) -> HttpResponse:
    """Say what came of an auction."""
    held = round_seen(desk, round_id)
    given = request.POST
    sold_cents = cents_from(given, "sold") if given.get("came") == "sold" else None
    courts.round_end(
        desk.officer, held.pk, deed_from(request, desk), ended_on=day_from(given, "ended_on"), sold_cents=sold_cents
    )
    messages.success(request, _("拍卖结果已登记。"))
    return redirect("disposal:case", held.lawsuit.case_id)


@page(WRITE, methods=("POST",))
def outcome(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Draw an outcome up."""
    found = queries.case_seen(desk, case_id)
    outcomes.outcome_draw_up(desk.officer, found.pk, deed_from(request, desk), outcome_from(request.POST))
    messages.success(request, _("处置结果已登记。"))
    return redirect("disposal:case", found.pk)


@page(WRITE, methods=("POST",))
def paper_add(request: HttpRequest, desk: Desk, outcome_id: UUID) -> HttpResponse:
    """Put a paper to a condition."""
    made = queries.outcome_seen(desk, outcome_id)
    sent = paper_from(request, desk.day)
    if sent is None:
        raise FormWrong(message=_("没有选择文件。"), hint=_("请选择证明材料。"), where={"field": "file"})
    outcomes.paper_add(desk.officer, made.pk, request.POST.get("item", ""), sent, day=desk.day)
    messages.success(request, _("材料已上传。"))
    return redirect("disposal:case", made.case_id)


@page(WRITE, methods=("POST",))
def propose(request: HttpRequest, desk: Desk, outcome_id: UUID) -> HttpResponse:
    """Propose an outcome, or give it up."""
    made = queries.outcome_seen(desk, outcome_id)
    act = outcomes.outcome_drop if request.POST.get("drops") else outcomes.outcome_propose
    act(desk.officer, made.pk, deed_from(request, desk))
    messages.success(request, _("已办理。"))
    return redirect("disposal:case", made.case_id)


@page(READ, methods=("POST",))
def decide(request: HttpRequest, desk: Desk, outcome_id: UUID) -> HttpResponse:
    """Agree to an outcome, or turn it down."""
    made = queries.outcome_seen(desk, outcome_id)
    outcomes.outcome_decide(desk.officer, made.pk, request.POST.get("verdict", ""), deed_from(request, desk))
    messages.success(request, _("已办理。"))
    return redirect("disposal:case", made.case_id)


@page("disposal.approve", methods=("POST",))
def end(request: HttpRequest, desk: Desk, outcome_id: UUID) -> HttpResponse:
    """End a write-off for good."""
    made = queries.outcome_seen(desk, outcome_id)
    outcomes.write_off_end(desk.officer, made.pk, deed_from(request, desk))
    messages.success(request, _("已完全终结。"))
    return redirect("disposal:case", made.case_id)


@page(READ)
def paper(_request: HttpRequest, desk: Desk, case_id: int, sha256: str) -> FileResponse:
    """Fetch a paper of a case, always as an attachment of the kind that its bytes were found to be."""
    found = queries.case_seen(desk, case_id)
    of_outcome = OutcomePaper.objects.filter(outcome__case=found, sha256=sha256).first()
    of_step = LawsuitStep.objects.filter(lawsuit__case=found, paper_sha256=sha256).first()
    if (of_outcome is None and of_step is None) or not paper_path(sha256).is_file():
        raise NotFoundHere(message=_("没有这个文件。"), hint=_("请从页面进入。"))
    kind, name = (
        (of_outcome.kind, of_outcome.name) if of_outcome
        else (of_step.paper_kind, of_step.paper_name)  # type: ignore[union-attr]
    )  # fmt: skip
    return to_keep(FileResponse(paper_path(sha256).open("rb")), kind, name)
