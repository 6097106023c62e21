"""The demo bank: a synthetic Chinese bank written as feeds, with what really happened kept apart."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from postloan.demo.agreements import put_agreements
from postloan.demo.behaviour import Payments, pay
from postloan.demo.bureau import Bureau
from postloan.demo.dates import Days, month_ends, month_of
from postloan.demo.draws import Bools
from postloan.demo.figures import LossLedger
from postloan.demo.general_ledger import GeneralLedger
from postloan.demo.happenings import put_events, put_legal_events
from postloan.demo.lateness import pays_when_late
from postloan.demo.lines import Window
from postloan.demo.loan_rows import put_instalments, put_loans
from postloan.demo.loans import Book, draw_book
from postloan.demo.market import PrimeRates, market_table
from postloan.demo.offices import org_table
from postloan.demo.proceeds import draw_stories, put_account_entries, story_table
from postloan.demo.registers import Register, debtor_table, register
from postloan.demo.schedules import AHEAD_DAYS, Schedule, Version, build_schedules
from postloan.demo.security import put_security
from postloan.demo.settled import Desk
from postloan.demo.standings import Truth, decide, put_openings, put_payments
from postloan.demo.statements import put_statements
from postloan.demo.ties import put_ties
from postloan.demo.truth import Accounts
from postloan.demo.write import FeedWriter, require_empty, serials
from postloan.errors import RequestWrong

LOANS_LEAST, MONTHS_MOST = 100, 40
"""The fortieth month-end, counted back, is July 2023, when the classification rules begin."""

Tell = Callable[[str, int, int], None]


def write_demo_feeds(
    feeds: Path, truth: Path, *, loans: int, months: int, seed: int, tell: Tell | None = None
) -> list[date]:
    """Write the demo bank's feeds and its truth; return the feed days, the first of them the take-on.

    feeds, truth  folders that are empty or not there yet.
    loans         loans paid out up to the last month-end, about 1.4 of them for each living at the end.
    months        month-ends, the last fixed in dates.LAST_MONTH_END.
    seed          the same seed gives the same bytes.
    tell          told of the work done: what, how much of how much.
    """
    if loans < LOANS_LEAST or not 1 <= months <= MONTHS_MOST:
        raise RequestWrong(
            message=f"A demo bank of {loans} loans and {months} month-ends cannot be.",
            hint=f"Ask for {LOANS_LEAST} loans or more, and 1 to {MONTHS_MOST} month-ends.",
            where={"loans": loans, "months": months},
        )
    return _Bank(feeds, truth, loans, months, seed, tell or _keep_silent).write()


def _keep_silent(_what: str, _done: int, _total: int) -> None:
    pass


class _Bank:
    """One writing of the demo bank."""

    def __init__(self, feeds: Path, truth: Path, loans: int, months: int, seed: int, tell: Tell) -> None:
        require_empty(truth)
        self._truth_folder, self._seed, self._tell = truth, seed, tell
        self._window = Window(month_ends(months))
        self._rates = PrimeRates(int(month_of(self._window.ends)[-1]))
        self._writer = FeedWriter(feeds, self._window.ends)
        self._book: Book = draw_book(loans, self._window, self._rates, seed)
        self._known: Register = register(self._book, self._writer, seed)

    def write(self) -> list[date]:
        """Write it all: registers, then schedules, then month by month."""
        steps = (self._put_bank, self._put_debtors, self._put_security, self._put_surroundings)
        for done, step in enumerate(steps):
            self._tell("registers", done, len(steps))
            step()
        self._tell("registers", len(steps), len(steps))
        schedule, versions = self._schedules()
        near = schedule.until(self._window.last + AHEAD_DAYS)
        paid = pay(self._book.loans, self._book.parties, near, self._window, self._seed)
        self._put_schedules(schedule, versions, ~pays_when_late(near, paid[0], len(self._book.loans)))
        del schedule, versions
        self._put_months(near, *paid)
        return self._writer.finish()

    def _put_bank(self) -> None:
        self._market = market_table(self._seed, self._rates, self._window.ends)
        days = self._market["on"].cast(int).to_numpy().astype(np.int32)
        self._writer.put("market", self._market, self._writer.month_known(days))
        self._writer.put_month("org", 0, org_table())

    def _put_debtors(self) -> None:
        debtors = debtor_table(self._book, self._known, self._seed)
        self._writer.put("debtor", debtors, self._known.debtor_month)
        self._story = draw_stories(self._book, self._window, self._seed)
        drawn = put_agreements(self._book, self._known, self._window, self._story, self._writer, self._seed)
        put_account_entries(self._book, self._known, drawn, self._story, self._writer, self._seed)

    def _put_security(self) -> None:
        put_security(self._book, self._known, self._market, self._window, self._writer, self._seed)

    def _put_surroundings(self) -> None:
        book, known, writer, seed = self._book, self._known, self._writer, self._seed
        put_statements(book, known, self._window, writer, seed)
        put_events(book, known, self._window, writer, seed)
        put_legal_events(book, known, self._window, writer)
        put_ties(book, known, writer, seed)

    def _schedules(self) -> tuple[Schedule, list[Version]]:
        self._tell("schedules", 0, 1)
        return build_schedules(self._book.loans, self._window, self._rates)

    def _put_schedules(self, schedule: Schedule, versions: list[Version], bears_penalty: Bools) -> None:
        """Write loans and instalments."""
        put_loans(self._book, self._known, schedule, versions, bears_penalty, self._writer, self._seed)
        put_instalments(self._book.loans, self._known, schedule, versions, self._writer)
        self._tell("schedules", 1, 1)

    def _put_months(self, schedule: Schedule, payments: Payments, settled_on: Days, has_history: Bools) -> None:
        book, known, writer = self._book, self._known, self._writer
        months = len(self._window.ends)
        self._tell("months", 0, months)
        put_payments(payments, book, known, writer)
        accounts = Accounts(book.loans, schedule, payments, settled_on, self._window)
        figures, ledger = LossLedger(self._window), GeneralLedger(book, self._seed)
        truth, bureau = Truth(self._truth_folder, book, known), Bureau(book, known, self._window, self._seed)
        desk = Desk(book, known, schedule, payments, settled_on, has_history, self._window, self._seed)
        restructured = np.zeros(len(book.loans), dtype=np.bool_)
        decided = 0
        for month in range(months):
            standing = accounts.next_month()
            truth.put_standing(standing)
            writer.put_month("bank_figure", month, figures.next_month(standing, month))
            writer.put_month("gl_balance", month, ledger.next_month(standing, month))
            if month == 0:
                put_openings(standing, has_history, known, writer)
            decisions = pl.concat(
                [decide(standing, month, book, known, self._seed, restructured), desk.next_month(standing, month)]
            )
            numbers = np.arange(decided + 1, decided + decisions.height + 1, dtype=np.int32)
            writer.put_month("decision", month, decisions.with_columns(decision_id=serials("JD", numbers, 8)))
            decided += decisions.height
            report = bureau.report(standing, month)
            if report is not None:
                writer.put_month("elsewhere", month, report)
            self._tell("months", month + 1, months)
        truth.put_hidden(has_history, settled_on, restructured)
        truth.put_planted(ledger.planted)
        truth.put_stories(story_table(known, self._story))
        truth.put_upgrades(*desk.upgrades)
