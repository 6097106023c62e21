"""Expected losses on a day: the allowance by stage and by ground, and beside it what the regulator asks for."""

from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Grouping, Within, each_group, group_columns, read_book, total_of_groups
from postloan.desk.report.form import Column, Report, Row, Sheet, added, amount, filled, row, share_e8, snapshot_of
from postloan.errors import NothingPublished
from postloan.tables.losses import STAGE_CAUSES, STAGES
from postloan.tables.results import LOSS_PROVISIONS

_SUMS = {
    "claim_cents": "claim", "ecl_year_cents": "ecl_year", "ecl_lifetime_cents": "ecl_lifetime",
    "ecl_least_cents": "ecl_least", "ecl_most_cents": "ecl_most", "ecl_model_cents": "ecl_model",
    "ecl_overlay_cents": "ecl_overlay", "ecl_cents": "ecl",
}  # fmt: skip
_COUNTED = ("loans", *_SUMS.values())
_MONEY = tuple(
    Column(name, "money", on_screen=name in {"claim", "ecl_model", "ecl_overlay", "ecl"}) for name in _SUMS.values()
)
_STAGE_COLUMNS = (Column("stage", "word"), Column("loans", "count"), *_MONEY, Column("cover", "share"))


def losses(
    home: Path, on: date, by: Grouping | None = None, *, orgs: pl.DataFrame | None = None, within: Within = None
) -> Report:
    """Report the loss allowance of the loans on the book: by stage, by its ground, under each end of the scenarios.

    Source: CAS 22; regulations ECL-10, ECL-28: beside what law asks to be set aside, and what is short of it.
    Raises NothingPublished where the day was published before expected losses were.
    """
    columns = ["status", "stage", "rule_stage_cause", *_SUMS, *LOSS_PROVISIONS]
    book = read_book(home, on, columns, by, orgs, within=within).filter(pl.col("status") == "active")
    if book.height and book["stage"].null_count() == book.height:
        raise NothingPublished(
            message=f"The night of {on} reckoned no expected losses: no rule was in force.",
            hint="Give bank/stages.yaml and bank/expected_loss.yaml a version that begins by that day.",
            where={"home": home, "on": on},
        )
    sums = (pl.len().alias("loans"), *(pl.col(name).sum().alias(said) for name, said in _SUMS.items()))
    if by is not None:
        sheet = _by_group(book.group_by("group", "stage").agg(sums), by, orgs)
        return Report("losses", snapshot_of(home, on), by, filed=sheet, shown=(sheet,))
    stages = _lines(book.group_by(line=pl.col("stage").cast(pl.String)).agg(sums), STAGES, "stage")
    causes = _lines(
        book.group_by(line=pl.col("rule_stage_cause").cast(pl.String)).agg(sums), STAGE_CAUSES[::-1], "cause"
    )
    shown = (
        Sheet("losses_stages", _STAGE_COLUMNS, tuple(stages)),
        Sheet("losses_causes", (Column("cause", "word"), *_STAGE_COLUMNS[1:]), tuple(causes)),
        Sheet("losses_beside", (Column("line", "word"), Column("balance", "money")), tuple(_beside(book))),
    )
    filed = filled("losses", (Column("cause", "word"), *_STAGE_COLUMNS), (*stages, *(each for each in causes[:-1])))
    return Report("losses", snapshot_of(home, on), None, filed=filed, shown=shown)


def _lines(cells: pl.DataFrame, names: tuple[str, ...], column: str) -> list[Row]:
    found = {each.pop("line"): each for each in cells.to_dicts()}
    items = [_covered(row("item", **{column: name}, **found[name])) for name in names if name in found]
    return [*items, _covered(row("total", **{column: "total"}, **added(items, _COUNTED)))]


def _covered(line: Row) -> Row:
    return line | {"cover": share_e8(amount(line["ecl"]), amount(line["claim"]))}


def _beside(book: pl.DataFrame) -> list[Row]:
    asked = {name: int(book[name].sum()) for name in LOSS_PROVISIONS}
    in_all, ecl = sum(asked.values()), int(book["ecl_cents"].sum())
    return [
        row("subtotal", line="allowance", balance=ecl),
        *(row("item", line=name.removesuffix("_provision_cents"), balance=cents) for name, cents in asked.items()),
        row("subtotal", line="asked", balance=in_all),
        row("total", line="short", balance=max(0, in_all - ecl)),
    ]


def _by_group(cells: pl.DataFrame, by: Grouping, orgs: pl.DataFrame | None) -> Sheet:
    items: list[Row] = []
    for named, held in each_group(cells, by, orgs):
        sums = {name: int(held[name].sum()) for name in _COUNTED}
        staged = dict(held.group_by(pl.col("stage").cast(pl.String)).agg(pl.col("ecl").sum()).iter_rows())
        items.append(_covered(row("item", **named, **sums, **{stage: staged.get(stage, 0) for stage in STAGES})))
    names = (*_COUNTED, *STAGES)
    total = _covered(row("total", **total_of_groups(by), **added(items, names)))
    columns = (
        *group_columns(by), Column("loans", "count"), *_MONEY, *(Column(stage, "money") for stage in STAGES),
        Column("cover", "share"),
    )  # fmt: skip
    return Sheet(f"losses_by_{by}", columns, (*items, total))
