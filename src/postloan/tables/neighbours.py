"""What other debtors make of a debtor's securities: their claims on the same collateral, the trouble of guarantors."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.checked import Checked
from postloan.tables.units import PerDebtor, ident, money, one_of, whole

WEAKNESSES = ("mutual", "distressed")
"""The guarantor and the debtor stand for one another; the guarantor is itself non-performing or in stage 3."""


class CollateralClaim(Checked):
    """What a rank on a collateral that several debtors share secures for one of them (共用押品债权).

    Only collateral with a later rank is listed; by collateral, rank and debtor.
    """

    collateral_id = ident("collateral", "押品号")
    rank = whole("rank, 1 is first", "顺位", least=1, most=99)
    debtor_no = dy.Int64(description="number of the debtor whose loans it secures", metadata={"zh": "客户序号"})
    secured_cents = money("what it secures today; 0 of what is repaid", "已担保债权额")


class WeakGuarantee(Checked):
    """A guarantee of another debtor of the bank that is worth less than its words (弱化保证), by guarantee."""

    guarantee_id = ident("guarantee", "保证号")
    debtor_no = dy.Int64(description="number of the debtor whose loans it secures", metadata={"zh": "客户序号"})
    guarantor_no = dy.Int64(description="number of the guarantor", metadata={"zh": "保证人序号"})
    weakness = one_of("why", "弱化原因", WEAKNESSES)
    counts_cents = money("how much of it counts, each ring of guarantees once", "计入金额")


class DebtorInDefault(PerDebtor):
    """A debtor in default that a group or a guarantee ties to others (关联违约客户).

    In default is non-performing or in stage 3: overdue for more than 90 days, or by a decision.
    """

    group_id = ident("group of connected customers", "集团号", optional=True)


def guarantee_is_over(on: date) -> pl.Expr:
    """Whether a guarantee has ended by a day, from its ends_on and is_maximum_amount.

    Source  Civil Code Art. 690: one of a maximum amount secures what arose in its period also after it.
    """
    is_maximum = pl.col("is_maximum_amount").fill_null(value=False)
    return ((pl.col("ends_on") < on) & ~is_maximum).fill_null(value=False)
