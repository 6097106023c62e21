"""Proceeds: what the securities of each loan would bring in if it defaulted, and after how long."""

from collections.abc import Sequence
from datetime import date

import dataframely as dy
import polars as pl

from postloan.rules.expected_loss import Call, Sale
from postloan.rules.figures import ONE_E8
from postloan.tables.losses import EarlierRanks, Proceeds, SecurityTie
from postloan.tables.neighbours import WeakGuarantee
from postloan.tables.results import Standing
from postloan.tables.shares import share_below

_OWN = ("debtor_no", "collateral_id")
_BY = ("loan_no", "after_months", "moves_with_prices")


def proceeds(
    standing: dy.DataFrame[Standing],
    ties: dy.DataFrame[SecurityTie],
    collateral: pl.DataFrame,
    valuations: pl.DataFrame,
    earlier: dy.DataFrame[EarlierRanks],
    weak: dy.DataFrame[WeakGuarantee],
    *,
    sales: Sequence[Sale],
    call: Call,
    on: date,
) -> dy.DataFrame[Proceeds]:
    """Reckon what each security brings in, and part it among its loans by what each owes.

    Reads   standing: the balance that governs; ties: of the same loans; collateral, valuations: facts, the latest value
            up to `on` counts; earlier: of the later ranks among them; weak: of the
            whole bank.
    Writes  cents as of today's prices, rounded down, by loan and time after default.
    Source  rulebook: expected_loss (sales, call); IFRS 9 B5.5.55: what foreclosure brings in, less its costs; Civil
            Code Art. 414: by rank; risk 5.4, 6.4.

    Collateral without a value, or of a kind without a rule, brings nothing. A later rank gets what those before it
    leave, and nothing where some of them are not known. Of one debtor's pledges on one collateral each gets what those
    before left. What a loan gets may pass what it owes; a default takes no more than its claim.
    """
    owing = (
        ties.join(standing.select("loan_no", "outstanding_cents"), on="loan_no", maintain_order="left")
        .with_columns(owed_cents=pl.col("outstanding_cents").sum().over("security"))
        .filter(pl.col("outstanding_cents") > 0)
    )
    pledged = _of_collateral(owing.drop_nulls("collateral_id"), collateral, valuations, earlier, sales, on)
    called = _called(owing.filter(pl.col("collateral_id").is_null()), weak, call)
    columns = (*_BY, "brings_cents", "behind_cents", "outstanding_cents", "owed_cents")
    parted = pl.concat([pledged.select(columns), called.select(columns)]).select(
        *_BY, proceeds_cents=_part("brings_cents"), behind_cents=_part("behind_cents")
    )
    # What is behind others falls faster than prices do, so that rows of its kind are not summed up.
    is_behind = pl.col("behind_cents") > 0
    first = parted.filter(~is_behind).group_by(*_BY).agg(pl.col("proceeds_cents", "behind_cents").sum())
    behind = parted.filter(is_behind & (pl.col("proceeds_cents") > 0))
    return Proceeds.validate(pl.concat([first, behind]).sort(*_BY, "behind_cents", "proceeds_cents"))


def _part(cents: str) -> pl.Expr:
    """A loan's part of an amount that its security brings, by what is outstanding of those it secures."""
    return (pl.col(cents).cast(pl.Int128) * pl.col("outstanding_cents") // pl.col("owed_cents")).cast(pl.Int64)


def _called(ties: pl.DataFrame, weak: dy.DataFrame[WeakGuarantee], call: Call) -> pl.DataFrame:
    """What guarantees bring in; of a weak one less of it, and of less."""
    counts, brings_e8 = pl.col("amount_cents"), pl.lit(call.effective_e8)
    if not weak.is_empty():
        ties = ties.join(
            weak.select("guarantee_id", "counts_cents", "weakness"), on="guarantee_id", how="left",
            maintain_order="left",
        )  # fmt: skip
        counts = pl.coalesce("counts_cents", "amount_cents")
        less_e8 = pl.col("weakness").cast(pl.String).replace_strict(call.brings_e8(), return_dtype=pl.Int64)
        brings_e8 = less_e8.fill_null(call.effective_e8)
    return ties.with_columns(
        brings_cents=share_below(pl.min_horizontal(counts, "owed_cents"), brings_e8),
        after_months=pl.lit(call.after_months, pl.Int32),
        moves_with_prices=pl.lit(value=False),
        behind_cents=pl.lit(0, pl.Int64),
    )


def _of_collateral(
    ties: pl.DataFrame,
    collateral: pl.DataFrame,
    valuations: pl.DataFrame,
    earlier: dy.DataFrame[EarlierRanks],
    sales: Sequence[Sale],
    on: date,
) -> pl.DataFrame:
    rules = pl.DataFrame(
        [(kind, sale.haircut_e8, sale.cost_e8, sale.after_months) for sale in sales for kind in sale.kinds],
        schema={"kind": pl.String, "haircut_e8": pl.Int64, "cost_e8": pl.Int64, "after_months": pl.Int32},
        orient="row",
    )
    values = (
        valuations.join(ties, on="collateral_id", how="semi")
        .filter(pl.col("valued_on") <= on).sort("valued_on", maintain_order=True)
        .group_by("collateral_id").agg(pl.col("value_cents").last())
    )  # fmt: skip
    sold = (
        ties.join(collateral.select("collateral_id", pl.col("kind").cast(pl.String)), on="collateral_id")
        .join(rules, on="kind")
        .join(values, on="collateral_id")
        .with_columns(
            net_cents=share_below(
                share_below(pl.col("value_cents"), ONE_E8 - pl.col("haircut_e8")), ONE_E8 - pl.col("cost_e8")
            )
        )
        .sort("security", "loan_no")
    )
    secures = pl.min_horizontal("amount_cents", "owed_cents")
    before = (
        sold.unique("security", keep="first", maintain_order=True)
        .with_columns(own_cents=secures.cum_sum().over(_OWN) - secures)
        .join(earlier, on="security", how="left", maintain_order="left")
    ).select(
        "security",
        before_cents=pl.when(pl.col("rank") > 1)
        .then(pl.col("own_cents") + pl.col("taken_cents"))
        .otherwise("own_cents"),
    )
    # Where what comes before is not known, nothing is left to count on.
    left = pl.max_horizontal((pl.col("net_cents") - pl.col("before_cents")).fill_null(0), pl.lit(0))
    return sold.join(before, on="security", maintain_order="left").with_columns(
        brings_cents=pl.min_horizontal(left, "amount_cents"),
        behind_cents=pl.col("before_cents").fill_null(0),
        moves_with_prices=pl.lit(value=True),
    )
