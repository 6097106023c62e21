"""Figures as people and programs read them: whole cents and 1e-8 in, text out, never through a float."""

from dataclasses import dataclass

from postloan.tables.said import Language

_CENTS = 100


@dataclass(frozen=True)
class Unit:
    """The unit in which a column of money is shown: so many currency units, with so many decimals."""

    name: str
    units: int
    decimals: int


def money_units(currency: str, language: Language) -> tuple[Unit, ...]:
    """List the units a table of money may be shown in, the most exact first."""
    if language == "zh":
        unit = "元" if currency == "CNY" else currency
        gap = "" if currency == "CNY" else " "
        return (
            Unit(unit, 1, 2),
            Unit(f"万{gap}{unit}", 10**4, 2),
            Unit(f"万{gap}{unit}", 10**4, 0),
            Unit(f"亿{gap}{unit}", 10**8, 2),
        )
    return (
        Unit(currency, 1, 2),
        Unit(f"{currency} k", 10**3, 0),
        Unit(f"{currency} m", 10**6, 2),
        Unit(f"{currency} m", 10**6, 1),
        Unit(f"{currency} bn", 10**9, 2),
    )


def unit_for(cents_most: int, currency: str, language: Language) -> Unit:
    """Choose the unit in which an amount of this size is easily read, with two decimals: 元, 万元, 亿元."""
    units = [unit for unit in money_units(currency, language) if unit.decimals == 2]  # noqa: PLR2004 - as said
    fitting = [unit for unit in units if abs(cents_most) >= unit.units * _CENTS]
    return fitting[-1] if fitting else units[0]


def said_money(cents: int, unit: Unit) -> str:
    """Write an amount in a unit, half up, with thousands separators: 1,234,567.89."""
    return _grouped(_half_up(cents * 10**unit.decimals, _CENTS * unit.units), unit.decimals)


def money(cents: int) -> str:
    """Write an amount in the currency's own unit, with thousands separators: -1,234.56."""
    return _grouped(cents, 2)


def exact_percent(rate_e8: int) -> str:
    """Write a rate as per cent with all its decimals and no more, without the sign: 3_450_000 is 3.45."""
    return _plain(rate_e8, 6).rstrip("0").rstrip(".")


def said_percent(share_e8: int | None) -> str:
    """Write a share as per cent with two decimals, without the sign; a share of nothing is a dash."""
    return "-" if share_e8 is None else _grouped(_half_up(share_e8, 10**4), 2)


def decimal_money(cents: int) -> str:
    """Write an amount for programs: 1234567.89."""
    return _plain(cents, 2)


def decimal_share(share_e8: int) -> str:
    """Write a share for programs, as a fraction with all its decimals: 0.01234568."""
    return _plain(share_e8, 8)


def _half_up(number: int, by: int) -> int:
    sign = -1 if number < 0 else 1
    return sign * ((2 * abs(number) + by) // (2 * by))


def _plain(number: int, decimals: int) -> str:
    whole, part = divmod(abs(number), 10**decimals)
    return f"{'-' if number < 0 else ''}{whole}.{part:0{decimals}d}"


def _grouped(number: int, decimals: int) -> str:
    whole, part = divmod(abs(number), 10**decimals)
    return f"{'-' if number < 0 else ''}{whole:,}" + (f".{part:0{decimals}d}" if decimals else "")
