"""What every action is made of: may you, four eyes, move, decide, record. And the writes of the core itself."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.core.audit import hash_of_entry
from postloan.desk.core.authority import limit_of
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.forms import REASON_MOST, check_text
from postloan.desk.core.models import AuditEntry, AuditHead, Decision, FeedRows, Officer, Org, Work
from postloan.errors import IllegalMove, NotPermitted, ReasonMissing, SamePerson, StaleView


def require(officer: Officer, action: str, *, org: Org, amount_cents: int = 0) -> None:
    """Stop unless the officer holds a grant for this action, in this office, for this amount. Raises NotPermitted."""
    limit_cents = limit_of(officer, action, org)
    if limit_cents is not None and amount_cents > limit_cents:
        raise NotPermitted(
            message=_("%(officer)s 无权在%(org)s办理此事项，或金额超出其权限。") % {"officer": officer, "org": org},
            hint=_("请转交有相应权限的同事，或向管理员申请授权。"),
            where={"action": action, "org": org.pk, "amount_cents": amount_cents, "limit_cents": limit_cents},
        )


def forbid_same_person(officer: Officer, *, others: Sequence[Officer | None]) -> None:
    """Four eyes: whoever had a hand in a thing may not be the next to agree to it. Raises SamePerson."""
    if any(other is not None and other.pk == officer.pk for other in others):
        raise SamePerson(
            message=_("%(officer)s 已经办过本事项的前一环节，不能再办理这一环节。") % {"officer": officer},
            hint=_("请由另一位有权限的同事办理。"),
        )


def refuse_past(day: BusinessDay) -> None:
    """Stop where a past day is looked at: nothing is done on it. Raises IllegalMove."""
    if day.is_past:
        raise IllegalMove(
            message=_("正在查看过去的日期，不能办理业务。"), hint=_("请回到当前营业日。"), where={"on": day.on}
        )


def require_reason(reason: str, *, most: int = REASON_MOST) -> str:
    """Take a reason, or another text that must be given, of at most so many signs. Raises ReasonMissing, FormWrong."""
    if not reason.strip():
        raise ReasonMissing(message=_("没有填写理由。"), hint=_("请写明理由后再提交，理由会记入审计日志。"))
    check_text(reason.strip(), most=most)
    return reason.strip()


def check_seen(work: Work, seen_version: int) -> None:
    """Stop where a record changed since the page that decides on it was drawn. Raises StaleView."""
    if work.version != seen_version:
        raise StaleView(
            message=_("打开页面之后，这条记录已被他人改动。"),
            hint=_("请刷新页面，看清改动后再决定。"),
            where={"seen_version": seen_version, "version": work.version, "state": work.state},
        )


def check_begins(work: Work, states: Sequence[str]) -> None:
    """Stop where an action does not begin in the state that a record is in. Raises IllegalMove.

    For tables of moves that several actions share: a move that one of them may make is not open to the others.
    """
    if work.state not in states:
        raise _illegal(work, begins=", ".join(states))


def _illegal(work: Work, **where: str) -> IllegalMove:
    return IllegalMove(
        message=_("这条记录目前不能这样办理。"),
        hint=_("请刷新页面；页面上只显示可以办理的操作。"),
        where={"record": work.pk, "from": work.state, **where},
    )


def move(work: Work, to: str, *, seen_version: int) -> str:
    """Move work along its table of moves and return the state it left; the caller holds its row.

    Raises StaleView where it moved since the page was drawn, IllegalMove where there is no such move.
    """
    before = work.state
    check_seen(work, seen_version)
    if to not in work.MOVES[before]:
        raise _illegal(work, to=to, may_become=", ".join(work.may_become))
    work.state, work.version = to, work.version + 1
    work.save(update_fields=["state", "version"])
    return before


def decide(
    *,
    decision_id: UUID,
    kind: str,
    loan_id: str,
    debtor_id: str,
    effective_on: date,
    terms: Mapping[str, Any],
    officer: Officer,
    ends_on: date | None = None,
    org: Org | None = None,
    withdraws: Decision | None = None,
) -> Decision:
    """Hand a decision to the next night. Repeating the same decision_id changes nothing.

    org        the loan's office; the officer's own where it is not said.
    withdraws  the decision that is taken back.
    """
    found, _is_new = Decision.objects.get_or_create(
        id=decision_id,
        defaults={
            "kind": kind, "loan_id": loan_id, "debtor_id": debtor_id, "effective_on": effective_on,
            "ends_on": ends_on, "terms": dict(terms), "decided_by": officer, "org": org or officer.org,
            "withdraws": withdraws,
        },
    )  # fmt: skip
    return found


def decision_withdraw(decision: Decision, *, decision_id: UUID, reason: str, officer: Officer) -> Decision:
    """Take a decision back; one that was taken back already stays so, and is told to the night once.

    It begins with what it takes back: what never left goes as withdrawn, and what left is told so the next day.
    """
    return decision.withdrawn_by.first() or decide(
        decision_id=decision_id, kind=decision.kind, loan_id=decision.loan_id, debtor_id=decision.debtor_id,
        effective_on=decision.effective_on, terms={"reason": reason}, officer=officer, org=decision.org,
        withdraws=decision,
    )  # fmt: skip


def rows_give(
    *, rows_id: UUID, table: str, rows: Sequence[Mapping[str, str]], title: str, page: str, officer: Officer, org: Org
) -> FeedRows:
    """Hand rows of a feed table to the next night. Repeating the same rows_id changes nothing.

    rows  the same columns each, as a CSV file of the feed writes them.
    """
    found, _is_new = FeedRows.objects.get_or_create(
        id=rows_id,
        defaults={
            "table": table, "rows": [dict(row) for row in rows], "title": title[:200], "page": page,
            "made_by": officer, "org": org,
        },
    )  # fmt: skip
    return found


def hold_chain() -> AuditHead:
    """Hold the audit chain until the transaction ends: whoever else would record anything waits.

    Raises TransactionManagementError outside a transaction.
    """
    head, _is_new = AuditHead.objects.select_for_update().get_or_create(pk=1)
    return head


def record(
    officer: Officer | None,
    action: str,
    subject: object,
    *,
    org: Org | None = None,
    run_id: str = "",
    reason: str = "",
    **told: Any,
) -> AuditEntry:
    """Write what was done into the audit chain, in the transaction of the deed itself.

    subject  a record, named by its kind and key; or text that names what was done to.
    told     what changed and what it was: JSON.

    Raises FormWrong where the reason is longer than an entry holds, and TransactionManagementError outside a
    transaction: there is no deed without its record.
    """
    check_text(reason)
    head = hold_chain()
    entry = AuditEntry(
        seq=head.seq + 1,
        at=timezone.now(),
        officer="" if officer is None else officer.get_username(),
        action=action,
        subject=subject if isinstance(subject, str) else _named(subject),
        org_id="" if org is None else org.pk,
        run_id=run_id,
        told=told,
        reason=reason,
        before_hash=head.hash,
    )
    entry.hash = hash_of_entry(entry)
    entry.save(force_insert=True)
    head.seq, head.hash = entry.seq, entry.hash
    head.save(update_fields=["seq", "hash"])
    return entry


def _named(subject: object) -> str:
    meta, key = getattr(subject, "_meta", None), getattr(subject, "pk", "")
    return f"{getattr(meta, 'label_lower', type(subject).__name__)}:{key}"


@transaction.atomic
def record_alone(officer: Officer | None, action: str, subject: object, **told: Any) -> AuditEntry:
    """Write into the audit chain what is itself no change: a login, an export, an unmasking."""
    return record(officer, action, subject, **told)
