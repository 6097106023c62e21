"""Quarantine: the rows that were not accepted, each with every rule it broke."""

import polars as pl

from postloan.intake.read import RawTable
from postloan.intake.reasons import REASONS
from postloan.intake.shape import SEALED_COLUMNS
from postloan.tables.inputs import FEED_TABLES

VALUE_LENGTH_MAX = 200

QUARANTINE_COLUMNS: dict[str, pl.DataType] = {
    "table": pl.String(),
    "row": pl.Int64(),
    "key": pl.String(),
    "column": pl.String(),
    "value": pl.String(),
    "rule": pl.String(),
    "reason": pl.String(),
    "reason_zh": pl.String(),
}


class Complaints:
    """What is wrong with the rows of one feed table.

    bad  True where a row has broken a rule.
    """

    def __init__(self, raw: RawTable) -> None:
        self._raw = raw
        self._frames: list[pl.DataFrame] = []
        self.bad = pl.Series("bad", [], dtype=pl.Boolean)
        if raw.frame.height:
            self.bad = pl.Series("bad", [False]).new_from_index(0, raw.frame.height)

    @property
    def any(self) -> bool:
        """Whether any row has broken a rule."""
        return bool(self._frames)

    @property
    def rows(self) -> int:
        """How many rows have broken a rule."""
        return int(self.bad.sum())

    def add(
        self,
        rule: str,
        broken: pl.Series,
        column: str | None = None,
        *,
        reason: str | None = None,
        said: pl.Series | None = None,
        **words: object,
    ) -> None:
        """Complain of the rows where `broken` is true.

        `reason` replaces the English words of the catalogue; `said` fills {said} row by row, one text a broken row.
        """
        broken = broken.fill_null(value=False)
        rows = broken.arg_true()
        if not len(rows):
            return
        english, chinese = REASONS[rule]
        frame = pl.DataFrame({"row": rows.cast(pl.Int64)}).with_columns(
            column=pl.lit(column, pl.String),
            value=pl.lit(None, pl.String) if column is None else self._values(column, rows),
            rule=pl.lit(rule),
            reason=pl.lit((reason or english).format(column=column, said="{said}", **words)),
            reason_zh=pl.lit(chinese.format(column=column, said="{said}", **words)),
        )
        if said is not None:
            filled = {
                name: pl.Series([text.replace("{said}", why) for text, why in zip(frame[name], said, strict=True)])
                for name in ("reason", "reason_zh")
            }
            frame = frame.with_columns(**filled)
        self._frames.append(frame)
        self.bad = self.bad | broken

    def _values(self, column: str, rows: pl.Series) -> pl.Series:
        if column in SEALED_COLUMNS.get(self._raw.table, ()):
            return pl.Series(["(sealed)"]).new_from_index(0, len(rows))
        source = self._raw.sources.get(column)
        if source is None:
            return pl.Series([None], dtype=pl.String).new_from_index(0, len(rows))
        return self._raw.frame[source].gather(rows).cast(pl.String).str.slice(0, VALUE_LENGTH_MAX)

    def frame(self) -> pl.DataFrame:
        """Give the quarantine's rows, in the order of the file; the first row after the header is row 1."""
        if not self._frames:
            return pl.DataFrame(schema=QUARANTINE_COLUMNS)
        listed = pl.concat(self._frames)
        parts = [self._raw.sources[name] for name in FEED_TABLES[self._raw.table].primary_key()]
        key = pl.concat_str(
            [pl.col(part).cast(pl.String).str.slice(0, VALUE_LENGTH_MAX) for part in parts],
            separator="/",
            ignore_nulls=True,
        )
        keys = self._raw.frame.select(parts)[listed["row"]].select(key).to_series()
        places = listed["row"] if self._raw.places is None else self._raw.places.gather(listed["row"])
        return (
            listed.with_columns(pl.lit(self._raw.table).alias("table"), keys.alias("key"), places.alias("row") + 1)
            .sort("row", maintain_order=True)
            .select(list(QUARANTINE_COLUMNS))
        )
