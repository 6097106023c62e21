"""Convert: text to typed columns, exactly. An amount never passes through a float; what does not fit is told, not bent.

Amounts and rates are written in the unit people use (1234.56, 0.0345) and held as integers (123456, 3450000). More
decimals than the unit holds are refused, except zeros at the end.
"""

import polars as pl

from postloan.intake.read import UNITS

_NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$"
_FLOAT = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)?$"

TRUE_WORDS = ("true", "t", "yes", "y", "1", "是")
FALSE_WORDS = ("false", "f", "no", "n", "0", "否")

UNIT_DIGITS = {0: 18, 2: 16, 8: 10}
"""Digits before the point that fit an int64 with that many decimals, far above every bound of the schemas."""

Broken = dict[str, pl.Series]
"""Rule → where it is broken."""


def convert(raw: pl.Series, wanted: pl.DataType, *, name: str, is_major: bool) -> tuple[pl.Series, Broken]:
    """Convert one column as it stood in the file into the type of its schema.

    `is_major` says that an amount or rate is written in its major unit, so that it still has to be scaled.
    """
    if raw.dtype == pl.Null:
        return pl.Series(name, [None], dtype=wanted).new_from_index(0, len(raw)), {}
    if isinstance(raw.dtype, (pl.Categorical, pl.Enum)):
        raw = raw.cast(pl.String)
    if raw.dtype == pl.String:
        raw = _without_empty(raw)
    decimals = next((held for suffix, held in UNITS.items() if name.endswith(suffix)), 0) if is_major else 0
    if isinstance(wanted, pl.Int64):
        result, broken = _to_integer(raw, decimals)
    elif isinstance(wanted, pl.Enum):
        result = raw.cast(wanted, strict=False)
        broken = {"not_in_list": raw.is_not_null() & result.is_null()}
    elif raw.dtype == pl.String and not isinstance(wanted, pl.String):
        result, broken = _text_to(raw, wanted)
    elif isinstance(wanted, pl.Date) and isinstance(raw.dtype, pl.Datetime):
        result = raw.cast(pl.Date)
        broken = {"not_a_day": result.cast(raw.dtype) != raw}
    else:
        result, broken = raw.cast(wanted), {}
    return result.rename(name), {rule: mask for rule, mask in broken.items() if mask.any()}


def _without_empty(raw: pl.Series) -> pl.Series:
    empty = raw.str.len_bytes() == 0
    return raw.set(empty, None) if empty.any() else raw


def _to_integer(raw: pl.Series, decimals: int) -> tuple[pl.Series, Broken]:
    if raw.dtype == pl.String:
        return _text_to_integer(raw, decimals)
    if isinstance(raw.dtype, pl.Decimal):
        # A Decimal written out is exact, and the text rules then hold for every form alike.
        return _text_to_integer(raw.cast(pl.String), decimals)
    bound = 10 ** (18 - decimals)
    result = raw.cast(pl.Int64, strict=False)
    fits = result.is_between(-bound, bound)
    broken = {"out_of_range": raw.is_not_null() & ~fits.fill_null(value=False)}
    if not fits.all():
        result = result.set(~fits, None)
    return (result * 10**decimals if decimals else result), broken


def _text_to_integer(raw: pl.Series, decimals: int) -> tuple[pl.Series, Broken]:
    fits = raw.str.contains(_pattern(decimals))
    if fits.all():
        return _scaled(raw, decimals), {}
    is_number = raw.str.contains(_NUMBER)
    too_fine = ~raw.str.contains(rf"^[^.]*(?:\.[0-9]{{0,{decimals}}}0*)?$")
    broken = {
        "not_a_number": ~is_number,
        "too_many_decimals": is_number & too_fine,
        "out_of_range": is_number & ~too_fine & ~fits,
    }
    return _scaled(raw.set(~fits, None), decimals), broken


def _pattern(decimals: int) -> str:
    whole = rf"0*[0-9]{{1,{UNIT_DIGITS[decimals]}}}(?:\.[0-9]{{0,{decimals}}}0*)?"
    return rf"^[+-]?(?:{whole}|\.[0-9]{{1,{decimals}}}0*)$" if decimals else rf"^[+-]?{whole}$"


def _scaled(fitting: pl.Series, decimals: int) -> pl.Series:
    text = pl.col("text")
    # "-0.5" is "-0" and "5": shifting the point by text keeps the sign that "-0" as a number would lose.
    whole, fraction = pl.col("parts").struct.field("field_0"), pl.col("parts").struct.field("field_1")
    shifted = pl.concat_str(
        whole.str.strip_prefix("+"), fraction.fill_null("").str.slice(0, decimals).str.pad_end(decimals, "0")
    )
    return (
        pl.DataFrame({"text": fitting})
        .lazy()
        .select(text, parts=text.str.splitn(".", 2))
        .select(shifted.cast(pl.Int64))
        .collect()
        .to_series()
    )


def _text_to(raw: pl.Series, wanted: pl.DataType) -> tuple[pl.Series, Broken]:
    if isinstance(wanted, pl.Date):
        result = raw.set(~raw.str.contains(_DAY), None).str.to_date("%Y-%m-%d", strict=False)
        return result, {"not_a_day": raw.is_not_null() & result.is_null()}
    if isinstance(wanted, pl.Datetime):
        return _text_to_moment(raw)
    if isinstance(wanted, pl.Boolean):
        word = raw.str.to_lowercase()
        is_true, is_false = word.is_in(TRUE_WORDS), word.is_in(FALSE_WORDS)
        known = is_true | is_false
        return is_true.set(~known, None), {"not_yes_or_no": raw.is_not_null() & ~known}
    fits = raw.str.contains(_FLOAT)
    return raw.set(~fits, None).cast(pl.Float64), {"not_a_number": ~fits}


def _text_to_moment(raw: pl.Series) -> tuple[pl.Series, Broken]:
    fitting = raw.set(~raw.str.contains(_MOMENT), None).str.replace("T", " ", literal=True)
    has_time = fitting.str.len_bytes() > len("2024-01-31")
    full = pl.select(pl.when(has_time).then(fitting).otherwise(fitting + " 00:00:00")).to_series()
    result = full.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
    return result, {"not_a_moment": raw.is_not_null() & result.is_null()}
