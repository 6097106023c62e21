"""A checked table refuses what the library refuses, and lets through what it lets through."""

import math
from datetime import date
from typing import Any

import dataframely as dy
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.tables import losses, published, replayed, results, tiers, warnings
from postloan.tables.checked import Checked

ROOMS = (losses, published, replayed, results, tiers, warnings)
SHAPES = sorted(
    {
        shape
        for room in ROOMS
        for shape in vars(room).values()
        if isinstance(shape, type) and issubclass(shape, Checked)
    },
    key=lambda shape: shape.__name__,
)


def values_of(kind: pl.DataType) -> list[Any]:
    """Values of a kind: the first suits most columns, the others break the bounds of some."""
    if isinstance(kind, pl.Enum):
        return [kind.categories[0], kind.categories[-1], None]
    if kind.is_integer():
        return [1, 0, 2, 40_000, None, *([] if kind.is_unsigned_integer() else [-1])]
    if kind.is_float():
        return [0.5, 0.0, -1.0, 2.0, math.inf, None]
    if kind == pl.Date:
        return [date(2024, 2, 29), None]
    return [True, None] if kind == pl.Boolean else ["a", "", "x" * 300, None] if kind == pl.String else [None]


def outcome(call: Any, frame: pl.DataFrame) -> Any:
    try:
        return call(frame)
    except (dy.exc.ValidationError, dy.exc.SchemaError) as refusal:
        return type(refusal)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@settings(max_examples=40, deadline=None)
@given(chance=st.randoms(use_true_random=False), rows=st.integers(0, 3), spoilt=st.booleans())
def test_checked_and_library_agree(shape: type[Checked], chance: Any, rows: int, spoilt: bool) -> None:
    kinds = dict(shape.create_empty().schema)
    columns = {
        name: [
            chance.choice(values_of(kind)) if spoilt and chance.random() < 0.05 else values_of(kind)[0]
            for _ in range(rows)
        ]
        for name, kind in kinds.items()
    }
    frame = pl.DataFrame(columns, schema=kinds)
    if chance.random() < 0.2:
        frame = frame.select(reversed(frame.columns)).with_columns(beside_the_point=pl.lit(1))
    ours, librarys = outcome(shape.validate, frame), outcome(super(Checked, shape).validate, frame)
    if isinstance(librarys, pl.DataFrame):
        assert ours.equals(librarys)
    else:
        assert ours is librarys
