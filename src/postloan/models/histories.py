"""What plain tables hold of the past, laid out for estimators: grades by debtor and period, cash by case and month."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.models.migration import cohort_matrix, count_moves, durations, moves_within
from postloan.models.plain_table import column_of, unfit
from postloan.models.recovery import Cases

Floats = NDArray[np.float64]


def moves_of(
    table: pl.DataFrame, id_column: str, time: str, grade: str, grades: tuple[str, ...], estimator: str
) -> tuple[Floats, float]:
    """The transition matrix over one period, and the moves it rests on.

    One row a debtor and period, `time` a whole number. By cohort, the grade a period later; a debtor who is not there
    then was withdrawn, unless the table ends. By duration, a row holds from its period until the next row.
    Raises  TableUnfit for a grade that is not among `grades`, a row that stands twice, or no period to move in.
    """
    for name in (id_column, time, grade):
        column_of(table, name)
    rows = table.select(
        debtor=pl.col(id_column).cast(pl.String).rank("dense").cast(pl.Int64),
        time=pl.col(time).cast(pl.Int64),
        state=pl.col(grade).cast(pl.String).replace_strict(list(grades), range(len(grades)), default=None),
    ).sort("debtor", "time")
    if rows.null_count().sum_horizontal()[0]:
        raise unfit(f"{grade} holds something else than {', '.join(grades)}.", grade)
    if rows.select("debtor", "time").is_duplicated().any():
        raise unfit("A debtor stands twice in one period.", id_column)
    debtor, at, state = rows["debtor"].to_numpy(), rows["time"].to_numpy(), rows["state"].cast(pl.Int64).to_numpy()
    end = int(at.max())
    if estimator == "duration":
        found = durations(debtor, at.astype(np.float64), state, states=len(grades), until=float(end))
        return moves_within(found.generator, 1.0), float(found.moves.sum())
    is_next = np.append((debtor[1:] == debtor[:-1]) & (at[1:] == at[:-1] + 1), [False])
    after = np.where(is_next, np.append(state[1:], -1), -1)
    counted = (at < end) & (state < len(grades) - 1)
    if not counted.any():
        raise unfit("No debtor is seen a period later.", time)
    counts = count_moves(state[counted], after[counted], len(grades))[:, :-1]
    return cohort_matrix(counts), float(counts.sum())


def cases_by_segment(
    table: pl.DataFrame, *, id_column: str, time: str, cash: str, exposure: str, is_open: str | None,
    segment: str | None,
) -> Iterator[tuple[str, Cases]]:  # fmt: skip
    """Cases by segment, in the order of their names.

    One row a case and month since default, from 0 on; a month without cash may be left out, but for the last seen.
    Raises  TableUnfit where a column is missing, or a month lies before default.
    """
    for name in (id_column, time, cash, exposure, is_open, segment):
        if name is not None:
            column_of(table, name)
    rows = table.select(
        case=pl.col(id_column).cast(pl.String),
        month=pl.col(time).cast(pl.Int64),
        cash=pl.col(cash).cast(pl.Float64).fill_null(0.0),
        exposure=pl.col(exposure).cast(pl.Float64),
        is_open=pl.col(is_open).cast(pl.Boolean) if is_open else pl.lit(value=False),
        segment=pl.col(segment).cast(pl.String).fill_null("missing") if segment else pl.lit("all"),
    )
    months = int(column_of(rows, "month").max() or 0) + 1  # type: ignore[arg-type]
    if (rows["month"] < 0).any():
        raise unfit(f"{time} counts months since default, from 0 on.", time)
    for (name,), held in sorted(rows.group_by("segment"), key=lambda each: str(each[0][0])):
        cases = held.group_by("case").agg(
            pl.col("exposure").first(), pl.col("is_open").any(), seen=pl.col("month").max() + 1
        ).sort("case")  # fmt: skip
        grid = np.zeros((len(cases), months))
        row = held.select(pl.col("case").rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
        np.add.at(grid, (row, held["month"].to_numpy()), held["cash"].to_numpy())
        seen = cases["seen"].cast(pl.Int64).to_numpy()
        yield str(name), Cases(cases["exposure"].to_numpy(), seen, cases["is_open"].to_numpy(), grid)
