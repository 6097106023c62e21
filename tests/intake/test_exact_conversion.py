"""Text becomes integers exactly as Python's Decimal says, or not at all."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.intake.convert import UNIT_DIGITS, convert

SUFFIX = {2: "amount_cents", 8: "annual_rate_e8", 0: "seq"}


def one(text: object, wanted: pl.DataType, name: str = "value", *, is_major: bool = False) -> tuple[object, list[str]]:
    """Convert a single value, and name the rules it broke."""
    result, broken = convert(pl.Series([text]), wanted, name=name, is_major=is_major)
    return result.item(), [rule for rule, mask in broken.items() if mask.item()]


def expected(text: str, decimals: int) -> tuple[int | None, list[str]]:
    """What Python's Decimal makes of a text."""
    try:
        value = Decimal(text).scaleb(decimals)
    except InvalidOperation:
        return None, ["not_a_number"]
    if value != value.to_integral_value():
        return None, ["too_many_decimals"]
    return int(value), []


amounts = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4
) | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=2)


@given(value=amounts, sign=st.sampled_from(["", "+"]), zeros=st.integers(0, 12), ahead=st.integers(0, 12))
@pytest.mark.parametrize("decimals", [2, 8])
def test_written_amounts_are_exact(decimals: int, value: Decimal, sign: str, zeros: int, ahead: int) -> None:
    digits = f"{abs(value):f}"
    if len(digits.split(".", maxsplit=1)[0]) > UNIT_DIGITS[decimals]:
        return
    text = ("-" if value < 0 else sign) + "0" * ahead + digits + "0" * zeros
    assert one(text, pl.Int64(), SUFFIX[decimals], is_major=True) == expected(text, decimals)


@given(cents=st.integers(-(10**17), 10**17))
def test_every_amount_of_cents_survives_being_written(cents: int) -> None:
    text = f"{Decimal(cents).scaleb(-2):f}"
    assert one(text, pl.Int64(), "amount_cents", is_major=True) == (cents, [])
    assert one(str(cents), pl.Int64(), "amount_cents") == (cents, [])


@given(cents=st.integers(-(10**12), 10**12))
def test_the_shortest_text_of_a_double_is_the_amount_that_was_typed(cents: int) -> None:
    from postloan.intake.read import _cell_text  # noqa: PLC0415

    assert one(_cell_text(cents / 100), pl.Int64(), "amount_cents", is_major=True) == (cents, [])


@given(value=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3))
def test_parquet_decimals_are_exact(value: Decimal) -> None:
    series = pl.Series([value], dtype=pl.Decimal(38, 3))
    result, broken = convert(series, pl.Int64(), name="amount_cents", is_major=True)
    assert (result.item(), list(broken)) == expected(f"{value:f}", 2)


@given(text=st.text(alphabet="0123456789.-+eE, １", max_size=12))
def test_whatever_is_not_a_number_is_refused_or_equal(text: str) -> None:
    result, broken = one(text, pl.Int64(), "amount_cents", is_major=True)
    if result is not None:
        assert Decimal(text) * 100 == result
    else:
        assert broken or text == ""


@pytest.mark.parametrize(
    ("text", "cents", "broken"),
    [
        ("1234.56", 123456, []),
        ("-0.5", -50, []),
        (".5", 50, []),
        ("5.", 500, []),
        ("1.2300", 123, []),
        ("1.234", None, ["too_many_decimals"]),
        ("1,234.56", None, ["not_a_number"]),
        ("1e3", None, ["not_a_number"]),
        (" 1", None, ["not_a_number"]),
        ("１", None, ["not_a_number"]),
        ("--1", None, ["not_a_number"]),
        ("", None, []),
        ("9" * 17, None, ["out_of_range"]),
        ("9" * 400, None, ["out_of_range"]),
    ],
)
def test_amounts_as_people_write_them(text: str, cents: int | None, broken: list[str]) -> None:
    assert one(text, pl.Int64(), "amount_cents", is_major=True) == (cents, broken)


@pytest.mark.parametrize(
    ("text", "wanted", "value", "broken"),
    [
        ("2024-02-29", pl.Date(), date(2024, 2, 29), []),
        ("2023-02-29", pl.Date(), None, ["not_a_day"]),
        ("2026-02-30", pl.Date(), None, ["not_a_day"]),
        ("2026-13-01", pl.Date(), None, ["not_a_day"]),
        ("2026-1-1", pl.Date(), None, ["not_a_day"]),
        ("20260101", pl.Date(), None, ["not_a_day"]),
        ("2024-01-31 09:30:00", pl.Datetime("us"), datetime(2024, 1, 31, 9, 30), []),  # noqa: DTZ001
        ("2024-01-31T09:30:00.25", pl.Datetime("us"), datetime(2024, 1, 31, 9, 30, 0, 250_000), []),  # noqa: DTZ001
        ("2024-01-31", pl.Datetime("us"), datetime(2024, 1, 31), []),  # noqa: DTZ001
        ("2024-01-31 24:00:00", pl.Datetime("us"), None, ["not_a_moment"]),
        ("Yes", pl.Boolean(), True, []),
        ("否", pl.Boolean(), False, []),
        ("perhaps", pl.Boolean(), None, ["not_yes_or_no"]),
        ("b", pl.Enum(["a", "b"]), "b", []),
        ("c", pl.Enum(["a", "b"]), None, ["not_in_list"]),
        ("3.85e-2", pl.Float64(), 0.0385, []),
        ("inf", pl.Float64(), None, ["not_a_number"]),
        ("12", pl.Int64(), 12, []),
        ("12.0", pl.Int64(), 12, []),
        ("12.5", pl.Int64(), None, ["too_many_decimals"]),
        ("007", pl.String(), "007", []),
        ("30E360", pl.String(), "30E360", []),
        ("", pl.String(), None, []),
    ],
)
def test_other_types(text: str, wanted: pl.DataType, value: object, broken: list[str]) -> None:
    assert one(text, wanted) == (value, broken)
