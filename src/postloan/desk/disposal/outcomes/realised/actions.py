"""Outcomes of collateral disposed of by agreement: cash that came in on a loan, or the thing taken for it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from postloan.desk.book.ways_out import check_alone
from postloan.desk.core.models import Officer
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.models import AssetTaken, DisposalCase, Outcome
from postloan.desk.disposal.noting.actions import note
from postloan.desk.disposal.outcomes.actions import outcome_effected
from postloan.desk.disposal.outcomes.reckoned import dispose_by, loan_owed, parts_of
from postloan.errors import IllegalMove

State = Outcome.State


@dataclass(frozen=True)
class Thing:
    """A thing that the bank takes for a debt: its number, name and kind of property, and its price in cents."""

    asset_id: str
    name: str
    kind: str
    value_cents: int


def cash_realised(
    officer: Officer, case: DisposalCase, deed: Deed, *, loan_id: str, cents: int, reference: str, buyer: str
) -> Outcome:
    """Record cash that a sale of collateral brought in on a loan, as cash is recorded (RECORDED); moves no money.

    Permission  asked by whoever agreed to the sale; the caller's transaction and its move, which is made once.
    Leaves      an outcome, an entry, an audit entry.
    """
    made = Outcome.objects.create(
        id=deed.id, case=case, org_id=case.org_id, state=State.APPROVED, loan_id=loan_id, route="cash",
        basis="agreement", reference=reference[:100], counterparty=buyer[:200], value_cents=cents,
        text=deed.reason.strip(), on=deed.day.on, effective_on=deed.day.on, drawn_up_by=officer,
    )  # fmt: skip
    note(officer, case, "recorded", deed, loan_id=loan_id, cents=cents, route="cash", outcome=str(made.pk))
    return made


def asset_realised(
    officer: Officer, case: DisposalCase, deed: Deed, *, loan_id: str, cents: int, reference: str, thing: Thing | None
) -> Outcome:
    """Let collateral that the bank takes meet what a loan owes, as an asset taken for debt does; the caller's deed.

    cents  of the price, what falls to the loan. thing  where it stands for the whole price: at one loan only.

    Permission  asked by whoever agreed to the taking; the caller's transaction and its move, which is made once.
    Leaves      an outcome with its decisions from the next business day on, an asset, an entry, an audit entry.
    Raises IllegalMove where the loan is not on the book any more, or another way out of it is open or decided already.
    Source  Civil Code Arts. 410, 436, 561.
    """
    loan = loan_owed(deed.day, loan_id)
    if loan is None or loan["status"] != "active":
        raise IllegalMove(message=_("这笔借据已不在表内。"), hint=_("请刷新页面。"), where={"loan": loan_id})
    check_alone([loan_id], deed.day, but="")
    made = Outcome.objects.create(
        id=deed.id, case=case, org_id=case.org_id, state=State.PROPOSED, loan_id=loan_id, route="asset",
        basis="agreement", reference=reference[:100], value_cents=cents,
        parts=parts_of("asset", loan, cents, {}, deed.day), text=deed.reason.strip(), on=deed.day.on,
        drawn_up_by=officer,
    )  # fmt: skip
    if thing is not None:
        AssetTaken.objects.create(
            outcome=made, asset_id=thing.asset_id, name=thing.name[:200], kind=thing.kind,
            value_cents=thing.value_cents, taken_on=deed.day.on,
            dispose_by=dispose_by(thing.kind, deed.day.on, deed.day),
        )  # fmt: skip
    outcome_effected(officer, made, deed)
    return made
