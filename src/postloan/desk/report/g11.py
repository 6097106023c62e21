"""Form G11 (资产质量五级分类情况表): the lines that published columns can fill, with the form's own checks.

Part I by industry of the use of the money, overdue, restructured and extended loans; of part II the line of loans.
Not filled, because nothing published says it: loans abroad (3.), kinds of personal loans but cards, acquisition loans
(8.), collateral and provisions of part II.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.flows import read_point
from postloan.desk.report.form import Report, amount, filled, snapshot_of
from postloan.desk.report.form_lines import Cells, check_sheet, form_sheet
from postloan.desk.report.g11_lines import CARDS, G11_I, G11_II, MOVED, PERSONAL, SECTION_FROM, UNPLACED
from postloan.desk.report.tiers import tiers
from postloan.rules.forms import Forms
from postloan.snapshot.read import scan_instructions
from postloan.tables.units import NON_PERFORMING, TIERS

LETTERS = ("A", "B", "C", "D", "E", "F", "G", "H")
_MORE = (
    "days_past_due", "own_share_overdue_principal_cents", "legal_form", "industry_code", "exposure_kind", "method",
    "is_repeat_restructured", "matures_on", "original_matures_on",
)  # fmt: skip
_TIERS_OF: Mapping[str, tuple[str, ...]] = {
    "A": TIERS, "B": TIERS[:2], "C": TIERS[:1], "D": TIERS[1:2], "E": NON_PERFORMING, "F": TIERS[2:3],
    "G": TIERS[3:4], "H": TIERS[4:],
}  # fmt: skip
_AT_THE_END = ("interest_only", "bullet")
"""Methods that repay no principal before maturity: not by instalments."""
_CHECKS = (
    ("[1.]=[2.]+[3.]", LETTERS),
    ("[1.]=[II.1]", LETTERS),
    ("[2.]=[2.1]+…+[2.23]", LETTERS),
    ("[4.]=[4.1]+…+[4.7]", LETTERS),
    ("[4.]≤[1.]", LETTERS),
    ("[5.5]=[5.1]+[5.2]-[5.3]-[5.4]", ("A",)),
    (f"[5.5]=[5.1]+[5.2]-[5.3]-[5.4]+[{MOVED}]", ("E",)),
    ("[5.5.1]≤[5.5]", ("E", "F", "G", "H")),
)
_ACROSS = ("[A]=[B]+[E]=[C]+[D]+[F]+[G]+[H]", "[B]=[C]+[D]", "[E]=[F]+[G]+[H]")


def g11(home: Path, from_on: date, on: date, forms: Forms) -> Report:
    """Report the lines of form G11 on a day; restructured loans (5.) move since `from_on`, the start of the year.

    Amounts are principal, the bank's own share. `failed` names the form's checks that do not hold.
    Source  rulebook: forms (1104, instructions to G11).
    """
    read = read_point(home, on, more=_MORE)
    book = read.filter(pl.col("stand").is_in(TIERS))
    cells = _by_industry(book) | _overdue(book, forms) | _extended(home, on, book)
    cells |= _restructured(read_point(home, from_on), read, forms)
    cells |= _part_2(home, on) | {("II.1", "I"): cells["4", "A"]}
    part_1 = form_sheet("g11_part_1", "g11", G11_I, LETTERS, cells, cite="cn-1104 G11_I")
    part_2 = form_sheet("g11_part_2", "g11", G11_II, (*LETTERS, "I"), cells, cite="cn-1104 G11_II")
    whole = tuple(dict.fromkeys(line for line, letter in cells if letter == "C"))
    checks, failed = check_sheet("g11_checks", cells, (*_CHECKS, *((rule, whole) for rule in _ACROSS)))
    filed = filled("g11", part_2.columns, (*part_1.rows, *part_2.rows))
    return Report(
        "g11", snapshot_of(home, on), None, filed=filed, shown=(part_1, part_2, checks),
        before=snapshot_of(home, from_on), failed=failed,
    )  # fmt: skip


def _cells(held: pl.DataFrame, line: str, column: str = "balance", stand: str = "stand") -> Cells:
    """Add up an amount under every letter, each from the tiers of its own heading."""
    sums = dict(held.group_by(stand).agg(pl.col(column).sum()).iter_rows())
    return {(line, letter): sum(sums.get(tier, 0) for tier in tiers) for letter, tiers in _TIERS_OF.items()}


def _by_industry(book: pl.DataFrame) -> Cells:
    """Place each loan by the industry its money is used in; a person's loan without one is for no business."""
    lines = {section: f"2.{at}" for at, section in enumerate(SECTION_FROM, start=1)}
    code = pl.col("industry_code").str.to_uppercase()
    # Where the letter of the section is left out, the division of two digits says which it is.
    begun = [
        pl.when(code.str.extract(r"^(\d{2})").cast(pl.Int32) >= first).then(pl.lit(section))
        for section, first in reversed(SECTION_FROM.items())
    ]
    section = pl.coalesce(code.str.extract(r"^([A-T])"), *begun)
    placed = book.with_columns(
        line=pl.when((pl.col("legal_form") == "person") & section.is_null())
        .then(pl.lit(PERSONAL))
        .otherwise(section.replace_strict(lines, default=UNPLACED, return_dtype=pl.String))
    )
    cells = _cells(book, "1") | _cells(book, "2")
    for line in (*lines.values(), PERSONAL, UNPLACED):
        held = placed.filter(line=line)
        if line != UNPLACED or held.height:
            cells |= _cells(held, line)
    is_card = (pl.col("line") == PERSONAL) & (pl.col("exposure_kind") == "card")
    is_own_business = pl.col("legal_form").is_in(["person", "sole_trader"]) & (pl.col("line") != PERSONAL)
    return cells | _cells(placed.filter(is_card), CARDS) | _cells(placed.filter(is_own_business), "7")


def _overdue(book: pl.DataFrame, forms: Forms) -> Cells:
    """Put overdue loans in their lines: all of a loan, or of a consumer's instalments only what is overdue."""
    is_consumer = (pl.col("legal_form") == "person") & pl.col("industry_code").is_null()
    is_short = pl.col("days_past_due") < forms.consumer_whole_balance.from_days
    by_instalment = is_consumer & ~pl.col("method").cast(pl.String).is_in(_AT_THE_END)
    late = book.filter(pl.col("days_past_due") > 0).with_columns(
        late=pl.when(by_instalment & is_short).then("own_share_overdue_principal_cents").otherwise("balance")
    )
    cells = _cells(late, "4", "late")
    ends = [*(line.from_days for line in forms.overdue_lines[1:]), None]
    for line, end in zip(forms.overdue_lines, ends, strict=True):
        is_in = pl.col("days_past_due") >= line.from_days
        held = late.filter(is_in if end is None else is_in & (pl.col("days_past_due") < end))
        cells |= _cells(held, line.line, "late")
    return cells


def _restructured(before: pl.DataFrame, after: pl.DataFrame, forms: Forms) -> Cells:
    """Follow restructured loans from the start of the year: who came by the tier now, who left by the tier then.

    A loan restructured at both ends whose tier moved is in neither; its move is told apart, so that the tiers close.
    """
    both = before.join(after, on="loan_no", how="full", coalesce=True, suffix="_after").with_columns(
        was=pl.col("stand").is_in(TIERS).fill_null(value=False) & pl.col("is_restructured"),
        now=pl.col("stand_after").is_in(TIERS).fill_null(value=False) & pl.col("is_restructured_after"),
        left=pl.col("balance") - pl.col("balance_after").fill_null(0),
    )
    both = both.with_columns(pl.col("was", "now").fill_null(value=False))
    is_released = pl.col("stand_after").is_in(TIERS).fill_null(value=False) & ~pl.col("now")
    was, now, stayed = both.filter("was"), both.filter("now"), both.filter(pl.col("was") & pl.col("now"))
    came, went = _cells(stayed, "+", "balance_after", "stand_after"), _cells(stayed, "-", "balance_after")
    is_late = pl.col("days_past_due") > forms.restructured_overdue.over_days
    again = now.filter(pl.col("is_repeat_restructured") & ~pl.col("stand_after").is_in(NON_PERFORMING))
    return (
        _cells(was, "5.1")
        | _cells(now.filter(~pl.col("was")), "5.2", "balance_after", "stand_after")
        | _cells(was.filter(is_released), "5.3", "balance_after")
        | _cells(was, "5.4", "left")
        | {(MOVED, letter): came["+", letter] - went["-", letter] for letter in LETTERS}
        | _cells(now, "5.5", "balance_after", "stand_after")
        | _cells(now.filter(is_late), "5.5.1", "balance_after", "stand_after")
        | {("5.6", "B"): int(again["balance_after"].sum())}
    )


def _extended(home: Path, on: date, book: pl.DataFrame) -> Cells:
    """Add up loans whose maturity is later than first agreed, or for which an extension is in force."""
    in_force = scan_instructions(home, on).filter(
        (pl.col("kind") == "extension") & pl.col("state").cast(pl.String).is_in(["in_force", "confirmed"])
    )
    is_longer = (pl.col("original_matures_on") < pl.col("matures_on")).fill_null(value=False)
    numbers = in_force.select("loan_no").collect()["loan_no"]
    return _cells(book.filter(is_longer | pl.col("loan_no").is_in(numbers.implode())), "6")


def _part_2(home: Path, on: date) -> Cells:
    """Take the line of loans from the report of tiers: another way through the same rows."""
    sums = {each["tier"]: amount(each["outstanding"]) for each in tiers(home, on).filed.rows}
    return {("II.1", letter): sum(sums[tier] for tier in tiers_of) for letter, tiers_of in _TIERS_OF.items()}
