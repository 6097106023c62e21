"""What is done about an outcome: drawn up, proved by papers, proposed, agreed to by others, ended for good."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import (
    case_drawn_up,
    case_work,
    step_first,
    verdict_take,
)
from postloan.desk.approval.actions import (
    case_held as approval_held,
)
from postloan.desk.approval.models import Case
from postloan.desk.book.ways_out import check_alone
from postloan.desk.core.actions import (
    check_begins,
    check_seen,
    decide,
    forbid_same_person,
    move,
    record,
    refuse_past,
    require,
    require_reason,
)
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.desk.disposal.courts.legal_rows import step_tell
from postloan.desk.disposal.deeds import WRITE, Deed
from postloan.desk.disposal.models import AssetTaken, DisposalCase, DisposalEntry, Outcome, OutcomePaper
from postloan.desk.disposal.noting.actions import case_held, check_may, note
from postloan.desk.disposal.outcomes.barred import SINGLE, check_sold
from postloan.desk.disposal.outcomes.proved import ground_said, lacking
from postloan.desk.disposal.outcomes.reckoned import (
    changes_of,
    dispose_by,
    effective_day,
    loan_owed,
    owed_parts,
    parts_of,
)
from postloan.desk.disposal.papers.keeping import Sent, paper_keep
from postloan.errors import FormWrong, IllegalMove, NotFoundHere
from postloan.rules.disposal_desk import ROUTES
from postloan.tables.said import SAID

State = Outcome.State
RECORDED = ("cash", "securitisation")
"""Routes that nobody has to agree to: cash comes in through the core, a tag moves no money."""
CHAINS: Mapping[str, str] = {
    "settlement": "disposal_settlement", "transfer": "disposal_transfer", "asset": "disposal_asset",
    "write_off": "write_off",
}  # fmt: skip
_BASES = ("agreement", "ruling")
_PLACES = 8


@dataclass(frozen=True)
class NewOutcome:
    """An outcome as somebody types it; what a route does not ask for stays empty."""

    loan_id: str
    route: str
    value_cents: int = 0
    waived: Mapping[str, int] = field(default_factory=dict)
    basis: str = ""
    ground: str = ""
    reference: str = ""
    counterparty: str = ""
    asset_id: str = ""
    asset_name: str = ""
    asset_kind: str = ""
    taken_on: date | None = None
    pay_by: date | None = None


@transaction.atomic
def outcome_draw_up(officer: Officer, case_id: int, deed: Deed, new: NewOutcome) -> DisposalCase:
    """Draw up what a loan comes to by a route; cash and securitisation are recorded and need nobody's agreement.

    Permission  disposal.write in the debtor's office.
    Leaves      a draft with what it would meet or take off, an entry, an audit entry.
    Raises NotPermitted, ReasonMissing, FormWrong, StaleView, IllegalMove where another way out of the loan is open or
    decided already, or the law does not let its claim be sold.
    """
    case, is_again = case_held(case_id, deed)
    if is_again:
        return case
    require_reason(deed.reason)
    check_may(officer, case, case, DisposalCase.ON_BOOK, deed)
    loan = loan_owed(deed.day, new.loan_id)
    if loan is None or loan["debtor_id"] != case.debtor_id or loan["status"] != "active":
        raise FormWrong(message=_("这笔借据不在本户的表内不良贷款中。"), hint=_("请从页面上的借据中选择。"))
    _check_form(new, owed_parts(loan), deed.day)
    if new.route == "transfer":
        check_sold([loan], SINGLE, deed.day)
    is_recorded = new.route in RECORDED
    if not is_recorded:
        _check_alone(new.loan_id, deed.day)
    made = Outcome.objects.create(
        id=deed.id, case=case, org=case.org, state=State.APPROVED if is_recorded else State.DRAFT,
        loan_id=new.loan_id, route=new.route, basis=new.basis, ground=new.ground, reference=new.reference[:100],
        counterparty=new.counterparty[:200], value_cents=new.value_cents, waived=dict(new.waived),
        parts=parts_of(new.route, loan, new.value_cents, new.waived, deed.day), text=deed.reason.strip(),
        on=deed.day.on, effective_on=deed.day.on if is_recorded else None, pay_by=new.pay_by, drawn_up_by=officer,
    )  # fmt: skip
    if new.route == "asset" and new.taken_on:
        AssetTaken.objects.create(
            outcome=made, asset_id=new.asset_id.strip()[:64], name=new.asset_name[:200], kind=new.asset_kind,
            value_cents=new.value_cents, taken_on=new.taken_on,
            dispose_by=dispose_by(new.asset_kind, new.taken_on, deed.day),
        )  # fmt: skip
    note(officer, case, "recorded" if is_recorded else "drawn_up", deed, loan_id=new.loan_id,
         cents=new.value_cents or sum(made.parts.values()), route=new.route, outcome=str(made.pk))  # fmt: skip
    return case


@transaction.atomic
def paper_add(officer: Officer, outcome_id: UUID, item: str, sent: Sent, *, day: BusinessDay) -> Outcome:
    """Keep the paper that proves a condition. Permission disposal.write in the debtor's office, while it is a draft.

    Leaves an audit entry. Raises NotPermitted, FileRefused, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    made = _held(outcome_id)
    require(officer, WRITE, org=made.org)
    check_begins(made, (State.DRAFT,))
    kept = paper_keep(sent, day)
    _paper, is_new = OutcomePaper.objects.get_or_create(
        outcome=made, item=item[:40], sha256=kept.sha256,
        defaults={"name": kept.name, "kind": kept.kind, "added_by": officer},
    )  # fmt: skip
    if is_new:
        Outcome.objects.filter(pk=made.pk).update(version=F("version") + 1)
        record(officer, "disposal.paper_added", made, org=made.org, run_id=day.run_id, loan_id=made.loan_id,
               item=item, sha256=kept.sha256)  # fmt: skip
    return made


@transaction.atomic
def outcome_propose(officer: Officer, outcome_id: UUID, deed: Deed) -> Outcome:
    """Propose an outcome; what it meets and takes off is reckoned anew by what is owed today.

    Permission  the first step of its chain in the debtor's office, for its amount. Move draft -> proposed.
    Leaves      an approval that waits, an entry, an audit entry.
    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove where a condition of a write-off is not proved, the claim
    may not be sold, or another way out of the loan is open or decided already.
    """
    made, is_again = _begun(outcome_id, deed)
    if is_again:
        return made
    require_reason(deed.reason)
    check_seen(made, deed.seen_version)
    check_begins(made, (State.DRAFT,))
    amount_cents = _reckon(made, deed.day)
    approval = case_drawn_up(
        CHAINS[made.route], subject=made.subject, title=made.case.debtor_name, org_id=made.org_id,
        page=reverse("disposal:case", args=[made.case_id]), amount_cents=amount_cents, day=deed.day,
    )  # fmt: skip
    approval.save()
    made.approval = approval
    move(made, State.PROPOSED, seen_version=deed.seen_version)
    made.save(update_fields=["approval"])
    case_work(step_first(officer, approval, reason=deed.reason, day=deed.day), on=deed.day.on)
    note(officer, made.case, "proposed", deed, loan_id=made.loan_id, cents=amount_cents, route=made.route)
    return made


@transaction.atomic
def outcome_decide(officer: Officer, outcome_id: UUID, verdict: str, deed: Deed) -> Outcome:
    """Agree to an outcome, or turn it down with a reason; after the last step the next night has it.

    A settlement of which a sum is to be paid first waits for that sum.

    seen_version  of the approval that the page showed.

    Permission  the step's action in the office, for the amount; another person than at the other steps.
    Move        proposed -> approved, agreed or refused.
    Leaves      a step, an entry, an audit entry; decisions from the next business day on, in their order.
    Raises NotPermitted, SamePerson, StaleView, ReasonMissing, IllegalMove where a condition does not hold any more.
    """
    made, is_again = _begun(outcome_id, deed)
    if is_again:
        return made
    check_begins(made, (State.PROPOSED,))
    assert made.approval_id is not None  # noqa: S101 - what is proposed has one
    approval = approval_held(made.approval_id)
    verdict_take(officer, approval, verdict, seen_version=deed.seen_version, reason=deed.reason, day=deed.day)
    if approval.state == Case.State.REFUSED:
        move(made, State.REFUSED, seen_version=made.version)
        note(officer, made.case, "refused", deed, loan_id=made.loan_id, route=made.route)
    elif approval.state == Case.State.APPROVED:
        _reckon(made, deed.day)
        (_promised if made.pay_by else outcome_effected)(officer, made, deed)
    else:
        note(officer, made.case, "agreed", deed, loan_id=made.loan_id, route=made.route)
    case_work(approval, on=deed.day.on, note=deed.reason)
    return made


@transaction.atomic
def outcome_drop(officer: Officer, outcome_id: UUID, deed: Deed) -> Outcome:
    """Give a draft up. Permission disposal.write. Move draft -> dropped.

    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove.
    """
    made, is_again = _begun(outcome_id, deed)
    if is_again:
        return made
    require_reason(deed.reason)
    require(officer, WRITE, org=made.org)
    check_begins(made, (State.DRAFT,))
    move(made, State.DROPPED, seen_version=deed.seen_version)
    note(officer, made.case, "dropped", deed, loan_id=made.loan_id, route=made.route)
    return made


@transaction.atomic
def write_off_end(officer: Officer, outcome_id: UUID, deed: Deed) -> Outcome:
    """End a write-off for good (完全终结): the claim is at an end by law, and nobody pursues it any more.

    Permission  disposal.approve in the debtor's office, for what was written off; never whoever drew it up or proposed
                it.
    Move        approved -> ended. Leaves an entry, an audit entry.
    Raises NotPermitted, SamePerson, ReasonMissing, StaleView, IllegalMove.
    """
    made, is_again = _begun(outcome_id, deed)
    if is_again:
        return made
    require_reason(deed.reason)
    require(officer, "disposal.approve", org=made.org, amount_cents=sum(made.parts.values()))
    proposers = [] if made.approval is None else [each.officer for each in made.approval.taken.filter(place=0)]
    forbid_same_person(officer, others=[made.drawn_up_by, *proposers])
    if made.route != "write_off":
        raise IllegalMove(message=_("只有核销可以完全终结。"), hint=_("请刷新页面。"))
    check_begins(made, (State.APPROVED,))
    move(made, State.ENDED, seen_version=deed.seen_version)
    made.ended_on = deed.day.on
    made.save(update_fields=["ended_on"])
    note(officer, made.case, "ended", deed, loan_id=made.loan_id)
    return made


def _check_form(new: NewOutcome, owed: Mapping[str, int], day: BusinessDay) -> None:
    """Stop an outcome that says too little of its route, or gives up more than is owed."""
    wrong = {
        "route": new.route not in ROUTES,
        "value": new.value_cents < 0 or (new.route in {"cash", "asset", "transfer"} and new.value_cents == 0),
        "waived": new.route == "settlement" and not sum(new.waived.values()),
        "too_much": any(cents < 0 or cents > owed.get(name, 0) for name, cents in new.waived.items()),
        "ground": new.route == "write_off" and not new.ground,
        "counterparty": new.route == "transfer" and not new.counterparty.strip(),
        "basis": new.route == "asset" and new.basis not in _BASES,
        "asset": new.route == "asset" and not (new.asset_id.strip() and new.asset_kind in SAID["asset_kind"]),
        "pay_by": (new.pay_by is not None) != (new.route == "settlement" and new.value_cents > 0)
        or (new.pay_by is not None and new.pay_by <= day.on),
        "taken_on": new.route == "asset" and (new.taken_on is None or new.taken_on > day.on),
    }
    if any(wrong.values()):
        raise FormWrong(
            message=_("处置结果填写不完整，或减免超过所欠金额。"), hint=_("请按所选处置方式填写各项。"),
            where={"field": next(name for name in wrong if wrong[name])},
        )  # fmt: skip


def _check_alone(loan_id: str, day: BusinessDay) -> None:
    """Stop where anything else is drawn up, under way or decided that takes something off the loan."""
    if Outcome.objects.filter(loan_id=loan_id, state__in=(State.DRAFT, State.PROPOSED)).exists():
        raise IllegalMove(message=_("这笔借据已有处置结果在办。"), hint=_("请先办结或放弃。"))
    check_alone([loan_id], day, but="")


def _reckon(made: Outcome, day: BusinessDay) -> int:
    """Say anew what an outcome meets and takes off, by what is owed today, and for what amount it is agreed to."""
    loan = loan_owed(day, made.loan_id)
    if loan is None or loan["status"] != "active":
        raise IllegalMove(message=_("这笔借据已不在表内。"), hint=_("请放弃这项处置结果。"))
    check_alone([made.loan_id], day, but=made.subject)
    if made.route == "transfer":
        check_sold([loan], SINGLE, day)
    made.parts = parts_of(made.route, loan, made.value_cents, made.waived, day)
    if lacks := lacking(made, loan, day):
        raise IllegalMove(message=_("核销条件尚未全部满足。"), hint="；".join(lacks), where={"ground": made.ground})
    if made.route == "settlement" and made.value_cents and (made.pay_by is None or made.pay_by <= day.on):
        raise IllegalMove(message=_("没有约定付款日，或约定的付款日已过。"), hint=_("请放弃后按新的付款日重新拟定。"))
    if any(cents > owed_parts(loan)[name] for name, cents in made.waived.items()):
        raise IllegalMove(message=_("减免金额超过今天所欠。"), hint=_("请放弃后按今天的欠款重新拟定。"))
    made.save(update_fields=["parts"])
    return sum(made.waived.values()) if made.route == "settlement" else sum(made.parts.values())


def _promised(officer: Officer, made: Outcome, deed: Deed) -> None:
    """Let a settlement wait until what was promised is paid: nothing is given up before."""
    move(made, State.AGREED, seen_version=made.version)
    made.agreed_on = deed.day.on
    made.save(update_fields=["agreed_on"])
    note(officer, made.case, "promised", deed, loan_id=made.loan_id, cents=made.value_cents, route=made.route,
         pay_by=made.pay_by, waived=made.waived)  # fmt: skip


def outcome_effected(officer: Officer, made: Outcome, deed: Deed) -> None:
    """Let what was agreed to hold: its decisions go to the next night. The caller asked who may, and holds the row.

    Move    proposed -> approved, or agreed -> approved by a published day that saw what was promised paid.
    Leaves  decisions from the next business day on, in their order, an entry, an audit entry.
    """
    made.effective_on = effective_day(deed.day)
    move(made, State.APPROVED, seen_version=made.version)
    made.save(update_fields=["effective_on"])
    ground = ground_said(made, deed.day)
    made.decisions.set(
        decide(
            decision_id=UUID(int=deed.id.int >> _PLACES << _PLACES | place), kind=change.kind, loan_id=made.loan_id,
            debtor_id=made.case.debtor_id, effective_on=made.effective_on, terms=change.terms, officer=officer,
            org=made.org,
        )
        for place, change in enumerate(changes_of(made.route, made.parts, made.waived, made.value_cents, ground))
    )  # fmt: skip
    asset = AssetTaken.objects.filter(outcome=made).first()
    if asset is not None:
        step_tell(officer, made.case, deed, "repossessed", [made.loan_id], asset.taken_on, proof=made.reference,
                  asset_kind=asset.kind, asset_id=asset.asset_id)  # fmt: skip
    # What waited to be paid takes effect by the day that saw it paid, not by whoever agreed.
    note(None if made.agreed_on else officer, made.case, "approved", deed, loan_id=made.loan_id,
         cents=sum(made.parts.values()), route=made.route, effective_on=made.effective_on)  # fmt: skip


def _held(outcome_id: UUID) -> Outcome:
    found = Outcome.objects.select_for_update(of=("self",)).select_related("case__org", "org", "asset")
    made = found.filter(pk=outcome_id).first()
    if made is None:
        raise NotFoundHere(message=_("没有这项处置结果。"), hint=_("请从页面进入。"))
    return made


def _begun(outcome_id: UUID, deed: Deed) -> tuple[Outcome, bool]:
    refuse_past(deed.day)
    return _held(outcome_id), DisposalEntry.objects.filter(pk=deed.id).exists()
