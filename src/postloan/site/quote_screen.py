"""`postloan quote`: what pays a loan off on a day, and what a prepayment would make of its instalments."""

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from postloan.desk.core.figures import decimal_money, money_units, said_money
from postloan.errors import RequestWrong
from postloan.plan.quote import Quote, Tail, quote
from postloan.site.tables_on_screen import plain_table
from postloan.site.terminal import Terminal


def show_quote(home: Path, loan_id: str, on: date, prepay: str | None, terminal: Terminal) -> None:
    """Print a quote as tables or, where the terminal is asked for it, as JSON."""
    told = quote(home, loan_id, on, prepay=None if prepay is None else _amount(prepay))
    if terminal.as_json:
        terminal.print_json(_said(told))
        return
    words = terminal.words
    unit = money_units(told.currency, words.language)[0]
    terminal.out.print(words("quote.title", loan=told.loan_id, day=told.on), style="bold", soft_wrap=True)
    lines = [[words(f"quote.{name}"), said_money(cents, unit)] for name, cents in told.owed.items()]
    lines.append([words("quote.waiting"), said_money(-told.waiting_cents, unit)])
    lines.append([words("quote.payoff"), said_money(told.payoff_cents, unit)])
    terminal.out.print(plain_table("", [words("quote.what"), unit.name], lines, figures=1))
    terminal.out.print(words("quote.due", cents=said_money(told.due_cents, unit), unit=unit.name))
    if told.prepaid_cents:
        heading = words("quote.tails", cents=said_money(told.prepaid_cents, unit), unit=unit.name)
        terminal.out.print(f"\n{heading}", style="bold", soft_wrap=True)
        names = [words(f"quote.{name}") for name in ("choice", "count", "next", "ends", "interest_left", "saved")]
        before = told.tails["as_agreed"].interest_cents
        rows = [
            [words(f"quote.{choice}"), f"{tail.count}", said_money(tail.next_cents, unit), str(tail.ends_on or ""),
             said_money(tail.interest_cents, unit), said_money(before - tail.interest_cents, unit)]
            for choice, tail in told.tails.items()
        ]  # fmt: skip
        terminal.out.print(plain_table("", names, rows, figures=5))


def _amount(written: str) -> Decimal:
    try:
        amount = Decimal(written.replace(",", ""))
        is_fit = amount.is_finite() and amount > 0 and amount == amount.quantize(Decimal("0.01"))
    except InvalidOperation:
        is_fit = False
    if not is_fit:
        raise RequestWrong(
            message=f"{written} is not an amount.",
            hint="Write it in major units with at most two decimals, such as 20000 or 20000.50.",
            where={"prepay": written},
        )
    return amount


def _said(told: Quote) -> dict[str, object]:
    return {
        "loan_id": told.loan_id,
        "on": told.on.isoformat(),
        "currency": told.currency,
        "owed": {name: decimal_money(cents) for name, cents in told.owed.items()},
        "waiting": decimal_money(told.waiting_cents),
        "payoff": decimal_money(told.payoff_cents),
        "fallen_due": decimal_money(told.due_cents),
        "prepaid": decimal_money(told.prepaid_cents),
        "tails": {choice: _said_tail(tail) for choice, tail in told.tails.items()},
    }


def _said_tail(tail: Tail) -> dict[str, object]:
    return {
        "instalments": tail.count,
        "next": decimal_money(tail.next_cents),
        "ends_on": tail.ends_on.isoformat() if tail.ends_on else None,
        "interest": decimal_money(tail.interest_cents),
    }
