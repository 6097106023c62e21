"""Provisions: what the book and the law ask the bank to hold, what it holds, and what follows, line by line."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Grouping, Within, each_group, group_columns, read_book, total_of_groups
from postloan.desk.report.form import Column, Report, Row, Sheet, added, amount, filled, row, snapshot_of
from postloan.plan.provision_standing import PROVISIONS, ProvisionStanding, provision_standing
from postloan.plan.provision_tests import RATINGS_FIGURES, Held
from postloan.tables.units import NON_PERFORMING, TIERS

_SUMS = {name: name.removesuffix("_cents") for name in ("outstanding_cents", *PROVISIONS)}
_COUNTED = ("loans", *_SUMS.values())
_TIER_COLUMNS = (
    Column("line", "word"), Column("loans", "count"), Column("outstanding", "money"),
    *(Column(name.removesuffix("_cents"), "money") for name in PROVISIONS), Column("clause", "text"),
)  # fmt: skip
_TEST_COLUMNS = (
    Column("line", "word"), Column("stands", "money"), Column("needed", "money"), Column("difference", "money"),
    Column("share", "share"), Column("needed_share", "share"), Column("months", "number"), Column("result", "word"),
    Column("clause", "text"),
)  # fmt: skip
_SECTIONS: dict[str, tuple[str, ...]] = {
    "required": ("stands", "needed", "difference", "result", "clause"),
    "coverage": ("needed", "difference", "share", "needed_share", "result", "clause"),
    "accuracy": ("stands", "needed", "share", "needed_share", "result", "clause"),
    "months": ("months", "result", "clause"),
    "movement": ("stands", "result", "clause"),
    "reserve": ("stands", "needed", "difference", "result", "clause"),
    "capital": ("stands", "needed", "difference", "result", "clause"),
}
"""The columns a reader sees of each section; a file holds them all."""


def provisions(
    home: Path, on: date, by: Grouping | None = None, *, orgs: pl.DataFrame | None = None, within: Within = None
) -> Report:
    """Report provisions by tier and every test of the bank as a whole; or, by group, what each group's loans ask for.

    The bank's own figures, and so the tests, are of the whole bank: a group has none, nor have some offices. What the
    bank has not stated is empty, and said to be.
    """
    standing = provision_standing(home, on)
    columns = ["status", "tier", "exposure_kind", "outstanding_cents", *PROVISIONS]
    cells = (
        read_book(home, on, columns, by, orgs, within=within)
        .filter((pl.col("status") == "active") & standing.policy.provision_rates.counted.is_counted())
        .group_by("group", "tier")
        .agg(pl.len().alias("loans"), *(pl.col(name).sum().alias(said) for name, said in _SUMS.items()))
    )
    if by is not None:
        sheet = _by_group(cells, by, orgs)
        return Report("provisions", snapshot_of(home, on), by, filed=sheet, shown=(sheet,))
    tiers, tests = _tier_rows(cells, standing), list(_tests(standing)) if within is None else []
    shown = [Sheet("provisions_tiers", _TIER_COLUMNS, tuple(tiers))]
    for section, names in _SECTIONS.items():
        wanted = tuple(column for column in _TEST_COLUMNS if column.name in {"line", *names})
        lines = tuple(line for line in tests if line["section"] == section)
        shown += [Sheet(f"provisions_{section}", wanted, lines)] if lines else []
    filed_columns = (Column("section", "word"), *dict.fromkeys((*_TIER_COLUMNS[:-1], *_TEST_COLUMNS)))
    filed = filled("provisions", filed_columns, (*(line | {"section": "tiers"} for line in tiers), *tests))
    return Report("provisions", snapshot_of(home, on), None, filed=filed, shown=tuple(shown))


def _tier_rows(cells: pl.DataFrame, standing: ProvisionStanding) -> list[Row]:
    found = {each.pop("tier"): each for each in cells.drop("group").to_dicts()}
    clauses: dict[str, str] = {rate.tier: str(rate.cite) for rate in standing.policy.provision_rates.specific}
    items = [
        row("item", line=tier, **(dict.fromkeys(_COUNTED, 0) | found.get(tier, {})), clause=clauses.get(tier))
        for tier in TIERS
    ]
    bad = added([item for item in items if item["line"] in NON_PERFORMING], _COUNTED)
    return [
        *items,
        row("subtotal", line="non_performing", **bad, clause=None),
        row("total", line="total", **added(items, _COUNTED), clause=str(standing.policy.provision_rates.general.cite)),
    ]


def _by_group(cells: pl.DataFrame, by: Grouping, orgs: pl.DataFrame | None) -> Sheet:
    items = []
    for named, held in each_group(cells, by, orgs):
        sums = {name: int(held[name].sum()) for name in _COUNTED}
        bad_cents = int(held.filter(pl.col("tier").is_in(NON_PERFORMING))["outstanding"].sum())
        items.append(row("item", **named, **sums, non_performing=bad_cents))
    names = (*_COUNTED, "non_performing")
    lines = [*items, row("total", **total_of_groups(by), **added(items, names))]
    columns = (
        *group_columns(by), Column("loans", "count"), Column("outstanding", "money"), Column("non_performing", "money"),
        *(Column(name.removesuffix("_cents"), "money") for name in PROVISIONS),
    )  # fmt: skip
    return Sheet(f"provisions_by_{by}", columns, tuple(lines))


def _tests(standing: ProvisionStanding) -> Iterator[Row]:
    yield from _required(standing)
    yield from _coverage(standing)
    yield from _accuracy(standing)
    yield from _months(standing)
    yield from _movement(standing)
    yield from _reserve(standing)
    yield from _capital(standing)


def _line(section: str, line: str, cite: object = None, *, standing: str = "item", **cells: str | int | None) -> Row:
    """Make one line; where it says no result, it is judged by its difference."""
    blank: Row = dict.fromkeys((column.name for column in _TEST_COLUMNS), None)
    made: Row = {"row": standing, "section": section, **blank, "line": line, **cells}
    made["clause"] = None if cite is None else str(cite)
    if "result" not in cells and "difference" in cells:
        difference = cells["difference"]
        made["result"] = "not_stated" if difference is None else "short" if amount(difference) < 0 else "met"
    return made


def _stated(cents: int | None) -> str | None:
    return "not_stated" if cents is None else None


def _required(standing: ProvisionStanding) -> Iterator[Row]:
    rates, found = standing.policy.provision_rates, standing.portfolio
    booked_cents, needed_cents = standing.stated.get("loan_loss_provisions"), found.required_cents
    yield _line("required", "general", rates.general.cite, needed=found.general_cents)
    yield _line("required", "specific", rates.specific[0].cite, needed=found.specific_cents)
    yield _line("required", "special", rates.special.cite, needed=found.special_cents)
    if (law := standing.policy.provision_coverage) is not None:
        yield _line("required", "provisions", law.counted.cite, stands=booked_cents, result=_stated(booked_cents))
    difference = None if booked_cents is None else booked_cents - needed_cents
    yield _line(
        "required", "booked", rates.general.cite, standing="total", stands=booked_cents, needed=needed_cents,
        difference=difference,
    )  # fmt: skip
    if not standing.is_same_rulebook:
        yield _line("required", "rulebook", result="rulebook_changed")


def _coverage(standing: ProvisionStanding) -> Iterator[Row]:
    law, test = standing.policy.provision_coverage, standing.coverage
    if law is None or test is None:
        return
    booked_cents = standing.stated.get("loan_loss_provisions")
    tests = (
        ("coverage", test.coverage_cents, test.coverage_e8, law.coverage),
        ("loan_provision_ratio", test.ratio_cents, test.ratio_e8, law.loan_provision_ratio),
    )
    for name, needed_cents, held_e8, figure in tests:
        difference = None if booked_cents is None else booked_cents - needed_cents
        yield _line(
            "coverage", name, figure.cite, stands=booked_cents, needed=needed_cents, difference=difference,
            share=held_e8, needed_share=figure.share_e8,
        )  # fmt: skip
    yield _line(
        "coverage", "governs_coverage" if test.governing is law.coverage else "governs_ratio", law.governs.cite,
        standing="total", stands=booked_cents, needed=test.needed_cents, difference=test.difference_cents,
    )  # fmt: skip


def _accuracy(standing: ProvisionStanding) -> Iterator[Row]:
    law, test = standing.policy.provision_coverage, standing.accuracy
    if law is None or law.accuracy is None or test is None:
        return
    found, whole = test.of_it_npl_cents, test.long_overdue_cents
    yield _line(
        "accuracy", "long_overdue", law.accuracy.cite, stands=found, needed=whole, difference=found - whole,
        share=test.accuracy_e8,
    )  # fmt: skip
    if (step := test.step) is not None:
        asked = (("accuracy_coverage", step.coverage_e8), ("accuracy_ratio", step.loan_provision_ratio_e8))
        for name, share_e8 in asked:
            yield _line("accuracy", name, step.cite, needed_share=share_e8, result="letter_decides")


def _months(standing: ProvisionStanding) -> Iterator[Row]:
    law, below = standing.policy.provision_coverage, standing.below
    if law is None or below is None:
        return
    reached = below.consequence
    named = reached.consequence if reached else "no_consequence" if below.months or below.is_known else "not_stated"
    cite = (reached or law.consequences[0]).cite
    yield _line("months", "months_below", cite, standing="total", months=below.months, result=named)
    for each in law.consequences:
        yield _line("months", each.consequence, each.cite, months=max(0, each.months - below.months))
    if not below.is_known:
        yield _line("months", "earlier", result="may_be_more")


def _movement(standing: ProvisionStanding) -> Iterator[Row]:
    if (law := standing.policy.provision_coverage) is None:
        return
    names = ("provisions_accrued", "provisions_reversed", "provisions_written_off", "provisions_recovered")
    amounts = {
        "opening": standing.opening_cents,
        **{name: standing.stated.get(name) for name in names},
        "closing": standing.stated.get("loan_loss_provisions"),
    }
    for name, cents in amounts.items():
        yield _line("movement", name, law.reported.cite, stands=cents, result=_stated(cents))
    left = standing.unexplained_cents
    result = "not_stated" if left is None else "closes" if left == 0 else "does_not_close"
    yield _line("movement", "unexplained", law.reported.cite, standing="total", stands=left, result=result)


def _reserve(standing: ProvisionStanding) -> Iterator[Row]:
    law, test = standing.policy.general_reserve, standing.reserve
    if law is None or test is None:
        return
    booked_cents, risk_assets_cents = (standing.stated.get(name) for name in ("loan_loss_provisions", "risk_assets"))
    estimate_cents, reserve_cents = standing.portfolio.standard_method_cents, standing.stated.get("general_reserve")
    above, minimum = test.above_provisions_cents, test.minimum_cents
    yield _line("reserve", "estimate", law.factors[0].cite, stands=estimate_cents)
    yield _line("reserve", "provisions", law.top_up.cite, stands=booked_cents, result=_stated(booked_cents))
    yield _line("reserve", "above_provisions", law.top_up.cite, needed=above, result=_stated(above))
    yield _line("reserve", "risk_assets", law.minimum.cite, stands=risk_assets_cents, result=_stated(risk_assets_cents))
    yield _line("reserve", "minimum", law.minimum.cite, needed=minimum, result=_stated(minimum))
    yield _line(
        "reserve", "general_reserve", law.minimum.cite, standing="total", stands=reserve_cents,
        needed=test.needed_cents, difference=test.difference_cents,
    )  # fmt: skip


def _capital(standing: ProvisionStanding) -> Iterator[Row]:
    law, test, stated = standing.policy.capital_provisions, standing.capital, standing.stated
    if law is None or test is None:
        return
    yield from _held("loans", stated.get("loan_loss_provisions"), test.loans, law.loans.cite, law.surplus.cite)
    if law.other_assets is not None:
        npa_cents, cite = stated.get("other_npa"), law.other_assets.cite
        yield _line("capital", "other_npa", cite, stands=npa_cents, result=_stated(npa_cents))
        held_cents, other = stated.get("other_npa_provisions"), test.other
        if other is None:
            yield _line("capital", "other_floor", cite, stands=held_cents, difference=None)
        else:
            yield from _held("other", held_cents, other, cite, law.surplus.cite)
    yield _line(
        "capital",
        "net",
        law.surplus.cite,
        standing="subtotal",
        difference=test.net_cents,
        result=_stated(test.net_cents),
    )
    deduction, cap, counts = test.cet1_deduction_cents, test.tier2_cap_cents, test.tier2_cents
    yield _line("capital", "cet1_deduction", law.surplus.cite, stands=deduction, result=_stated(deduction))
    yield _line("capital", "tier2_cap", law.tier2.cite, stands=cap, result=_stated(cap))
    yield _line("capital", "tier2_counts", law.tier2.cite, stands=counts, result=_stated(counts))
    yield from _ratings(standing)


def _ratings(standing: ProvisionStanding) -> Iterator[Row]:
    law, test, stated = standing.policy.capital_provisions, standing.ratings, standing.stated
    if law is None or law.internal_ratings is None or test is None:
        return
    cite, (lost, held, _rwa) = law.internal_ratings.cite, (stated.get(name) for name in RATINGS_FIGURES)
    yield _line("capital", "ratings", cite, stands=held, needed=lost, difference=test.difference_cents)
    amounts = {
        "ratings_deduction": test.cet1_deduction_cents, "ratings_cap": test.tier2_cap_cents,
        "ratings_count": test.tier2_cents,
    }  # fmt: skip
    for name, cents in amounts.items():
        yield _line("capital", name, cite, stands=cents, result=_stated(cents))


def _held(kind: str, held_cents: int | None, held: Held, floor_cite: object, surplus_cite: object) -> Iterator[Row]:
    yield _line(
        "capital", f"{kind}_floor", floor_cite, stands=held_cents, needed=held.floor_cents, difference=held.gap_cents
    )
    surplus = held.surplus_cents
    yield _line("capital", f"{kind}_surplus", surplus_cite, difference=surplus, result=_stated(surplus))
