"""Warnings: which signals a night raised, of whom, and why."""

import dataframely as dy

from postloan.tables.checked import Checked
from postloan.tables.units import PerDebtor, ident, one_of, ratio, text

LEVELS = ("blue", "yellow", "orange", "red")
"""From the mildest to the worst, and they compare that way: 蓝, 黄, 橙, 红."""


class PublishedWarning(Checked):
    """One signal that holds of a debtor or of one of its loans at close of a business date (预警信号)."""

    debtor_no = dy.Int64(description="the debtor's number", metadata={"zh": "客户序号"})
    debtor_id = ident("debtor", "客户号")
    loan_id = ident("loan, where the signal is of one", "借据号", optional=True)
    signal = ident("signal", "信号编号")
    level = one_of("level", "预警级别", LEVELS)
    evidence = text("the features that tell why, as JSON", "触发依据", optional=False, max_length=4000)


class WarningScore(PerDebtor):
    """What the warning model says of a debtor that is well at close of a business date (模型预警评分).

    Nobody is scored where the rule warning_model names no card.
    """

    debtor_id = ident("debtor", "客户号")
    pd_ratio = ratio("probability that the card's label comes true: past due for so many days or stage 3", "转差概率")
    level = one_of(
        "level that the rule gives this probability; empty below the first", "预警级别", LEVELS, optional=True
    )
    reasons = text(
        "what costs most points, as JSON: feature, bin, and points lost against its best bin", "主要原因",
        optional=False, max_length=4000,
    )  # fmt: skip
