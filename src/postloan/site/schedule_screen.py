"""`postloan schedule`: the schedule of a loan's terms, each row with the arithmetic of its interest."""

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from postloan.desk.book.why.story_words import said_of
from postloan.desk.core.figures import Unit, decimal_money, decimal_share, said_money
from postloan.errors import TermsWrong
from postloan.plan.schedules import Instalment, Part, schedule_of
from postloan.plan.terms import LoanTerms, read_terms
from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.site.tables_on_screen import plain_table
from postloan.site.terminal import Terminal

_MONEY = Unit("", 1, 2)


def show_schedule(home: Path, path: Path, form: str, terminal: Terminal) -> None:
    """Print the schedule of the terms in a file, as a table, CSV or JSON."""
    given = read_terms(_text(path), str(path))
    book = load_rulebook(home)
    arranged = policy_on(book, max(given.disbursed_on, book.begins_on)).working_days.years
    rows = schedule_of(given, arranged)
    if form == "json":
        terminal.print_json({"method": given.method, "rows": [_said(row) for row in rows]})
    elif form == "csv":
        terminal.out.file.write(_csv(rows))
    else:
        _show(given, rows, terminal)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        raise TermsWrong(
            message=f"The terms cannot be read: {getattr(why, 'strerror', None) or 'they are not UTF-8'}.",
            hint="Give a file of JSON in UTF-8; its form is in docs/schedule.md.",
            where={"file": path},
        ) from None


def _show(given: LoanTerms, rows: Sequence[Instalment], terminal: Terminal) -> None:
    words = terminal.words
    names = ["seq", "due_on", "arithmetic", "interest", "principal", "instalment", "left"]
    lines = [
        [str(row.seq), row.due_on.isoformat(), _arithmetic(row), *_amounts(row.interest_cents, row.principal_cents),
         said_money(row.left_cents, _MONEY)]
        for row in rows
    ]  # fmt: skip
    interest, principal = sum(row.interest_cents for row in rows), sum(row.principal_cents for row in rows)
    lines.append([words("schedule.total"), "", "", *_amounts(interest, principal), ""])
    title = words("schedule.title", method=said_of(words.language, "method", given.method))
    headers = [words(f"schedule.{name}") for name in names]
    terminal.out.print(plain_table(title, headers, lines, figures=4))


def _amounts(interest_cents: int, principal_cents: int) -> list[str]:
    amounts = (interest_cents, principal_cents, interest_cents + principal_cents)
    return [said_money(cents, _MONEY) for cents in amounts]


def _arithmetic(row: Instalment) -> str:
    """Write how interest came about: 100,000.00 × 3.45 % × 30/360, or × (a + b) where the rate changed."""
    parts = [f"{_percent(part.rate_e8)} × {part.days}/{part.base}" for part in row.parts]
    joined = parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"
    return f"{said_money(row.base_cents, _MONEY)} × {joined}"


def _percent(rate_e8: int) -> str:
    return f"{Decimal(rate_e8).scaleb(-6).normalize():f} %"


def _csv(rows: Sequence[Instalment]) -> str:
    out = io.StringIO()
    lines = [_said(row) | {"parts": _arithmetic(row)} for row in rows]
    writer = csv.DictWriter(out, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def _said(row: Instalment) -> dict[str, object]:
    return {
        "seq": row.seq,
        "begins_on": row.begins_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "base": decimal_money(row.base_cents),
        "parts": [_said_part(part) for part in row.parts],
        "interest": decimal_money(row.interest_cents),
        "principal": decimal_money(row.principal_cents),
        "instalment": decimal_money(row.interest_cents + row.principal_cents),
        "left": decimal_money(row.left_cents),
    }


def _said_part(part: Part) -> dict[str, object]:
    return {"annual_rate": decimal_share(part.rate_e8), "days": part.days, "base": part.base}
