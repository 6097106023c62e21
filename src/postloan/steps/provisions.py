"""Provisions: what law and the bank's own table ask to be set aside for each loan, and by which clause."""

from collections.abc import Sequence

import dataframely as dy
import polars as pl

from postloan.rules.provisions import GeneralReserve, ProvisionRates, SpecialShare
from postloan.tables.beside import beside, found_beside
from postloan.tables.results import Funding, Provisions, Standing
from postloan.tables.shares import share_of
from postloan.tables.tiers import TierHistory


def provisions(
    loans: pl.DataFrame,
    debtors: pl.DataFrame,
    standing: dy.DataFrame[Standing],
    funding: dy.DataFrame[Funding],
    tiers: dy.DataFrame[TierHistory],
    *,
    rates: ProvisionRates,
    reserve: GeneralReserve | None,
) -> dy.DataFrame[Provisions]:
    """Reckon the provisions of each loan on the book, of the bank's own share of its balance.

    Reads   loans: facts of the loans in the book; debtors: facts, industry and region; standing: status; funding:
            own_share_outstanding_cents; tiers: tier.
    Writes  cents, half up, each by itself; the clauses of the specific and the special rate. A loan off the book, and
            an exposure that is no loan, has none. Without a `reserve` in force there is no standard method.
    Source  rulebook: provision_rates (银发[2002]98号), general_reserve (财金[2012]20号).

    Of the special shares that fit a loan the greatest holds.
    """
    of_debtor = debtors.select("debtor_no", "region_code", debtor_industry="industry_code")
    rows = beside(
        loans.select("loan_no", "debtor_no", "exposure_kind", "use_industry_code"),
        standing.select("loan_no", "status"),
        funding.select("loan_no", "own_share_outstanding_cents"),
        tiers.select("loan_no", "tier"),
    )
    if rates.special_shares:
        rows = found_beside(rows, of_debtor, by="debtor_no").with_columns(
            industry_code=pl.coalesce("use_industry_code", "debtor_industry")
        )
    return set_aside(rows, rates=rates, reserve=reserve)


def set_aside(rows: pl.DataFrame, *, rates: ProvisionRates, reserve: GeneralReserve | None) -> dy.DataFrame[Provisions]:
    """Reckon the provisions of loans as they are published.

    Reads   rows: loan_no, exposure_kind, status, own_share_outstanding_cents, tier; where the bank has special shares,
            industry_code and region_code.
    Writes  see `provisions`.
    Source  see `provisions`.
    """
    bears = (pl.col("status") == "active") & rates.counted.is_counted()
    frame = rows.select("loan_no", "tier", cents=pl.when(bears).then("own_share_outstanding_cents").otherwise(0))
    at, bears_any = frame["tier"].to_physical(), frame["cents"] > 0
    specific = [0, *(rate.share_e8 for rate in rates.specific)]
    cites = [None, *(str(rate.cite) for rate in rates.specific)]
    special_e8, special_cite = _special(rows, rates.special_shares)
    factors = [factor.share_e8 for factor in reserve.factors] if reserve else [None] * len(cites)
    return Provisions.validate(
        frame.select(
            "loan_no",
            general_provision_cents=share_of(pl.col("cents"), pl.lit(rates.general.share_e8)),
            specific_provision_cents=share_of(pl.col("cents"), _by_tier(specific, at)),
            specific_provision_cite=pl.when(bears_any).then(pl.lit(pl.Series(cites, dtype=pl.String).gather(at))),
            special_provision_cents=share_of(pl.col("cents"), special_e8),
            special_provision_cite=pl.when(bears_any).then(special_cite),
            standard_method_cents=share_of(pl.col("cents"), _by_tier(factors, at)),
        )
    )


def _by_tier(shares_e8: Sequence[int | None], at: pl.Series) -> pl.Expr:
    return pl.lit(pl.Series(shares_e8, dtype=pl.Int64).gather(at))


def _special(rows: pl.DataFrame, shares: Sequence[SpecialShare]) -> tuple[pl.Expr, pl.Expr]:
    """Find the special share of each loan, and its clause; nothing where the bank has none."""
    if not shares:
        return pl.lit(0, pl.Int64), pl.lit(None, pl.String)
    rising = sorted(shares, key=lambda share: share.share_e8)
    which = pl.lit(None, pl.UInt32)
    for number, share in enumerate(rising):
        which = pl.when(_fits(share)).then(pl.lit(number, pl.UInt32)).otherwise(which)
    found = rows.select(which.alias("which"))["which"]
    of_loan = pl.Series([share.share_e8 for share in rising]).gather(found)
    cites = pl.Series([str(share.cite) for share in rising]).gather(found)
    return pl.lit(of_loan).fill_null(0), pl.lit(cites)


def _fits(share: SpecialShare) -> pl.Expr:
    """Compare prefixes; a code given without the letter of its section is compared without it."""
    industry = pl.col("industry_code").str.to_uppercase()
    fits = pl.lit(value=True)
    if share.industry is not None:
        code = industry.str.replace(r"^[A-Z]", "") if share.industry[0].isdigit() else industry
        fits &= code.str.starts_with(share.industry.upper())
    if share.region is not None:
        fits &= pl.col("region_code").str.starts_with(share.region)
    return fits.fill_null(value=False)
