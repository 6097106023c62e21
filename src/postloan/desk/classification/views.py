"""Pages of classification: batches, the loans in them, one loan, the retail sheet, the committee's paper."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import steps_told
from postloan.desk.classification import actions, queries
from postloan.desk.classification.lists import BATCHES, ITEMS
from postloan.desk.classification.models import Item
from postloan.desk.classification.opinions import Opinion, may_be_upgraded, worse_tiers
from postloan.desk.classification.paper import paper_docx
from postloan.desk.classification.snapshots import edition_of, retail_loans
from postloan.desk.core.forms import CENTS_DIGITS, made_id_from, reason_from, whole_from
from postloan.desk.core.pages import Desk, page

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CHANGED_SHOWN = 200


@page("classification.read")
def batches(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The batches of the desk's offices."""
    told = {"list": BATCHES.drawn(request, desk), "here": "classification"}
    return render(request, "classification/batches.html", told)


@page("classification.determine", methods=("POST",))
def open_batches(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Open this quarter's batches."""
    org_ids = None if desk.scope.is_all else sorted(desk.scope.org_ids)
    made = actions.batches_open(desk.officer, org_ids, desk.day)
    messages.success(request, _("已开立 %s 个批次。") % len(made))
    return redirect("classification:batches")


@page("classification.read")
def batch(_request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """One batch: its items."""
    queries.batch_seen(desk, batch_id)
    return redirect(f"{reverse('classification:items')}?batch={batch_id}")


@page("classification.read")
def items(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The loans that people class, of one batch or of all."""
    asked = request.GET.get("batch", "")
    found = queries.batch_seen(desk, int(asked)) if asked.isdecimal() else None
    told = {
        "list": ITEMS.drawn(request, desk),
        "batch": found,
        "sheet": getattr(found, "sheet", None),
        "plain": queries.plain_told(desk, found) if found else [],
        "here": "classification",
    }
    return render(request, "classification/items.html", told)


@page("classification.read")
def item_of(_request: HttpRequest, desk: Desk, item_id: int) -> HttpResponse:
    """Lead to the page of an item by its number."""
    found = queries.items_seen(desk).filter(pk=item_id).values_list("batch_id", "loan_id").first()
    return redirect("classification:item", *(found or (0, str(item_id))))


@page("classification.read")
def item(request: HttpRequest, desk: Desk, batch_id: int, loan_id: str) -> HttpResponse:
    """One loan: what the system found beside what people said, and the step that it waits for."""
    found = queries.item_seen(desk, batch_id, loan_id)
    told = {
        "item": found,
        "case": found.case,
        "steps": steps_told(found.case),
        "queue": queries.queue_of(desk, found),
        "may_act": found.case.waits_for in desk.actions and not desk.day.is_past,
        "worse_tiers": worse_tiers(found),
        "may_upgrade": may_be_upgraded(found, desk.day.on),
        "decision_id": uuid4(),
        "here": "classification",
    }
    return render(request, "classification/item.html", told)


@page("classification.read", methods=("POST",))
def opine(request: HttpRequest, desk: Desk, batch_id: int, loan_id: str) -> HttpResponse:
    """Give or determine an opinion."""
    found = queries.item_seen(desk, batch_id, loan_id)
    actions.opinion_give(
        desk.officer, found.pk, _opinion(request), seen_version=whole_from(request.POST, "version"), day=desk.day
    )
    messages.success(request, _("%s 的意见已提交。") % found.debtor_name)
    return _next(desk, found)


@page("classification.read", methods=("POST",))
def approve(request: HttpRequest, desk: Desk, batch_id: int, loan_id: str) -> HttpResponse:
    """Approve what was determined."""
    found = queries.item_seen(desk, batch_id, loan_id)
    actions.opinion_approve(
        desk.officer, found.pk, seen_version=whole_from(request.POST, "version"),
        decision_id=made_id_from(request.POST, "decision_id"), reason=reason_from(request.POST),
        day=desk.day,
    )  # fmt: skip
    messages.success(request, _("%s 已审批。") % found.debtor_name)
    return _next(desk, found)


@page("classification.read", methods=("POST",))
def give_back(request: HttpRequest, desk: Desk, batch_id: int, loan_id: str) -> HttpResponse:
    """Return to the step before."""
    found = queries.item_seen(desk, batch_id, loan_id)
    actions.opinion_return(
        desk.officer, found.pk, seen_version=whole_from(request.POST, "version"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("%s 已退回。") % found.debtor_name)
    return _next(desk, found)


@page("classification.read", methods=("POST",))
def agree_all(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Agree to everything unchanged of a batch at once."""
    queries.batch_seen(desk, batch_id)
    count = actions.plain_agree_all(
        desk.officer, batch_id, request.POST.get("step", ""), seen_count=whole_from(request.POST, "count"),
        seen_cents=whole_from(request.POST, "cents", digits=CENTS_DIGITS), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已同意 %s 笔。") % count)
    return redirect("classification:batch", batch_id)


@page("classification.read")
def retail(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """The sheet of an office's retail loans, and those of them whose class moved."""
    found = queries.batch_seen(desk, batch_id)
    rows = retail_loans(edition_of(desk.day, found.on, found.run_id), found.org_id).filter("is_changed")
    sheet = queries.sheet_of_batch(found.pk)
    told = {
        "batch": found, "sheet": sheet, "case": sheet.case, "steps": steps_told(sheet.case),
        "changed": rows.sort("tier", "outstanding_cents", descending=True).head(_CHANGED_SHOWN).to_dicts(),
        "changed_count": rows.height, "changed_cents": rows["outstanding_cents"].sum(),
        "may_act": sheet.case.waits_for in desk.actions and not desk.day.is_past, "here": "classification",
    }  # fmt: skip
    return render(request, "classification/retail.html", told)


@page("classification.read", methods=("POST",))
def retail_confirm(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Confirm a retail sheet, or give it back."""
    queries.batch_seen(desk, batch_id)
    version = whole_from(request.POST, "version")
    if "return" in request.POST:
        reason = reason_from(request.POST)
        actions.sheet_return(desk.officer, batch_id, seen_version=version, reason=reason, day=desk.day)
        messages.success(request, _("零售批量分类已退回。"))
    else:
        actions.sheet_agree(desk.officer, batch_id, seen_version=version, day=desk.day)
        messages.success(request, _("零售批量分类已确认。"))
    return redirect("classification:batch", batch_id)


@page("classification.propose", methods=("POST",))
def exception(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Take a retail loan out of the sheet."""
    queries.batch_seen(desk, batch_id)
    loan_id = request.POST.get("loan_id", "").strip()[:64]
    made = actions.exception_raise(desk.officer, batch_id, loan_id, _opinion(request), day=desk.day)
    messages.success(request, _("已列为例外，转认定。"))
    return redirect("classification:item", batch_id, made.loan_id)


@page("classification.read")
def paper(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """The committee's paper of a batch: to print, or as a Word file."""
    found = queries.batch_seen(desk, batch_id)
    told = queries.paper_of(found) | {"batch": found, "sheet": getattr(found, "sheet", None)}
    if request.GET.get("as") != "docx":
        return render(request, "classification/paper.html", told | {"here": "classification"})
    answer = HttpResponse(paper_docx(told), content_type=_DOCX)
    answer["Content-Disposition"] = f'attachment; filename="classification-{found.org_id}-{found.quarter_on}.docx"'
    return answer


def _opinion(request: HttpRequest) -> Opinion:
    """The opinion of a form; what it may be is checked where it is given."""
    return Opinion(request.POST.get("opinion", ""), request.POST.get("tier", ""), reason_from(request.POST))


def _next(desk: Desk, done: Item) -> HttpResponse:
    """Lead to the next loan that waits for the officer, or back to the batch."""
    following = queries.waiting_for(desk, done.batch_id).exclude(pk=done.pk).first()
    if following is None:
        return redirect("classification:batch", done.batch_id)
    return redirect("classification:item", done.batch_id, following.loan_id)
