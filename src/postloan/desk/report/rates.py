"""Rates: the gap of the book by when its rates change next, and what moves of the prime rates ask of its borrowers."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Within
from postloan.desk.report.form import Column, Kind, Report, Row, Sheet, added, amount, row, share_e8, snapshot_of
from postloan.desk.report.words.rates import RATE_WORDS
from postloan.plan.rates import TREATMENTS, RateRisk, rate_risk
from postloan.rules.figures import ONE_E8
from postloan.rules.rate_risk import APART
from postloan.snapshot.read import scan_debtors

_PAYS_FROM = ("pays_from_income", "pays_from_earnings")

_YEAR = 12
_BP_E8 = 10**4
_DEBTOR = (
    "debtor_id",
    "debtor_name",
    "pays_from",
    "exposure",
    "before",
    "after",
    "rise",
    "ratio_before",
    "ratio_after",
)
_SUMS = (
    "debtors", "exposure", "before", "after", "rise", "over_before", "crosses", "crosses_exposure", "unknown",
    "unknown_exposure",
)  # fmt: skip
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("debtor_id", "debtor_name"), "text"),
    **dict.fromkeys(("shock", "pays_from", "treatment"), "word"),
    **dict.fromkeys(("debtors", "over_before", "crosses", "unknown", "loans"), "count"),
    **dict.fromkeys(("rise_share", "ratio_before", "ratio_after"), "share"),
}
"""What is no amount of money."""


def rates(home: Path, on: date, *, within: Within = None) -> Report:
    """Report the repricing gap, in all and by product, and each move of the prime rates as borrowers feel it.

    It is of the whole bank: `within` is None. Only its loans are known: the asset side. Source: rulebook: rate_risk.
    Raises NothingPublished.
    """
    assert within is None  # noqa: S101 - whoever asks refuses it of some offices
    found = rate_risk(home, on)
    gap = _gap(found)
    names = scan_debtors(home, on).select("debtor_no", debtor_name="name").collect()
    shown = (gap, _products(found), _shocks(found), _treatments(found), _largest(found, names))
    return Report("rates", snapshot_of(home, on), None, gap, shown)


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, _KINDS.get(name, "money")) for name in names)


def _gap(found: RateRisk) -> Sheet:
    bp = found.law.income.move_e8 // _BP_E8
    columns = (
        Column("reprices_in", "word"), Column("floating", "money"), Column("by_instalments", "money"),
        Column("outstanding", "money"), Column("share", "share"),
        Column("income_up", "money", said=f"NII +{bp}bp"), Column("income_down", "money", said=f"NII -{bp}bp"),
    )  # fmt: skip
    sums = found.found.gap.drop("product").group_by("is_floating").sum()
    of = sums.rows_by_key("is_floating", named=True, unique=True)
    floating, kept = (of.get(is_floating, {}) for is_floating in (True, False))
    buckets = [band.name for band in found.law.buckets]
    rows = {
        name: row("item", reprices_in=name, floating=floating.get(name, 0), by_instalments=kept.get(name, 0),
                  outstanding=floating.get(name, 0) + kept.get(name, 0), income_up=None, income_down=None)
        for name in (*buckets, *APART)
    }  # fmt: skip
    for name, moved in _incomes(found, rows):
        rows[name] |= {"income_up": moved, "income_down": -moved}
    money = ("floating", "by_instalments", "outstanding")
    sensitive = row("subtotal", reprices_in="sensitive", **added(
        [rows[name] for name in buckets], (*money, "income_up", "income_down")
    ))  # fmt: skip
    total = row("total", reprices_in="total", income_up=None, income_down=None, **added([*rows.values()], money))
    lines = [*(rows[name] for name in buckets), sensitive, *(rows[name] for name in APART), total]
    shared = [line | {"share": share_e8(amount(line["outstanding"]), amount(total["outstanding"]))} for line in lines]
    return Sheet("rates", columns, tuple(shared))


def _incomes(found: RateRisk, rows: dict[str, Row]) -> Iterator[tuple[str, int]]:
    """What a year's interest gains by the move up, of each bucket that ends within the year, half up.

    A bucket's rates change in its middle, and what is left of the year has the new ones.
    """
    since = 0
    for band in found.law.buckets:
        until = band.up_to_months
        if until is None or until > _YEAR:
            return
        over = 2 * _YEAR * ONE_E8
        gained = amount(rows[band.name]["outstanding"]) * found.law.income.move_e8 * (2 * _YEAR - since - until)
        yield band.name, (2 * gained + over) // (2 * over)
        since = until


def _products(found: RateRisk) -> Sheet:
    buckets = [band.name for band in found.law.buckets]
    parts = [*buckets, *APART]
    columns = (
        Column("product", "text"),
        # A bank's own bucket has no word of ours.
        *(Column(name, "money", said=None if f"rates.column.{name}" in RATE_WORDS else name) for name in parts),
        Column("outstanding", "money"),
    )
    sums = found.found.gap.drop("is_floating").group_by("product").sum().sort("product").to_dicts()
    items = [row("item", **each) for each in sums]
    lines = [*items, row("total", product="total", **added(items, parts))]
    return Sheet(
        "rates_products",
        columns,
        tuple(line | {"outstanding": sum(amount(line[name]) for name in parts)} for line in lines),
    )


def _shocks(found: RateRisk) -> Sheet:
    """Of each move and kind of debtor: what is paid a month, and who passes the bound."""
    columns = _columns("shock", "pays_from", *_SUMS[:5], "rise_share", *_SUMS[5:])
    held = found.found.shocks.rows_by_key(["shock", "kind"], named=True, unique=True)
    lines: list[Row] = []
    for move in found.law.shocks:
        items = [_shock(move.name, kind, held.get((move.name, kind), {})) for kind in _PAYS_FROM]
        lines += [*items, row("subtotal", shock=move.name, pays_from="total", **added(items, _SUMS))]
    shared = [line | {"rise_share": share_e8(amount(line["rise"]), amount(line["before"]))} for line in lines]
    return Sheet("rates_shocks", columns, tuple(shared))


def _shock(shock: str, kind: str, sums: dict[str, int]) -> Row:
    before, after = sums.get("before_cents", 0), sums.get("after_cents", 0)
    cells = {
        "exposure": sums.get("exposure_cents", 0), "before": before, "after": after, "rise": after - before,
        "crosses_exposure": sums.get("crosses_cents", 0), "unknown_exposure": sums.get("unknown_cents", 0),
        **{name: sums.get(name, 0) for name in ("debtors", "over_before", "crosses", "unknown")},
    }  # fmt: skip
    return row("item", shock=shock, pays_from=kind, **cells)


def _treatments(found: RateRisk) -> Sheet:
    """How a move reaches each loan of the book, or why it does not: nothing is left out."""
    held = found.found.treatments.rows_by_key("treatment", named=True, unique=True)
    items = [
        row("item", treatment=name, loans=held.get(name, {}).get("loans", 0),
            outstanding=held.get(name, {}).get("own_share_outstanding_cents", 0))
        for name in TREATMENTS
    ]  # fmt: skip
    total = row("total", treatment="total", **added(items, ("loans", "outstanding")))
    return Sheet("rates_treatments", _columns("treatment", "loans", "outstanding"), (*items, total))


def _largest(found: RateRisk, names: pl.DataFrame) -> Sheet:
    """The debtors whose instalments rise most by the last move."""
    rows = found.found.debtors.join(names, on="debtor_no", how="left", maintain_order="left").select(
        "debtor_id", "debtor_name", pays_from="kind", exposure="exposure_cents", before="before_cents",
        after="after_cents", rise=pl.col("after_cents") - pl.col("before_cents"), ratio_before="before_e8",
        ratio_after="after_e8",
    )  # fmt: skip
    return Sheet("rates_largest", _columns(*_DEBTOR), tuple(row("item", **each) for each in rows.to_dicts()))
