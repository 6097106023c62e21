"""Form G12 (贷款质量迁徙情况表): migration, turning, reduction and disposal of loans, with the form's own checks.

Migration compares two points, the start of the year and the day. What became of non-performing loans is followed over
the published month-ends between, so that a loan that turned, paid or left on the way is seen. Not filled, because
nothing published says it: kinds of transfers, equity for debt (11.1), disposal of assets other than loans (15.2 on).
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import points
from postloan.desk.report.flows import flows, read_point
from postloan.desk.report.form import Column, Report, Sheet, row, snapshot_of
from postloan.desk.report.form_lines import Cells, check_sheet, form_sheet
from postloan.desk.report.g12_lines import CHECKS, DISPOSED, ENDS, G12, MIGRATION, REDUCED, TIER_LINES, TURNED
from postloan.desk.report.migration import migration_rates
from postloan.tables.shares import own_share
from postloan.tables.units import NON_PERFORMING, TIERS

_LINE_OF = dict(zip(TIERS, TIER_LINES, strict=True))
_LETTER_OF = dict(zip(NON_PERFORMING, DISPOSED, strict=True))
_MORE = ("disbursed_on", "principal_cents", "funding_share_e8")
_WAYS = {"10.2": "cash", "10.2.1": "transferred", "11": "asset", "12": "written_off", "12.1": "sold_loss",
         "13": "rest", "14": "sold"}  # fmt: skip
_PERFORMING = TIERS[:2]


def g12(home: Path, from_on: date, on: date) -> Report:
    """Report the lines of form G12 from the start of the year to a day, and the official rates of migration.

    Amounts are principal, the bank's own share. `failed` names the form's checks that do not hold.
    """
    days = points(home, from_on, on)
    before, after = read_point(home, from_on), read_point(home, on, more=_MORE)
    steps, seen = _walked(home, days, before, after)
    both = _two_points(before, after).join(seen, on="loan_no", how="left").with_columns(
        pl.col("was_bad", "was_restructured").fill_null(value=False)
    )  # fmt: skip
    cells = _migration(both, from_on) | _turned(both) | _reduced(both, steps)
    kinds = {"g12_migration": MIGRATION, "g12_turned": TURNED, "g12_reduced": REDUCED}
    parts = [_part(name, letters, cells) for name, letters in kinds.items()]
    checks, failed = check_sheet("g12_checks", cells, CHECKS)
    letters = tuple(dict.fromkeys((*MIGRATION, *TURNED, *DISPOSED)))
    return Report(
        "g12", snapshot_of(home, on), None, filed=form_sheet("g12", "g12", G12, letters, cells, cite="cn-1104 G12"),
        shown=(*parts, _rates(cells), checks), before=snapshot_of(home, from_on), points=days, failed=failed,
    )  # fmt: skip


def _part(name: str, letters: Sequence[str], cells: Cells) -> Sheet:
    """Lay out the lines of one part: B of lines 1 to 8 is of the first, of lines 10 to 14 of the last."""
    later = ("10", "11", "12", "13", "14", "15")
    kept = {
        (line, letter): cents
        for (line, letter), cents in cells.items()
        if letter != "B" or line.startswith(later) == (name == "g12_reduced")
    }
    return form_sheet(name, "g12", G12, letters, kept, cite="cn-1104 G12")


def _two_points(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Put the two points side by side: what is kept of a loan's balance, and what is new in it."""
    after = after.with_columns(principal=own_share(pl.col("principal_cents"))).drop(
        "principal_cents", "funding_share_e8"
    )
    both = before.join(after, on="loan_no", how="full", coalesce=True, suffix="_after").with_columns(
        begin=pl.when(pl.col("stand").is_in(TIERS)).then("stand"),
        end=pl.when(pl.col("stand_after").is_in(TIERS)).then("stand_after"),
        opening=pl.col("balance").fill_null(0),
        closing=pl.col("balance_after").fill_null(0),
    )
    return both.with_columns(kept=pl.min_horizontal("opening", "closing"))


def _walked(
    home: Path, days: Sequence[date], first: pl.DataFrame, last: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Walk the points, two in memory at a time.

    Returns the steps of loans that were non-performing at the start of the year or of the step, or left the book; and
    who was non-performing or restructured at any point.
    """
    at_start = first.filter(pl.col("stand").is_in(NON_PERFORMING)).select("loan_no", start_tier="stand")
    steps, seen = [], [_marks(first)]
    before = first
    for later in days[1:]:
        after = last if later == days[-1] else read_point(home, later)
        out = pl.col("written_off") + pl.col("transferred") + pl.col("asset")
        is_bad = pl.col("stand").is_in(NON_PERFORMING).fill_null(value=False)
        moved = flows(before, after).join(at_start, on="loan_no", how="left")
        steps.append(
            moved.filter(is_bad | (out != 0) | (pl.col("recovered") != 0) | pl.col("start_tier").is_not_null()).select(
                "loan_no", "stand", "stand_after", "start_tier", "opening", "closing", "lent", "cash", "written_off",
                "transferred", "asset", "other", "recovered", until=pl.lit(later),
            )
        )  # fmt: skip
        seen.append(_marks(after))
        before = after
    marks = pl.concat(seen).group_by("loan_no").agg(pl.col("was_bad", "was_restructured").any())
    return pl.concat(steps), marks


def _marks(point: pl.DataFrame) -> pl.DataFrame:
    marks = point.select(
        "loan_no", was_bad=pl.col("stand").is_in(NON_PERFORMING), was_restructured=pl.col("is_restructured")
    )
    return marks.filter(pl.col("was_bad") | pl.col("was_restructured"))


def _migration(both: pl.DataFrame, from_on: date) -> Cells:
    """Fill lines 1 to 8: where each tier of the start is at the end, and what was added."""
    old = both.filter(pl.col("begin").is_not_null())
    cells: Cells = {("8", "A"): int(old["opening"].sum()), ("8", "B"): int((old["opening"] - old["kept"]).sum())}
    for tier, line in _LINE_OF.items():
        held = old.filter(begin=tier)
        cells[line, "A"] = int(held["opening"].sum())
        cells[line, "B"] = int((held["opening"] - held["kept"]).sum())
        cells |= _by_end(held, line, pl.col("kept"))
    is_lent = pl.col("begin").is_null() & (pl.col("disbursed_on") > from_on)
    repaid = pl.max_horizontal(pl.lit(0), pl.col("principal") - pl.col("closing"))
    cells["2", "B"] = int(both.filter(is_lent).select(repaid.sum()).item())
    cells |= _by_end(both, "1", pl.col("closing")) | _by_end(both, "2", pl.col("closing") - pl.col("kept"))
    for line in ("1", "2"):
        cells[line, "H"] = sum(cells[line, letter] for letter in ENDS)
    return cells


def _by_end(held: pl.DataFrame, line: str, cents: pl.Expr) -> Cells:
    sums = dict(held.drop_nulls("end").group_by("end").agg(cents.sum()).iter_rows())
    return {(line, letter): sums.get(tier, 0) for tier, letter in zip(TIERS, ENDS, strict=True)}


def _turned(both: pl.DataFrame) -> Cells:
    """Fill I to K: who turned non-performing or back, restructured at some time (J) or never (K)."""
    was_good, is_good = pl.col("begin").is_in(_PERFORMING), pl.col("end").is_in(_PERFORMING)
    is_bad = pl.col("end").is_in(NON_PERFORMING)
    turned: dict[str, pl.Expr] = {"2": was_good & is_good & pl.col("was_bad")}
    for tier, line in _LINE_OF.items():
        turned[line] = (pl.col("begin") == tier) & (is_bad if tier in _PERFORMING else is_good)
    turned["8"] = pl.col("begin").is_in(NON_PERFORMING) & is_good
    cells: Cells = {}
    for line, is_so in turned.items():
        held = both.filter(is_so)
        again = int(held.filter("was_restructured")["kept"].sum())
        cells |= {(line, "J"): again, (line, "K"): int(held["kept"].sum()) - again}
        if line != "2":
            cells[line, "I"] = int(held["kept"].sum())
    risen = both.filter(pl.col("was_restructured") & (turned["2"] | turned["8"]))
    return cells | {("9", "J"): int(risen["kept"].sum())}


def _reduced(both: pl.DataFrame, steps: pl.DataFrame) -> Cells:
    """Fill lines 10 to 15, and L to N: by which way non-performing loans went, and in which tier they were."""
    parts = _disposals(both, steps)
    of_start = parts.filter("is_old")
    cells: Cells = {(line, "B"): int(of_start[way].sum()) for line, way in _WAYS.items()}
    cells["10.2", "B"] += cells["10.2.1", "B"]
    cells["10.1", "B"] = int(of_start["cash_after"].sum())
    cells["10", "B"] = cells["10.1", "B"] + cells["10.2", "B"]
    risen = _risen(both, steps)
    for tier, letter in _LETTER_OF.items():
        held = parts.filter(tier=tier)
        cells |= {(line, letter): int(held[way].sum()) for line, way in _WAYS.items()}
        cells["10.2", letter] += cells["10.2.1", letter]
        for line in ("2", *TIER_LINES):
            cells[line, letter] = int(held.filter(line=line)["all"].sum())
        cells["9", letter] = int(risen.filter(tier=tier)["kept"].sum())
        cells["1", letter] = int(held["all"].sum()) + cells["9", letter]
    return cells | {("15.1", "B"): int(parts["all"].sum()) + int(risen["kept"].sum())}


def _disposals(both: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Say of each step by which way the loan went, in the tier it had before; a loan written off unseen is a loss.

    What came in after a write-off of the same period is cash, not a write-off, as the form says. Principal made of
    interest, or drawn, is less than nothing in `rest`; what a balance grew by is line 2's and not a reduction.
    """
    is_bad = pl.col("stand").is_in(NON_PERFORMING).fill_null(value=False)
    is_old = pl.col("start_tier").is_not_null()
    grown = both.filter(pl.col("closing") > pl.col("opening")).select(
        "loan_no", grown=pl.col("closing") - pl.col("opening")
    )
    is_last = pl.col("until") == pl.col("until").max().over("loan_no")
    is_main = pl.col("written_off").rank("ordinal", descending=True).over("loan_no") == 1
    back = pl.min_horizontal(pl.col("recovered").sum().over("loan_no"), "written_off").clip(0)
    is_sold = pl.col("transferred") != 0
    parts = (
        steps.join(both.select("loan_no", "begin"), on="loan_no", how="left")
        .join(grown, on="loan_no", how="left")
        .with_columns(
            back=pl.when(is_main).then(back).otherwise(0),
            grown=pl.when(is_last & is_old).then(pl.col("grown").fill_null(0)).otherwise(0),
            is_old=is_old,
            tier=pl.when(is_bad).then("stand").otherwise(pl.coalesce("start_tier", pl.lit("loss"))),
            line=pl.col("begin").replace_strict(_LINE_OF, default="2", return_dtype=pl.String),
        )
        .with_columns(
            cash_after=pl.when(is_bad).then(0).otherwise("cash"),
            cash=pl.when(is_bad).then("cash").otherwise(0) + pl.col("back"),
            written_off=pl.col("written_off") - pl.col("back"),
            rest=pl.when(is_bad | is_old).then(pl.col("grown") - pl.col("other") - pl.col("lent")).otherwise(0),
        )
        .with_columns(
            sold_loss=pl.when(is_sold).then("written_off").otherwise(0),
            sold=pl.when(is_sold).then(pl.col("transferred") + pl.col("written_off")).otherwise(0),
        )
    )
    ways = ("cash", "transferred", "asset", "written_off", "rest")
    return parts.with_columns(all=pl.sum_horizontal(ways))


def _risen(both: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Find the restructured loans that are performing at the end, with the tier they rose from last."""
    was_bad = pl.col("stand").is_in(NON_PERFORMING)
    rose = steps.filter(was_bad & pl.col("stand_after").is_in(_PERFORMING)).sort("until")
    tiers = rose.group_by("loan_no", maintain_order=True).agg(tier=pl.col("stand").last())
    is_risen = (
        pl.col("was_restructured")
        & pl.col("begin").is_not_null()
        & pl.col("end").is_in(_PERFORMING)
        & pl.col("was_bad")
    )
    return both.filter(is_risen).join(tiers, on="loan_no", how="left").with_columns(
        tier=pl.coalesce("tier", "begin")
    )  # fmt: skip


def _rates(cells: Cells) -> Sheet:
    left = {tier: cells[line, "A"] - cells[line, "B"] for tier, line in _LINE_OF.items()}
    ends = {
        (tier, end): cells[line, letter]
        for tier, line in _LINE_OF.items()
        for end, letter in zip(TIERS, ENDS, strict=True)
    }
    rows = tuple(row("ratio", move=rate, share=share) for rate, share in migration_rates(left, ends))
    return Sheet("g12_rates", (Column("move", "word"), Column("share", "share")), rows)
