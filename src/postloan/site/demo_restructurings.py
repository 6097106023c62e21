"""The demo bank's restructurings: one round declined, the next agreed on and on its way; another still talked about."""

from datetime import timedelta
from uuid import UUID

import polars as pl

from postloan.desk.book.queries import loan_seen
from postloan.desk.core.authority import actions_of, rows_within, scope_of
from postloan.desk.core.models import Officer
from postloan.desk.core.officers.queries import office_over
from postloan.desk.core.pages import Desk
from postloan.desk.restructure.actions import WRITE, offer_answer, offer_make, restructuring_propose
from postloan.desk.restructure.consents.queries import parties_asked
from postloan.desk.restructure.models import Offer, Restructuring
from postloan.desk.restructure.tried import tried_one
from postloan.desk.restructure.typed import FIELDS, typed_of
from postloan.snapshot.read import scan_loans

_KEYS = 32
"""Where keys begin that do not change, so that a list shows them in one order in every demo."""
_DECLINED = "借款人表示展期三期仍无法负担。"
_AGREED = "借款人电话确认，愿意签署补充协议。"
_REASON = "主要客户回款放缓，经营尚属正常，减轻还款压力后可持续经营。"
_DAYS_LEFT = 400


def restructure_a_little(risk: Officer) -> None:
    """Let the risk manager talk with two debtors who are late; where any was talked with, nothing is done."""
    if Restructuring.objects.exists():
        return
    desk = Desk(risk, actions_of(risk), scope_of(risk, WRITE), None)
    late = _late_ones(desk)
    for at, loan_id in enumerate(late[:2]):
        first = _offered(desk, loan_id, _KEYS + 4 * at, by=Offer.By.BANK, extension="3")
        if at:
            continue
        offer_answer(risk, first.pk, Offer.Answer.DECLINED, note=_DECLINED, day=desk.day)
        second = _offered(desk, loan_id, _KEYS + 4 * at + 1, by=Offer.By.BORROWER, extension="6", rate="4")
        offer_answer(risk, second.pk, Offer.Answer.ACCEPTED, note=_AGREED, day=desk.day)
        held = Restructuring.objects.get(pk=second.restructuring_id)
        restructuring_propose(
            risk, held.pk, second.pk, seen_version=held.version, difficulty="cash_flow_short", reason=_REASON,
            day=desk.day,
        )  # fmt: skip


def _offered(desk: Desk, loan_id: str, key: int, *, by: str, **fields: str) -> Offer:
    loan = loan_seen(desk, loan_id)
    typed = typed_of(dict.fromkeys(FIELDS, "") | fields, loan, name="1")
    tried = tried_one(desk, loan, typed, is_eased=True)
    org = office_over([loan["org_id"]])
    return offer_make(desk.officer, org, tried, by=by, offer_id=UUID(int=key), held_id=UUID(int=key + 2), day=desk.day)


def _late_ones(desk: Desk) -> list[str]:
    """Loans of the risk manager's offices that are late, have long to run, and that nobody else must consent to."""
    late = (
        rows_within(scan_loans(desk.day.home, desk.day.on), desk.scope)
        .filter(
            pl.col("status") == "active", pl.col("days_past_due") > 0, ~pl.col("is_restructured"),
            pl.col("method") == "level_instalment",
            pl.col("matures_on") > desk.day.on + timedelta(days=_DAYS_LEFT),
        )
        .sort("outstanding_cents", "loan_id")
        .select("loan_id", "debtor_id")
        .collect()
    )  # fmt: skip
    return [
        loan_id
        for loan_id, debtor_id in late.head(20).iter_rows()
        if not parties_asked(Restructuring(loan_id=loan_id, debtor_id=debtor_id), desk.day)
    ]
