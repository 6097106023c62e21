"""The debtor floor: one bad debt of a debtor touches its others (contamination)."""

from typing import NamedTuple

import dataframely as dy
import polars as pl

from postloan.rules.floors import last_that_binds
from postloan.rules.shapes import Contamination
from postloan.tables.results import DebtorFloor

_WHOLE_E8 = 10**8


def debtor_floor(debtors: pl.DataFrame, *, contamination: Contamination) -> dy.DataFrame[DebtorFloor]:
    """Give each debtor the best tier its loans may hold, given its bad debts here and elsewhere.

    Reads   debtors: sums of debt in cents, see DebtorView; a bureau report where there is one, else this bank's own
            sums.
    Writes  floor_tier and the citation that set it, row by row; retail debtors are not touched.
    Source  rulebook: contamination (Order 2023 No. 1, Arts. 7, 10 (4), 11 (4)).

    A share binds when it is passed, not when it is reached. Shares are compared as whole products in 128 bits.
    The share of this bank is looked at first: where both bind, it is the one cited.
    """
    cases = [(case.binds, case.tier, case.cite) for case in contamination_cases(contamination)]
    tier, cite = last_that_binds(debtors, cases)
    return DebtorFloor.validate(debtors.select("debtor_no", floor_tier=tier, floor_cite=cite))


class ContaminationCase(NamedTuple):
    """One way in which a bad debt touches a debtor's others: when it binds, over columns of DebtorView."""

    name: str
    binds: pl.Expr
    tier: str
    cite: str


def contamination_cases(contamination: Contamination) -> tuple[ContaminationCase, ...]:
    """Set out the cases that the law knows; where several bind, the last of them sets the floor."""
    own, everywhere, any_bad = contamination.own_bank, contamination.all_banks, contamination.any_non_performing
    reaches = ~pl.col("is_retail")
    has_bad = (pl.col("npl_cents") > 0) | pl.col("other_bank_npl")
    cases = [ContaminationCase("any_non_performing", reaches & has_bad, any_bad.tier, str(any_bad.cite))]
    if everywhere is not None:
        over_90_cents = pl.max_horizontal("over_90_cents", "all_banks_over_90_cents")
        all_cents = pl.max_horizontal("exposure_cents", "all_banks_cents")
        binds = reaches & _passes(over_90_cents, all_cents, everywhere.over_share_e8)
        cases.append(ContaminationCase("all_banks", binds, everywhere.tier, str(everywhere.cite)))
    if own is not None:
        binds = reaches & _passes(pl.col("npl_cents"), pl.col("exposure_cents"), own.over_share_e8)
        cases.append(ContaminationCase("own_bank", binds, own.tier, str(own.cite)))
    return tuple(cases)


def _passes(part_cents: pl.Expr, whole_cents: pl.Expr, share_e8: int) -> pl.Expr:
    part, whole = part_cents.cast(pl.Int128) * _WHOLE_E8, whole_cents.cast(pl.Int128) * share_e8
    return part > whole
