"""The contract rate of each day: repriced after the prime rate, or changed by decision."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import dataframely as dy
import numpy as np
import polars as pl

from postloan.kernels.daycount import NEVER
from postloan.kernels.loan_arrays import offsets
from postloan.kernels.pricing import JANUARY, Publications, repricings
from postloan.kernels.repricing import next_repricings
from postloan.tables.results import Position, RateChange, RateInForce

ONE_E8 = 10**8
EPOCH = date(1970, 1, 1)
PRIME_RATES = ("lpr_1y", "lpr_5y")

_SERIES = {name: at for at, name in enumerate(PRIME_RATES)}
_PACES = {"yearly_jan_1": JANUARY, "anniversary": 12, "monthly": 1}


def repriced(positions: dy.DataFrame[Position], market: pl.DataFrame, *, on: date) -> dy.DataFrame[RateChange]:
    """Reprice the loans that follow a prime rate, by what was published up to the day.

    Reads   positions; market: facts of `market`, of which the prime rates.
    Writes  for each such loan its rate from the day of paying out and from each repricing by `on`, and the publication
            behind it; none where the rate is the one its row states. No repricing comes on or after maturity.
    Source  PBOC notice 2019 No. 30.
    """
    loans = positions.filter(_floats())
    if loans.is_empty():
        return RateChange.create_empty()
    series = [market.filter((pl.col("series") == name) & (pl.col("on") <= on)).sort("on") for name in PRIME_RATES]
    published = pl.concat(series).select("on", rate_e8=(pl.col("value") * ONE_E8).round().cast(pl.Int64))
    which = pl.col("rate_kind").cast(pl.String).replace_strict(_SERIES, return_dtype=pl.Int32)
    days = loans.select(pl.col("disbursed_on", "matures_on", "known_on").to_physical())
    asked = loans.select(pace=_pace(), which=which)
    changes, base = repricings(
        days["disbursed_on"].to_numpy(), days["matures_on"].to_numpy(), asked["pace"].to_numpy(),
        loans["spread_e8"].to_numpy(), asked["which"].to_numpy(), loans["annual_rate_e8"].to_numpy(),
        days["known_on"].to_numpy(), (on - EPOCH).days,
        Publications(
            np.cumsum([0, *(each.height for each in series)]),
            published["on"].to_physical().to_numpy(), published["rate_e8"].to_numpy(),
        ),
    )  # fmt: skip
    behind = pl.Series(base).set(pl.Series(base < 0), None)
    return RateChange.cast(
        pl.DataFrame(
            {
                "loan_no": np.repeat(loans["loan_no"].to_numpy(), np.diff(changes.first)),
                "from_on": pl.Series(changes.on).cast(pl.Date),
                "rate_e8": changes.rate_e8,
                "prime_rate_e8": published["rate_e8"].gather(behind),
                "prime_rate_on": published["on"].gather(behind),
            }
        )
    )


def _floats() -> pl.Expr:
    return (pl.col("rate_kind") != "fixed") & (pl.col("reprices") != "never")


def _pace() -> pl.Expr:
    """Months between repricings, or JANUARY, as the kernels read it."""
    named = pl.col("reprices").cast(pl.String).replace_strict(_PACES, default=0, return_dtype=pl.Int64)
    return pl.when(reprices="every_n_months").then("reprice_months").otherwise(named).cast(pl.Int32)


def reprices_next(positions: dy.DataFrame[Position], *, on: date) -> pl.DataFrame:
    """Give each position the day on which it is repriced next.

    Reads   positions.
    Writes  loan_no; floats: whether it is ever repriced; resets_on, the first repricing after the day, null where none
            comes before maturity, or ever.
    Source  PBOC notice 2019 No. 30.
    """
    days = positions.select(pl.col("disbursed_on", "matures_on").to_physical())
    floats = positions.select(_floats().alias("floats"))["floats"]
    pace = positions.select(pace=pl.when(floats).then(_pace()).otherwise(0).cast(pl.Int32))["pace"]
    found = pl.Series(
        next_repricings(
            days["disbursed_on"].to_numpy(), days["matures_on"].to_numpy(), pace.to_numpy(), (on - EPOCH).days
        )
    )
    resets_on = found.set(found == NEVER, None).cast(pl.Date)
    return pl.DataFrame({"loan_no": positions["loan_no"], "floats": floats, "resets_on": resets_on})


def moved(changes: dy.DataFrame[RateChange], *, by_e8: int, after: date) -> dy.DataFrame[RateChange]:
    """Move the rates of all changes after a day, as the prime rate behind them would; none falls below zero.

    Reads   changes, repricings to come among them.
    Writes  the same changes.
    Source  rulebook: rate_risk; PBOC notice 2019 No. 30 (the spread stays).
    """
    rate = pl.max_horizontal(pl.lit(0, pl.Int64), pl.col("rate_e8") + by_e8)
    return RateChange.cast(
        changes.with_columns(rate_e8=pl.when(pl.col("from_on") > after).then(rate).otherwise("rate_e8"))
    )


def with_agreed(
    changes: dy.DataFrame[RateChange], decisions: pl.DataFrame, taken: Sequence[str]
) -> dy.DataFrame[RateChange]:
    """Add the rates changed by decision.

    Reads   changes: repricings; decisions: facts of `decision`; taken: the decisions that made a schedule anew.
    Writes  the changes by loan and day. An agreed rate holds until the loan is next repriced; one that waits for the
            core changes no rate, as it changes no schedule.
    Source  servicing: events that change a schedule (rate change).
    """
    agreed = decisions.filter((pl.col("kind") == "rate_change") & pl.col("decision_id").is_in(taken))
    if agreed.is_empty():
        return changes
    rates = [int(Decimal(json.loads(terms)["annual_rate"]) * ONE_E8) for terms in agreed["terms"]]
    new = agreed.sort("decision_id").select("loan_no", from_on="effective_on", rate_e8=pl.Series(rates, dtype=pl.Int64))
    return RateChange.cast(pl.concat([changes, new], how="diagonal").sort("loan_no", "from_on", maintain_order=True))


def rates_in_force(positions: dy.DataFrame[Position], changes: dy.DataFrame[RateChange]) -> dy.DataFrame[RateInForce]:
    """Give each loan the contract rate of the day.

    Reads   positions: the rate that the loan's row states; changes by loan and day, none after the day.
    Writes  rate_in_force_e8, since when, and the prime rate behind it with the day it was published.
    Source  PBOC notice 2019 No. 30.
    """
    rows = offsets(changes["loan_no"].to_numpy(), positions["loan_no"].to_numpy())
    last = pl.Series(rows[1::2] - 1).set(pl.Series(rows[1::2] == rows[0::2]), None)
    return RateInForce.validate(
        pl.DataFrame(
            {
                "loan_no": positions["loan_no"],
                "rate_in_force_e8": changes["rate_e8"].gather(last),
                "rate_since_on": changes["from_on"].gather(last),
                "prime_rate_e8": changes["prime_rate_e8"].gather(last),
                "prime_rate_on": changes["prime_rate_on"].gather(last),
            }
        ).with_columns(pl.col("rate_in_force_e8").fill_null(positions["annual_rate_e8"]))
    )
