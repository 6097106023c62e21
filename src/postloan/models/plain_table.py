"""Plain tables for models: Parquet or CSV in, with labels, ids and periods read as they are or refused by name."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.errors import TableUnfit

_MISSING = ["", "NA", "NaN", "nan", "null", "NULL"]
_BUCKETS = 1_000_000
_CATEGORIES = {pl.Boolean, pl.String, pl.Categorical, pl.Enum}


def read_plain(path: Path) -> tuple[pl.DataFrame, str]:
    """A table and the sha256 of its file. Raises TableUnfit where it cannot be read or is empty."""
    try:
        content = path.read_bytes()
        if path.suffix.lower() == ".parquet":
            table = pl.read_parquet(content)
        elif path.suffix.lower() == ".csv":
            table = pl.read_csv(content, infer_schema_length=None, null_values=_MISSING, try_parse_dates=True)
        else:
            raise unfit(f"{path.name} is neither .parquet nor .csv.", path.name)
    except OSError as error:
        raise unfit(f"{path.name} cannot be read ({error.strerror}).", path.name) from error
    except pl.exceptions.PolarsError as error:
        raise unfit(f"{path.name} cannot be read: {str(error).splitlines()[0]}.", path.name) from error
    if table.is_empty():
        raise unfit(f"{path.name} has no rows.", path.name)
    return table, hashlib.sha256(content).hexdigest()


def labels_of(table: pl.DataFrame, label: str) -> NDArray[np.bool_]:
    """A column of 0 and 1, or true and false, (n,). Raises TableUnfit where it holds anything else or nothing."""
    column = column_of(table, label)
    if column.null_count():
        raise unfit(f"{label} is missing in {column.null_count()} rows.", label)
    is_number = column.dtype.is_numeric() or column.dtype == pl.Boolean
    if not is_number or not column.cast(pl.Float64).is_in([0.0, 1.0]).all():
        raise unfit(f"{label} holds something else than 0 and 1.", label)
    return np.asarray(column.cast(pl.Float64).to_numpy() == 1)


def column_of(table: pl.DataFrame, name: str) -> pl.Series:
    """A column. Raises TableUnfit where there is none of that name."""
    if name not in table.columns:
        raise unfit(f"The table has no column {name}.", name)
    return table[name]


def texts_of(table: pl.DataFrame, name: str) -> list[str | None]:
    """A column as text, such as a segment or an id, (n,)."""
    return column_of(table, name).cast(pl.String).to_list()


def usable_columns(table: pl.DataFrame, without: Sequence[str | None]) -> list[str]:
    """Columns that can be characteristics: numbers and categories, but those named. Days are neither."""
    return [
        name
        for name, dtype in table.schema.items()
        if name not in without and (dtype.is_numeric() or dtype.base_type() in _CATEGORIES)
    ]


def is_held_out(keys: list[str | None], share: float) -> NDArray[np.bool_]:
    """Rows to judge by, (n,), by a digest of their key: all rows of a debtor fall on one side, and always the same."""
    limit = round(share * _BUCKETS)
    side = {key: _bucket(key) < limit for key in set(keys)}
    return np.array([side[key] for key in keys])


def _bucket(key: str | None) -> int:
    return int.from_bytes(hashlib.blake2b(str(key).encode(), digest_size=8).digest()) % _BUCKETS


def unfit(why: str, name: str) -> TableUnfit:
    """The refusal of a table, at a column or file."""
    return TableUnfit(message=why, hint="Correct the table, or name another column.", where={"named": name})
