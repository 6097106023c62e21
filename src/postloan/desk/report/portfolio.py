"""The portfolio on a day: what is watched of the book as a whole against its limits, and where the balance lies."""

from datetime import date
from pathlib import Path

from postloan.desk.report.book import Within
from postloan.desk.report.form import Column, Report, Sheet, row, share_e8, snapshot_of
from postloan.plan.portfolio import portfolio as looked_at

_SIGNALS = (
    Column("watched", "word"), Column("part", "word"), Column("key", "text"), Column("value", "share"),
    Column("limit", "share"), Column("against_limit", "word"), Column("outstanding", "money"), Column("cite", "text"),
)  # fmt: skip
_PLACES = (
    Column("part", "word"), Column("key", "text"), Column("loans", "count"), Column("outstanding", "money"),
    Column("share", "share"), Column("non_performing", "money"), Column("npl_share", "share"),
)  # fmt: skip


def portfolio(home: Path, on: date, *, within: Within = None) -> Report:
    """Report what is watched of the book, what passes its limit first; and every place with its share.

    It is of the whole bank: `within` is None. Source: rulebook: portfolio_limits. Raises NothingPublished.
    """
    assert within is None  # noqa: S101 - whoever asks refuses it of some offices
    found = looked_at(home, on)
    signals = () if found is None else sorted(found.signals, key=lambda each: not each.passes)
    lines = [
        row("item", watched=each.kind, part=each.of, key=each.key, value=each.value_e8, limit=each.limit_e8,
            against_limit="passed" if each.passes else "within", outstanding=each.cents, cite=each.cite)
        for each in signals
    ]  # fmt: skip
    places = [] if found is None else [
        row("item", part=each["of"], key=each["key"], loans=each["loans"], outstanding=each["outstanding"],
            share=each["share_e8"], non_performing=each["non_performing"],
            npl_share=share_e8(each["non_performing"], each["outstanding"]))
        for each in found.places.iter_rows(named=True)
    ]  # fmt: skip
    sheet = Sheet("portfolio", _SIGNALS, tuple(lines))
    return Report(
        "portfolio", snapshot_of(home, on), None, sheet, (sheet, Sheet("portfolio_places", _PLACES, tuple(places)))
    )
