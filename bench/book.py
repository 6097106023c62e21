"""A book for the benches: plain level loans written as integer Parquet feeds, by size, the same for the same seed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

ON = date(2026, 10, 31)
_INSTALMENTS, _PAYMENTS = 36, 24
_CHUNK_LOANS = 1_000_000
"""Bigger books are written so many loans at a time, and then put together without being held."""


def write_book(folder: Path, loans: int, *, seed: int = 7) -> Path:
    """Write one full feed day of `loans` loans, 36 instalments and 24 payments a loan; return the day's folder.

    One loan in 25 has stopped paying at some month, so every tier is there. Three loans belong to two debtors.
    """
    day = folder / ON.isoformat()
    day.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({"org_id": ["0"], "name": ["总行"], "level": ["head"]}).write_parquet(day / "org.parquet")
    with TemporaryDirectory(dir=folder) as chunks:
        for first in range(0, loans, _CHUNK_LOANS):
            random = np.random.default_rng(seed + first // _CHUNK_LOANS)
            for table, rows in _chunk(first, min(_CHUNK_LOANS, loans - first), random):
                rows.write_parquet(Path(chunks) / f"{table}-{first:012d}.parquet")
        for table in ("debtor", "loan", "instalment", "payment"):
            paths = sorted(Path(chunks).glob(f"{table}-*.parquet"))
            pl.scan_parquet(paths).sink_parquet(day / f"{table}.parquet")
    return day


def _chunk(first: int, loans: int, random: np.random.Generator) -> Iterator[tuple[str, pl.DataFrame]]:
    debtors = max(1, loans * 2 // 3)
    # Identifiers and amounts as unlike one another as a real book's: constant columns would be read for nothing.
    debtor_ids = _ids("D", (first + random.permutation(debtors)) * 7919)
    loan_ids = _ids("L", (first + random.permutation(loans)) * 7919)
    loan = pl.DataFrame(
        {
            "loan_id": loan_ids,
            "debtor_id": debtor_ids.gather(random.integers(0, debtors, loans)),
            "principal_cents": random.integers(500_000, 50_000_000, loans),
            "annual_rate_e8": random.integers(300, 1_200, loans) * 10_000,
            "due_day": random.integers(1, 29, loans),
            "paid_months": np.where(random.random(loans) < 0.04, random.integers(6, _PAYMENTS, loans), _PAYMENTS),
        }
    )
    yield "debtor", _debtors(debtor_ids)
    yield "loan", _loans(loan)
    yield "instalment", _instalments(loan)
    yield "payment", _payments(loan, first * _PAYMENTS, random)


def _ids(letter: str, numbers: np.ndarray) -> pl.Series:
    return pl.select(pl.lit(letter) + pl.Series(numbers).cast(pl.String).str.zfill(12)).to_series()


def _debtors(ids: pl.Series) -> pl.DataFrame:
    is_person = pl.Series(np.arange(len(ids)) % 5 > 0)
    return pl.DataFrame({"debtor_id": ids, "name": ids, "is_person": is_person}).select(
        "debtor_id",
        "name",
        legal_form=pl.when("is_person").then(pl.lit("person")).otherwise(pl.lit("company")),
        size_class=pl.when("is_person").then(pl.lit("none")).otherwise(pl.lit("medium")),
        industry_code=pl.lit("C35"),
        region_code=pl.lit("110000"),
    )


def _loans(loan: pl.DataFrame) -> pl.DataFrame:
    return loan.drop("paid_months").with_columns(
        org_id=pl.lit("0"),
        product=pl.lit("consumer"),
        currency=pl.lit("CNY"),
        disbursed_on=pl.date(2024, 10, pl.col("due_day")),
        matures_on=pl.date(2027, 10, pl.col("due_day")),
        method=pl.lit("scheduled"),
    )


def _rows(loan: pl.DataFrame, each: int) -> pl.DataFrame:
    """Repeat each loan `each` times, with `k` counting from 1, its month's due day, and what is left before it."""
    return (
        loan[np.repeat(np.arange(loan.height), each)]
        .with_columns(k=np.tile(np.arange(1, each + 1), loan.height))
        .with_columns(
            due_on=pl.date(2024 + (pl.col("k") + 9) // 12, (pl.col("k") + 9) % 12 + 1, pl.col("due_day")),
            part_cents=pl.col("principal_cents") // _INSTALMENTS,
        )
        .with_columns(
            interest_cents=(pl.col("principal_cents") - pl.col("part_cents") * (pl.col("k") - 1))
            * (pl.col("annual_rate_e8") // 10_000)
            // 120_000,
        )
    )


def _instalments(loan: pl.DataFrame) -> pl.DataFrame:
    rest = pl.col("principal_cents") % _INSTALMENTS * (pl.col("k") == _INSTALMENTS)
    return _rows(loan, _INSTALMENTS).select(
        "loan_id",
        version=pl.lit(1),
        seq="k",
        due_on="due_on",
        principal_cents=pl.col("part_cents") + rest,
        interest_cents="interest_cents",
    )


def _payments(loan: pl.DataFrame, first: int, random: np.random.Generator) -> pl.DataFrame:
    rows = _rows(loan, _PAYMENTS)
    early_days = pl.Series(random.integers(0, 6, rows.height))
    is_paying = pl.col("k") <= pl.col("paid_months")
    return rows.select(
        "loan_id",
        payment_id=_ids("P", first + random.permutation(rows.height)),
        paid_on=pl.col("due_on") - pl.duration(days=early_days),
        # A loan that has stopped paying still sends a cent: the number of payments is the point of the bench.
        amount_cents=pl.when(is_paying).then(pl.col("part_cents") + pl.col("interest_cents")).otherwise(1),
    )
