"""The figures and the chart of docs/studies/auto_abs.md: where our balances and days past due differ from the filings.

    python examples/auto_abs_study.py RAW_DIR --home HOME --chart docs/studies/auto_abs.svg

It needs the published nights of `auto_abs.py`. Unlike the loader it reads the filed principal and the later balances,
but only to say why we differ; nothing of it reaches a feed.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import numpy as np
import polars as pl
from matplotlib import pyplot
from numpy.typing import NDArray

import auto_abs

Grid = NDArray[np.int64]

CLOSED_WITHOUT_CASH = 0.9
FEE_STEP = 0.05
FEE_STEPS = 6
MARCH_2020 = 34
SKIPS_MOST = 6


def grid(filed: pl.DataFrame, value: str) -> Grid:
    """Lay a column out by loan and month; what is not filed is -1."""
    wide = filed.pivot(on="on", index="loan_id", values=value, sort_columns=True).sort("loan_id")
    return wide.drop("loan_id").fill_null(-1).to_numpy().astype(np.int64)


class Book:
    """The filings as arrays: one row a loan, one column a month-end, the first column being the opening."""

    def __init__(self, raw: Path) -> None:
        """Read the filings; every loan of the deal opens in the same month."""
        filed = auto_abs.months(raw)
        principal = pl.read_parquet(raw / "month.parquet").select(
            pl.col("loan_id").cast(pl.String),
            on=pl.col("period_end").cast(pl.Date),
            principal=auto_abs.cents("prin_paid"),
        )
        filed = filed.join(principal, on=["loan_id", "on"])
        self.loans = auto_abs.openings(raw, filed)
        self.ends = filed["on"].unique().sort().cast(pl.Int32).to_numpy().astype(np.int64)
        self.starts = filed["on"].unique().sort().dt.month_start().cast(pl.Int32).to_numpy().astype(np.int64)
        self.filed = grid(filed, "filed_cents")
        self.is_filed = self.filed != -1
        self.paid = np.maximum(grid(filed, "paid_cents"), 0)
        self.interest = np.where(self.is_filed, self.paid - grid(filed, "principal"), 0)
        self.rate_e8 = self.loans["annual_rate_e8"].to_numpy()
        self.instalment = self.loans["instalment_cents"].to_numpy()[:, None]
        self.opened = self.loans["outstanding_cents"].to_numpy()
        self.last_paid_on = self.loans["last_paid_on"].cast(pl.Int32).to_numpy().astype(np.int64)
        self.last_day = self.loans["last_paid_on"].dt.day().cast(pl.Int64).to_numpy()
        self.pay_day = self.loans["pay_day"].to_numpy()

    def on_day(self, day: NDArray[np.int64]) -> Grid:
        """Return the given day of every month, or its last where the month is shorter."""
        return np.minimum(self.starts + day[:, None] - 1, self.ends)

    def with_settlements_first(self, paid_on: Grid) -> Grid:
        """Date payments far above the instalment the first of their month."""
        return np.where(self.paid > auto_abs.FAR_ABOVE_INSTALMENTS * self.instalment, self.starts, paid_on)


def free_run(book: Book, paid_on: Grid, since: NDArray[np.int64], paid: Grid | None = None, year: int = 365) -> Grid:
    """Run every loan from its opening by the given payment days: 20 lines that share no code with the kernel."""
    paid = book.paid if paid is None else paid
    left, accrued, since = book.opened.copy(), np.zeros_like(book.opened), since.copy()
    opened_on, half = book.ends[0], year * 10**8 // 2
    balances = np.empty_like(paid)
    balances[:, 0] = left
    accrued += (left * book.rate_e8 * (opened_on - since) + half) // (year * 10**8)
    since = np.full_like(since, opened_on)
    for month in range(1, paid.shape[1]):
        cash = paid[:, month]
        days = np.where(cash > 0, paid_on[:, month] - since, 0)
        accrued += (left * book.rate_e8 * days + half) // (year * 10**8)
        interest = np.minimum(accrued, cash)
        accrued -= interest
        left -= np.minimum(cash - interest, left)
        since = np.where(cash > 0, paid_on[:, month], since)
        balances[:, month] = left
    return balances


def late_fees(book: Book) -> Grid:
    """Return what of each payment looks like late fees: its rest over whole instalments, in steps of 5 %."""
    rest = book.paid % book.instalment
    steps = np.round(rest / (FEE_STEP * book.instalment))
    is_fee = (steps >= 1) & (steps <= FEE_STEPS) & (abs(rest - steps * FEE_STEP * book.instalment) <= 3 * steps)
    return np.where(is_fee, rest, 0)


def charged_fees(book: Book) -> Grid:
    """Return the late fees a payment would carry if every month without a payment cost 5 % of the instalment."""
    owed, fees = np.zeros(len(book.opened), np.int64), np.zeros_like(book.paid)
    for month in range(1, book.paid.shape[1]):
        fees[:, month] = np.minimum(owed, book.paid[:, month])
        owed -= fees[:, month]
        is_missed = book.is_filed[:, month] & (book.paid[:, month] == 0)
        owed += np.where(is_missed, (FEE_STEP * book.instalment[:, 0]).astype(np.int64), 0)
    return fees


def tries(book: Book) -> Iterator[tuple[str, Grid]]:
    """Yield what was tried, each with its balances."""
    opened = np.full_like(book.last_paid_on, book.ends[0])
    month_end = np.broadcast_to(book.ends, book.paid.shape)
    own, middle = book.on_day(book.last_day), book.on_day(np.full_like(book.last_day, 16))
    halfway = book.on_day(book.pay_day)
    weekday = (own + 3) % 7
    monday = np.minimum(own + np.where(weekday >= 5, 7 - weekday, 0), book.ends)
    settled = book.with_settlements_first(halfway)
    since = book.last_paid_on
    yield "month end, nothing accrued at the opening", free_run(book, month_end, opened)
    yield "month end, accrued since the last payment", free_run(book, month_end, since)
    yield "the 16th", free_run(book, middle, since)
    yield "the loan's last payment day", free_run(book, own, since)
    yield "the same, Sundays and Saturdays to Monday", free_run(book, monday, since)
    yield "halfway between it and the deal's average", free_run(book, halfway, since)
    yield "the same, settlements on the 1st (adopted)", free_run(book, settled, since)
    yield "adopted, but ACT/360", free_run(book, settled, since, year=360)
    yield "adopted, less fees seen in the amount", free_run(book, settled, since, book.paid - late_fees(book))
    yield "adopted, less 5 % for every missed month", free_run(book, settled, since, book.paid - charged_fees(book))


def shares(book: Book, balances: Grid, *, where: NDArray[np.bool_] | None = None) -> tuple[float, float]:
    """Return the shares of loan-months within 0.5 % and 1 %, in percent."""
    asked = book.is_filed if where is None else book.is_filed & where
    gap, filed = abs(balances - book.filed)[:, 1:], abs(book.filed)[:, 1:]
    asked = asked[:, 1:]
    return tuple(100 * float((gap <= part * filed)[asked].mean()) for part in (0.005, 0.01))


def closed_without_cash(book: Book) -> NDArray[np.bool_]:
    """Tell where the filed balance goes to nought and the month's cash does not explain it."""
    closed = np.zeros(book.paid.shape, np.bool_)
    before = book.filed[:, :-1]
    closed[:, 1:] = (book.filed[:, 1:] == 0) & (before > 0) & (book.paid[:, 1:] < CLOSED_WITHOUT_CASH * before)
    return closed


def causes(book: Book, balances: Grid) -> list[tuple[str, int]]:
    """Give every loan-month further than 1 % the first cause that fits.

    Interest was certainly charged beyond what can run, so fees were paid, where the filed interest exceeds all
    interest run up to the month's end on the filed balances.
    """
    could_run = np.maximum(book.ends[0] - book.last_paid_on, 0) * book.opened * book.rate_e8 / 365e8
    fees = np.zeros(book.paid.shape)
    for month in range(1, book.paid.shape[1]):
        days = book.ends[month] - book.ends[month - 1]
        could_run += np.where(book.is_filed[:, month], book.filed[:, month - 1] * book.rate_e8 * days / 365e8, 0)
        fees[:, month] = np.maximum(book.interest[:, month] - could_run - 2, 0)
        could_run = np.maximum(could_run - book.interest[:, month], 0)
    before, now = book.filed[:, :-1], book.filed[:, 1:]
    gap = abs(balances - book.filed)[:, 1:]
    left = book.is_filed[:, 1:] & (gap > 0.01 * abs(now))
    month_of_interest = book.opened * book.rate_e8 / 12e8
    is_raised = np.maximum.accumulate(book.is_filed[:, 1:] & (now > before), axis=1)
    found = []
    for cause, fits in (
        ("closed without the cash: charge-off, repossession", closed_without_cash(book)[:, 1:]),
        ("settled, and our days leave a rest", now == 0),
        ("certain fees make half of it or more", np.cumsum(fees, 1)[:, 1:] >= gap / 2),
        ("the filed balance was raised again: a payment came back", is_raised | (now < 0)),
        ("days of payment: at most a month's interest on the opening", gap <= month_of_interest[:, None]),
        ("other", np.ones_like(left)),
    ):
        found.append((cause, int((left & fits).sum())))
        left &= ~fits
    return found


def published(book: Book, raw: Path, home: Path) -> tuple[Grid, Grid]:
    """Return the published balances and days past due, laid out like the filings; -1 where nothing was filed."""
    pairs = auto_abs.against_filed(raw, home)
    both = []
    for column in ("outstanding_cents", "days_past_due"):
        cells = grid(pairs.with_columns(pl.col(column).cast(pl.Int64)), column)
        whole = np.full(book.filed.shape, -1)
        rows = np.searchsorted(book.loans["loan_id"].to_numpy(), pairs["loan_id"].unique().sort().to_numpy())
        whole[rows, 1:] = cells
        both.append(whole)
    return both[0], both[1]


def cash_of_three_months(book: Book) -> Grid:
    """Return the cash of each month and the two before it."""
    sums = np.cumsum(book.paid, axis=1)
    sums[:, 3:] -= np.cumsum(book.paid, axis=1)[:, :-3]
    return sums


def skipped(book: Book) -> NDArray[np.bool_]:
    """Tell which months look deferred: no cash for up to six, then three instalments in a row without catching up."""
    none = book.is_filed & (book.filed > 0) & (book.paid == 0)
    plain = (book.paid >= 0.95 * book.instalment) & (book.paid < 1.5 * book.instalment)
    found, run = np.zeros_like(none), np.zeros(len(none), np.int64)
    for month in range(1, none.shape[1] - 3):
        run = np.where(none[:, month], run + 1, 0)
        ends = none[:, month] & plain[:, month + 1 : month + 4].all(axis=1) & (run <= SKIPS_MOST)
        for back in range(SKIPS_MOST):
            found[ends & (run > back), month - back] = True
    return found


def print_days(book: Book, days: Grid) -> None:
    """Print how many loans are past due, and whether those over 90 days pay all the same."""
    alive, recent = book.is_filed & (book.filed > 0), cash_of_three_months(book)
    print("\nmonth-end: loans with a balance; % over 30, 60, 90 days; loans over 90 days;")
    print("of these, cash in three months: none, less than two instalments, two or more")
    for month in (1, 3, 6, 12, 24, 33, 35, 37, 40, book.paid.shape[1] - 1):
        here, on = alive[:, month], np.datetime64(int(book.ends[month]), "D")
        over = [100 * (days[here, month] > limit).mean() for limit in (30, 60, 90)]
        late = here & (days[:, month] > 90)
        none, some = late & (recent[:, month] == 0), recent[:, month] >= 2 * book.instalment[:, 0]
        counts = late.sum(), none.sum(), (late & ~none & ~some).sum(), (late & some).sum()
        print(
            f"{on}  {here.sum():5}  {over[0]:5.1f} {over[1]:5.1f} {over[2]:5.1f}  "
            + " ".join(map("{:4}".format, counts))
        )
    asked = book.loans["nextReportingPeriodPaymentAmountDue"].to_numpy() * 100
    ahead = ((asked < 0.995 * book.instalment[:, 0]) & (book.opened > 0)).sum()
    print(f"paid all or part of the next instalment before the opening, which no feed says: {ahead} loans")
    closed, ever = closed_without_cash(book), (alive & (days > 90)).any(axis=1)
    lost = closed.any(axis=1)
    print(f"ever over 90 days: {ever.sum()} loans; closed without the cash: {lost.sum()}, both: {(ever & lost).sum()}")
    idle = [100 * (book.paid[alive[:, month], month] == 0).mean() for month in range(1, book.paid.shape[1])]
    spring = " ".join(f"{share:.1f}" for share in idle[MARCH_2020 : MARCH_2020 + 3])
    print(f"% of loans without cash: {np.mean(idle[: MARCH_2020 - 1]):.1f} a month to February 2020; then {spring}")
    months = skipped(book)
    begins = months.copy()
    begins[:, 1:] &= ~months[:, :-1]
    print(f"skips that look like deferrals: {begins.sum()} on {months.any(axis=1).sum()} loans, of which")
    print(f"{begins[:, MARCH_2020 : MARCH_2020 + 6].sum()} begin from March to August 2020")


def draw(book: Book, balances: Grid, days: Grid, chart: Path) -> None:
    """Draw the shares by month and the loans past due by month."""
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "auto_abs", "font.size": 9})
    months = np.arange(1, book.paid.shape[1])
    alive, waits = book.is_filed & (book.filed > 0), cash_of_three_months(book) == 0
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    by_month = [shares(book, balances, where=np.arange(book.paid.shape[1]) == month) for month in months]
    left.plot(months, [part[1] for part in by_month], label="within 1 %")
    left.plot(months, [part[0] for part in by_month], label="within 0.5 %")
    left.set(xlabel="months since the opening", ylabel="% of loans filed", ylim=(50, 100))
    left.set_title("Our balance against the filed balance")
    for limit, mask, label in (
        (30, alive, "over 30 days"),
        (90, alive, "over 90 days"),
        (90, alive & waits, "over 90 days and no cash for 3 months"),
    ):
        share = [100 * ((days > limit) & mask)[:, month].sum() / alive[:, month].sum() for month in months]
        right.plot(months, share, label=label)
    right.axvline(MARCH_2020, color="grey", linewidth=0.8, linestyle=":")
    right.set(xlabel="months since the opening (dotted: March 2020)", ylabel="% of loans with a balance")
    right.set_title("Our days past due, deferrals unknown")
    for axes in (left, right):
        axes.legend(frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(chart, metadata={"Date": None})


def main() -> None:
    """Print the tables of the study and draw its chart."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw_dir", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--chart", type=Path, required=True)
    asked = parser.parse_args()
    book = Book(asked.raw_dir)
    print("what was tried: % within 0.5 %, within 1 %, filed zeros met")
    zeros, runs = book.is_filed & (book.filed == 0), dict(tries(book))
    zeros[:, 0] = False
    for name, balances in runs.items():
        near, wide = shares(book, balances)
        print(f"{near:6.2f} {wide:6.2f} {(balances == 0)[zeros].sum():5}  {name}")
    balances, days = published(book, asked.raw_dir, asked.home)
    ours = next(run for name, run in runs.items() if "adopted)" in name)
    differ = ((balances != ours) & book.is_filed)[:, 1:].sum()
    print(f"\npublished balances that differ from the free run above: {differ} of {book.is_filed[:, 1:].sum()}")
    print("\nmonths since the opening: % within 0.5 %, within 1 %")
    at = np.arange(book.paid.shape[1])
    for first, last in ((1, 6), (7, 12), (13, 24), (25, 36), (37, len(at) - 1)):
        near, wide = shares(book, balances, where=(at >= first) & (at <= last))
        print(f"{first:3} to {last:3}  {near:6.2f} {wide:6.2f}")
    print("\nloan-months further than 1 %, by the first cause that fits")
    for cause, count in causes(book, balances):
        print(f"{count:6}  {cause}")
    print_days(book, days)
    draw(book, balances, days, asked.chart)


if __name__ == "__main__":
    main()
