"""Entrusted payment: whether the bank paid whom the law lets no borrower pay, and paid whom it was to pay."""

from collections.abc import Sequence

import polars as pl

from postloan.rules.use_of_proceeds import EntrustedPayment, UseOfProceeds

_OF_PERSONS = ("person", "sole_trader")


def entrusted_payment(
    drawn: pl.DataFrame, trail: pl.DataFrame, *, laws: Sequence[EntrustedPayment], law: UseOfProceeds
) -> pl.DataFrame:
    """Say of each part of a drawdown that came to a first payee, or to the borrower, how the duty was passed by.

    Reads   drawn: drawdowns in order, with debtor_no, legal_form, product, signed_on; trail: see money_trail.
    Writes  drawdown, movement (empty where the money was not seen), breach, breach_cite; rows of breaches only.
    Source  rulebook: entrusted_payment, use_of_proceeds. regulations LN-01, LN-05 to LN-07.

    The law of the day of signing binds. What a company pays counts by payee, what a person draws by draw. Parts within
    the days of a split count together where each alone would be allowed.
    """
    known = _under_law(drawn.with_row_index("drawdown"), laws, law).with_columns(pl.col("drawdown").cast(pl.Int64))
    parts = known.join(
        trail.filter(pl.col("hop") <= 1).select(
            "drawdown", "movement", "hop", "is_landed", "to_no", "to_account", "to_name", "moved_on",
            part_cents="amount_cents",
        ),
        on="drawdown", how="left",
    )  # fmt: skip
    is_persons = pl.col("purpose").str.starts_with("personal")
    # A person's draw counts once, where it came to; a company's payments where they went.
    is_first = (pl.col("hop").fill_null(0) == 0) | ~pl.col("is_landed")
    counted = parts.filter(
        (pl.col("pay_out") == "self") & pl.col("over_cents").is_not_null()
        & pl.when(is_persons).then(is_first).otherwise(pl.col("hop").fill_null(0) == 1)
    ).with_columns(
        cents=pl.col("part_cents").fill_null(pl.col("amount_cents")),
        on=pl.coalesce("moved_on", "paid_on"),
        payee=pl.when(~is_persons).then(
            pl.coalesce(pl.col("to_no").cast(pl.String), "to_account", "to_name")
        ),
    )  # fmt: skip
    to_another = parts.filter(
        (pl.col("pay_out") == "entrusted") & pl.col("is_landed") & (pl.col("hop") == 1)
        & (pl.col("to_account") != pl.col("payee_account")).fill_null(pl.col("payee_account").is_not_null())
    ).with_columns(breach=pl.lit("payee_differs"))  # fmt: skip
    columns = ("drawdown", "movement", "breach", pl.col("cite").alias("breach_cite"))
    return pl.concat([_too_large(counted, law.split.within_days).select(columns), to_another.select(columns)])


def _under_law(drawn: pl.DataFrame, laws: Sequence[EntrustedPayment], law: UseOfProceeds) -> pl.DataFrame:
    """Say of each drawdown what its loan is for, and the line of the law that binds it."""
    is_persons = pl.col("legal_form").cast(pl.String).is_in(_OF_PERSONS)
    purpose = pl.when(is_persons).then(pl.lit("personal_consumption")).otherwise(pl.lit("working_capital"))
    for each in law.products:
        of_persons = each.purpose.startswith("personal")
        is_such = pl.col("product").is_in(list(each.products)) & (is_persons == of_persons)
        purpose = pl.when(is_such).then(pl.lit(each.purpose)).otherwise(purpose)
    lines = pl.DataFrame(
        [(version.since, line.purpose, line.single_over_cents, str(line.cite)) for version in laws
         for line in version.lines],
        schema={"law_from": pl.Date, "purpose": pl.String, "over_cents": pl.Int64, "cite": pl.String}, orient="row",
    )  # fmt: skip
    begun = pl.DataFrame({"law_from": [version.since for version in laws]}, schema={"law_from": pl.Date})
    in_order = drawn.with_columns(purpose=purpose).sort("signed_on")
    return in_order.join_asof(begun, left_on="signed_on", right_on="law_from").join(
        lines, on=["law_from", "purpose"], how="left"
    )


def _too_large(paid: pl.DataFrame, within_days: int) -> pl.DataFrame:
    """Of what borrowers paid themselves: each payment beyond the line, and parts that pass it together within days."""
    # What was not seen to move is a payment of its own.
    unseen = pl.when(pl.col("movement").is_null()).then("drawdown")
    each = paid.group_by(
        "loan_no", "debtor_no", "payee", "movement", unseen.alias("unseen"), "on", "over_cents", "cite",
        maintain_order=True,
    ).agg(pl.col("cents").sum(), pl.col("drawdown"))  # fmt: skip
    alone = each.filter(pl.col("cents") > pl.col("over_cents")).with_columns(breach=pl.lit("self_paid"))
    of = ["debtor_no", "payee", "over_cents"]
    window = f"{within_days + 1}i"
    small = (
        each.filter(pl.col("cents") <= pl.col("over_cents"))
        .with_columns(day=pl.col("on").to_physical().cast(pl.Int64))
        .with_columns(back=-pl.col("day"))
        .sort("day")
    )
    if small.is_empty():
        return alone.explode("drawdown")
    together = pl.col("cents").rolling_sum_by("day", window).over(of) > pl.col("over_cents")
    passed = small.with_columns(passes=together.cast(pl.Int8)).sort("back")
    parts = passed.filter(pl.col("passes").rolling_max_by("back", window).over(of) > 0)
    return pl.concat([alone, parts.select(each.columns).with_columns(breach=pl.lit("split"))]).explode("drawdown")
