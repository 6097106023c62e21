"""Pages of the outbox: the list, one message, letters to be posted, templates, and writing to a debtor's parties."""

from collections.abc import Callable
from datetime import datetime, time
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.book.queries import debtor_seen, loans_split
from postloan.desk.contact.queries import parties_seen
from postloan.desk.core.downloads import to_keep
from postloan.desk.core.forms import SHORT_MOST, day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.core.word import letter_of
from postloan.desk.outbox import actions, queries
from postloan.desk.outbox.actions import NewReceipt
from postloan.desk.outbox.lists import OUTBOX
from postloan.desk.outbox.models import Message
from postloan.desk.outbox.samples import sample_of
from postloan.desk.outbox.written import messages_now
from postloan.rules.message_rules import FIELDS


@page("outbox.read")
def outbox(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The messages of the desk's offices."""
    return render(request, "outbox/outbox.html", {"list": OUTBOX.drawn(request, desk), "here": "outbox"})


@page("outbox.read")
def message(request: HttpRequest, desk: Desk, message_id: UUID) -> HttpResponse:
    """One message: what it says, why it was refused, every try, what came back, and what may be done."""
    found = queries.message_seen(desk, message_id)
    told = {
        "message": found, "tries": queries.tries_told(found), "receipts": found.receipts.select_related("told_by"),
        "may": found.may_become, "made_id": uuid4(), "here": "outbox",
    }  # fmt: skip
    return render(request, "outbox/message.html", told)


@page("outbox.read")
def letter(_request: HttpRequest, desk: Desk, message_id: UUID) -> HttpResponse:
    """A message as a letter in Word, without the address: that stands on the one that was printed."""
    found = queries.message_seen(desk, message_id)
    content = letter_of(found.title, found.text.splitlines(), queries.bank_name(), found.made_on)
    return to_keep(HttpResponse(content), "docx", f"{found.title}-{found.debtor_id}.docx")


@page("outbox.read")
def letters(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list of letters that are to be posted, to be printed and signed at the post."""
    return render(request, "outbox/letters.html", {"letters": queries.letters_waiting(desk), "here": "outbox"})


@page("outbox.write", methods=("POST",))
def posted(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Say that letters were posted."""
    ids = queries.ids_from(request.POST.getlist("ticked"))
    count = actions.letters_posted(desk.officer, ids, posted_ref=request.POST.get("posted_ref", ""), day=desk.day)
    messages.success(request, _("已登记寄出 %s 封。") % count)
    return redirect("outbox:letters")


@page("outbox.read")
def templates(request: HttpRequest, _desk: Desk) -> HttpResponse:
    """The templates of the bank's rules."""
    return render(request, "outbox/templates.html", {"rules": messages_now(), "here": "outbox"})


@page("outbox.read")
def template(request: HttpRequest, _desk: Desk, key: str) -> HttpResponse:
    """A template: its sentences with the rule that each answers to, and how it reads."""
    found, rules = queries.template_seen(key), messages_now()
    told = {
        "template": found, "samples": [(each, sample_of(rules, found, each)) for each in ("zh", "en")],
        "fields": [(name, FIELDS[name]) for name in sorted(found.fields)], "here": "outbox",
    }  # fmt: skip
    return render(request, "outbox/template.html", told)


@page("outbox.read")
def of(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """The messages about a debtor's debts, and the form that writes one: looked at before it is put into the outbox."""
    given = request.GET.dict()
    told = {
        "debtor": debtor_seen(desk, debtor_id), "held": queries.messages_of_debtor(desk, debtor_id),
        "loans": loans_split(desk, debtor_id)[0].to_dicts(), "parties": parties_seen(desk, debtor_id),
        "rules": messages_now(), "given": given, "made_id": uuid4(), "here": "outbox",
        "draft": queries.draft_of(desk, debtor_id, given) if given.get("template") else None,
    }  # fmt: skip
    return render(request, "outbox/of.html", told)


@page("outbox.write", methods=("POST",))
def write(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """Put a message into the outbox."""
    given = request.POST.dict()
    new = queries.new_message(desk, debtor_id, given, made_id_from(given, "made_id"))
    made = actions.message_write(desk.officer, new, day=desk.day)
    messages.success(request, _("消息已进入发件箱。"))
    return redirect("outbox:message", made.pk)


@page("outbox.write", methods=("POST",))
def cancel(request: HttpRequest, desk: Desk, message_id: UUID) -> HttpResponse:
    """Take a message back."""
    return _changed(request, desk, message_id, actions.message_cancel, _("消息已作废。"))


@page("outbox.write", methods=("POST",))
def again(request: HttpRequest, desk: Desk, message_id: UUID) -> HttpResponse:
    """Let a message be tried again."""
    return _changed(request, desk, message_id, actions.message_again, _("消息将重新发送。"))


@page("outbox.write", methods=("POST",))
def was_sent(request: HttpRequest, desk: Desk, message_id: UUID) -> HttpResponse:
    """Say that a message was sent."""
    return _changed(request, desk, message_id, actions.message_was_sent, _("已登记为已发出。"))


@page("outbox.write", methods=("POST",))
def receipt(request: HttpRequest, desk: Desk, message_id: UUID) -> HttpResponse:
    """Write down that a letter arrived, or came back."""
    found, given = queries.message_seen(desk, message_id), request.POST.dict()
    at = datetime.combine(day_from(given, "on"), time(12), timezone.get_current_timezone())
    new = NewReceipt(
        str(made_id_from(given, "made_id")), given.get("outcome", ""), at, text_from(given, "note", SHORT_MOST)
    )
    actions.receipt_note(desk.officer, found.pk, new, day=desk.day)
    messages.success(request, _("回执已登记。"))
    return redirect("outbox:message", found.pk)


def _changed(
    request: HttpRequest, desk: Desk, message_id: UUID, change: Callable[..., Message], said: str
) -> HttpResponse:
    found, given = queries.message_seen(desk, message_id), request.POST.dict()
    change(desk.officer, found.pk, reason=reason_from(given), seen_version=whole_from(given, "version"), day=desk.day)
    messages.success(request, said)
    return redirect("outbox:message", found.pk)
