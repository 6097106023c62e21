"""The screen of `postloan why`: one loan's story from feed rows to clause, on one screen."""

from datetime import date
from pathlib import Path

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from postloan.desk.book.why.sections import why_sections
from postloan.desk.book.why.story_words import said_of
from postloan.desk.book.why.told import Told, ToldLine, ToldTable
from postloan.plan.why import Why, why

_TIER_STYLE = {
    "pass": "green", "special_mention": "yellow", "substandard": "dark_orange", "doubtful": "red", "loss": "bold red",
}  # fmt: skip


def show_why(home: Path, loan_id: str, on: date, lang: str, console: Console) -> None:
    """Print why a loan has its tier on a day, on one screen, in `lang` (zh or en)."""
    story = why(home, loan_id, on)
    console.print(_title(story, lang))
    body = Table.grid(padding=(0, 2))
    body.add_column(style="bold cyan", no_wrap=True)
    body.add_column(overflow="fold")
    for section in why_sections(story, lang):
        first, *rest = section.told
        body.add_row(section.heading, _drawn(first))
        for line in rest:
            body.add_row("", _drawn(line))
    console.print(body)


def _title(story: Why, lang: str) -> Text:
    loan, tier = story.loan, story.loan["tier"]
    line = Text(f"{loan['loan_id']}  {story.debtor['name']}  {loan['product']}  ", style="bold")
    line.append(f"{story.on}  ", style="bold")
    return line.append(said_of(lang, "tier", tier), style=_TIER_STYLE[tier])


def _drawn(told: Told) -> RenderableType:
    if isinstance(told, ToldLine):
        return Text(told.said, style=f"bold {_TIER_STYLE[told.tier]}").append(told.rest)
    if isinstance(told, ToldTable):
        return _table(told)
    return told


def _table(told: ToldTable) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for place, (header, is_number) in enumerate(zip(told.headers, told.numbers, strict=True)):
        table.add_column(
            header, justify="right" if is_number else "left", overflow="fold", no_wrap=place == told.unbroken
        )
    for cells, tier in zip(told.rows, told.tiers, strict=True):
        style = "" if not tier else "dim" if tier == "pass" else _TIER_STYLE[tier]
        table.add_row(*cells, style=style)
    return table
