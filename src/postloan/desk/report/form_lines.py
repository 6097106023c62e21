"""The supervisor's forms as tables: lines by number, columns by letter, and the checks that a form prescribes."""

import re
from collections.abc import Iterable, Mapping, Sequence

from postloan.desk.report.form import Column, Row, Sheet, row

Cells = dict[tuple[str, str], int]
"""Amounts in cents by line and letter."""

_SPREAD = re.compile(r"\[([\d.]*?)(\d+)\]\+…\+\[\1(\d+)\]")
_TERM = re.compile(r"([+-]?)\[((?:II\.)?[\d.]*\d|)\.?([A-N]?)\]")


def form_sheet(
    name: str, form: str, lines: Mapping[str, tuple[str, str]], letters: Sequence[str], cells: Cells, *, cite: str
) -> Sheet:
    """Lay out the lines of a form that have a cell under one of the letters: number, name, amounts, citation.

    Files carry the Chinese name beside the key, since the form is filed in Chinese.
    """
    columns = (
        Column("line", "text"), Column("item", "word"), Column("item_zh", "text", on_screen=False),
        *(Column(f"{form}_{letter}", "money") for letter in letters), Column("cite", "text", on_screen=False),
    )  # fmt: skip
    rows: list[Row] = []
    for line, (zh, _) in lines.items():
        amounts: Row = {f"{form}_{letter}": cells.get((line, letter)) for letter in letters}
        if any(each is not None for each in amounts.values()):
            named = row("item", line=line, item=f"{form}_{line}", item_zh=zh, cite=f"{cite} [{line}]")
            rows.append(named | amounts)
    return Sheet(name, columns, tuple(rows))


def check_sheet(name: str, cells: Cells, rules: Iterable[tuple[str, Sequence[str]]]) -> tuple[Sheet, tuple[str, ...]]:
    """Check a form's own rules at the letters or lines they apply to; return the comparisons, and the rules broken.

    A rule is written as the form writes it: `[4.]=[4.1]+…+[4.7]` under each letter, `[A]=[B]+[E]` in each line, or
    with both in each term. A cell that is not filled counts nothing. Of several places the first that breaks the rule
    is shown.
    """
    rows: list[Row] = []
    for rule, places in rules:
        compared = {place: _compared(rule, place, cells) for place in places or ("",)}
        broken = [place for place, (_, _, holds) in compared.items() if not holds]
        left, right, holds = compared[broken[0]] if broken else next(iter(compared.values()))
        at = broken[0] if broken else _shown(places)
        rows.append(row("item", rule=rule, at=at, left=left, right=right, holds="yes" if holds else "no"))
    columns = (
        Column("rule", "text"), Column("at", "text"), Column("left", "money"), Column("right", "money"),
        Column("holds", "word"),
    )  # fmt: skip
    failed = tuple(f"{each['rule']} {each['at']}".strip() for each in rows if each["holds"] == "no")
    return Sheet(name, columns, tuple(rows)), failed


def _shown(places: Sequence[str]) -> str:
    return "" if not places else places[0] if len(places) == 1 else f"{places[0]}–{places[-1]}"


def _compared(rule: str, place: str, cells: Cells) -> tuple[int, int, bool]:
    """Compare neighbouring sides of a rule; return the sides that differ, or the first two, and whether it holds."""
    sides = [_sum(side, place, cells) for side in re.split(r"[=≤≥]", rule)]
    for left, operator, right in zip(sides, re.findall(r"[=≤≥]", rule), sides[1:], strict=False):
        if not {"=": left == right, "≤": left <= right, "≥": left >= right}[operator]:
            return left, right, False
    return sides[0], sides[1], True


def _sum(side: str, place: str, cells: Cells) -> int:
    """Add up the terms of one side; what a term does not say, its line or its letter, the place says."""
    terms = _TERM.findall(_SPREAD.sub(_each_line, side))
    return sum(
        (-1 if sign == "-" else 1) * cells.get((line or place, letter or place), 0) for sign, line, letter in terms
    )


def _each_line(found: re.Match[str]) -> str:
    stem, first, last = found.groups()
    return "+".join(f"[{stem}{number}]" for number in range(int(first), int(last) + 1))
