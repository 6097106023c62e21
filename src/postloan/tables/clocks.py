"""Legal clocks: what is lost when a day passes, and what keeps it."""

import dataframely as dy

from postloan.tables.checked import Checked
from postloan.tables.units import day, ident, one_of, text

CLOCKS = (
    "limitation", "execution", "guarantee_period", "guarantee_limitation", "presuit_preservation", "deposit_freeze",
    "movable_seal", "real_estate_seal", "bankruptcy_claim", "auction_again", "revocation", "repossessed_real_estate",
    "repossessed_movable",
)  # fmt: skip
WINDOWS = CLOCKS[4:]
"""Clocks that one step opens and another keeps, with nothing that interrupts them."""
CLOCK_STATES = ("running", "suspended", "kept", "lost")
KEEPS = (
    "demand_or_sue", "apply_for_enforcement", "demand_of_guarantor", "sue_debtor", "see_it_through", "sue", "renew",
    "file_claim", "auction", "dispose", "signed_acknowledgement", "nothing",
)  # fmt: skip
"""What an officer does to keep what a clock takes away; once it is kept or lost, what is left to do."""
ASSET_KINDS = ("deposit", "movable", "real_estate", "right")


class LegalClock(Checked):
    """A period of law that runs for or against the bank, at close of a business date (法律时限)."""

    clock_id = text("the clock: its kind, loan number, and the guarantee or legal event", "时限号", optional=False,
                    max_length=200)  # fmt: skip
    kind = one_of("kind", "时限种类", CLOCKS)
    loan_no = dy.Int64(description="the loan's number", metadata={"zh": "借据序号"})
    loan_id = ident("loan", "借据号")
    debtor_no = dy.Int64(description="the debtor's number", metadata={"zh": "客户序号"})
    debtor_id = ident("debtor", "客户号")
    org_id = ident("office that keeps the loan", "机构号")
    officer_id = ident("officer in charge", "客户经理", optional=True)
    guarantee_id = ident("guarantee, where the clock is of one", "保证号", optional=True)
    guarantor_id = ident("guarantor, debtor or not", "保证人", optional=True)
    asset_id = ident("thing or account, where the clock is of one", "财产编号", optional=True)
    began_on = day("day from which it runs; the day itself does not count", "起算日")
    restarted_on = day("day from which it runs anew, where something interrupted it", "重新起算日", optional=True)
    touched_by = ident(
        "step that interrupted, kept or opened it; payment is the debtor's own", "中断或保全事项", optional=True
    )
    ends_on = day("last day; empty once what it threatens is kept", "届满日", optional=True)
    days_left = dy.Int32(
        nullable=True, description="days to the last day; negative after it", metadata={"zh": "剩余天数"}
    )
    state = one_of("running, suspended, kept or lost", "状态", CLOCK_STATES)
    keeps = one_of("what keeps it", "保全措施", KEEPS)
    cite = text("the clause that sets the period", "依据", optional=False, max_length=200)
