"""Level schedules a CPU-second: ours, the same bytes merely filled in, and what other libraries make of the same loans.

    uv sync --group bench && python bench/schedules.py [--seconds 1]

Ours are exact to the cent, with due days that roll over China's working days. Each peer builds the same loans, one by
one where that is all it offers; its rows are compared with ours, and the share of loans that agree in every cent is
printed beside its speed. A peer that is not installed is named and left out.
"""

import argparse
import importlib
import importlib.metadata
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np

from postloan.kernels.daycount import civil, months_later
from postloan.kernels.methods import LEVEL
from postloan.kernels.pricing import no_changes
from postloan.kernels.roll import FOLLOWING, Moves, moves_of
from postloan.kernels.schedule import HALF_UP_BOTH, empty_rows, write_rows
from postloan.kernels.terms import Terms, count, terms_of
from postloan.rules.calendar import days_off

OUT = Path(__file__).parent / "out"

CHUNK = 1_000
RUNS = 25
EPOCH = date(1970, 1, 1)
GOALS = {36: 2_000_000, 240: 300_000}
TIMES_EXACT_GOAL = 100


@dataclass(frozen=True)
class Loan:
    """One loan as a peer takes it: amount in units, yearly rate as a fraction, periods."""

    principal: float
    rate: float
    periods: int
    exact_principal: Decimal
    exact_percent: Decimal


Rows = list[tuple[float, float]]
Peer = Callable[[list[Loan]], Sequence[Rows]]


def drawn(periods: int) -> Terms:
    """Draw loans as banks make them: whole thousands, rates in whole basis points, any day of the year."""
    chance = np.random.default_rng(periods)
    begun = (date(2024, 1, 1) - EPOCH).days + chance.integers(0, 366, CHUNK)
    days = [civil(day)[2] for day in begun.tolist()]
    return terms_of(
        disbursed_on=begun, due_day=days, period_months=1, method=LEVEL, roll=FOLLOWING,
        matures_on=[months_later(day, periods, due) for day, due in zip(begun.tolist(), days, strict=True)],
        lent_cents=chance.integers(10, 10_000, CHUNK) * 100_000, rate_e8=chance.integers(300, 2400, CHUNK) * 10_000,
    )  # fmt: skip


def amortization_rows(loans: list[Loan]) -> list[Rows]:
    """The amounts of `amortization`: floats rounded to cents."""
    schedule = importlib.import_module("amortization.schedule").amortization_schedule
    return [[(row.principal, row.interest) for row in schedule(each.principal, each.rate, each.periods)]
            for each in loans]  # fmt: skip


def loankit_rows(loans: list[Loan]) -> list[Rows]:
    """The amounts of `loankit`: decimals, rounded half up, but of a monthly rate cut off, so that ties fall."""
    kit = importlib.import_module("loan")
    plan = importlib.import_module("loan.strategies.equal_installment").EqualInstallmentStrategy().generate
    asked = [kit.LoanRequest(each.exact_principal, each.exact_percent, each.periods, "x") for each in loans]
    return [[(row.principal, row.interest) for row in plan(each).installments] for each in asked]


def numpy_financial_rows(loans: list[Loan]) -> np.ndarray:
    """The closed forms of `numpy-financial`, all loans in one call, rounded at the end."""
    financial = importlib.import_module("numpy_financial")
    rate = np.array([each.rate for each in loans])[:, None] / 12
    lent, periods = np.array([each.principal for each in loans])[:, None], loans[0].periods
    seq = np.arange(1, periods + 1)[None, :]
    parts = -financial.ppmt(rate, seq, periods, lent).round(2), -financial.ipmt(rate, seq, periods, lent).round(2)
    return np.stack(parts, axis=2)


def quantlib_rows(loans: list[Loan]) -> list[Rows]:
    """The bond of `QuantLib`, with its dates and the calendar of China."""
    ql = importlib.import_module("QuantLib")
    count_of, china = ql.Thirty360(ql.Thirty360.BondBasis), ql.China()
    begun = ql.Date(15, 1, 2024)
    found = []
    for each in loans:
        plan = ql.Schedule(begun, begun + ql.Period(each.periods, ql.Months), ql.Period(ql.Monthly), china,
                           ql.Following, ql.Following, ql.DateGeneration.Forward, False)  # noqa: FBT003  # fmt: skip
        level = each.principal * each.rate / 12 / (1 - (1 + each.rate / 12) ** -each.periods)
        left, notionals = each.principal, []
        for _ in range(each.periods):
            notionals.append(left)
            left -= level - left * each.rate / 12
        bond = ql.AmortizingFixedRateBond(0, notionals, plan, [each.rate], count_of)
        flows = [(ql.as_coupon(flow) is not None, flow.amount()) for flow in bond.cashflows()]
        principal = [round(amount, 2) for is_coupon, amount in flows if not is_coupon]
        found.append(list(zip(principal, [round(amount, 2) for is_coupon, amount in flows if is_coupon], strict=False)))
    return found


def jactus_rows(loans: list[Loan]) -> list[Rows]:
    """The array mode of `jactus`, from terms to cash flows; its flows are not told apart, so nothing is compared."""
    contracts, core = importlib.import_module("jactus.contracts.ann_array"), importlib.import_module("jactus.core")
    observer = importlib.import_module("jactus.observers").ConstantRiskFactorObserver(constant_value=0.0)
    day = core.ActusDateTime
    portfolio = [
        (core.ContractAttributes(
            contract_id="x", contract_type=core.ContractType.ANN, contract_role=core.ContractRole.RPA,
            status_date=day(2024, 1, 1), initial_exchange_date=day(2024, 1, 15),
            maturity_date=day(2024 + each.periods // 12, 1, 15), currency="CNY", notional_principal=each.principal,
            nominal_interest_rate=each.rate, day_count_convention=core.DayCountConvention.E30360,
            interest_payment_cycle="1M", interest_payment_anchor=day(2024, 2, 15),
            principal_redemption_cycle="1M", principal_redemption_anchor=day(2024, 2, 15),
        ), observer)
        for each in loans
    ]  # fmt: skip
    np.asarray(contracts.simulate_ann_portfolio(portfolio)["payoffs"])
    return []


PEERS: dict[str, tuple[str, Peer, int]] = {
    "jactus": ("jactus", jactus_rows, 20),
    "QuantLib": ("quantlib", quantlib_rows, 50),
    "amortization": ("amortization", amortization_rows, 200),
    "numpy-financial": ("numpy-financial", numpy_financial_rows, 400),
    "loankit": ("loankit", loankit_rows, 100),
}


def main() -> None:
    """Measure, and print a line each."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=1.0, help="CPU time for each figure")
    seconds = asked.parse_args().seconds
    calendar = moves_of(np.array([(day - EPOCH).days for day in days_off(
        date(2024, 1, 1), date(2046, 12, 31), (), on=date(2024, 1, 1))], np.int32))  # fmt: skip
    found = [_measure(periods, goal, calendar, seconds) for periods, goal in GOALS.items()]
    OUT.mkdir(exist_ok=True)
    (OUT / "schedules.json").write_text(json.dumps(found, indent=1) + "\n")


def _measure(periods: int, goal: int, calendar: Moves, seconds: float) -> dict[str, object]:
    """Print what was found for schedules of so many periods; gives the line of the report."""
    terms, changes = drawn(periods), no_changes(CHUNK)
    spans = count(terms.disbursed_on, terms, calendar)
    rows, spare = empty_rows(int(spans.first[-1])), empty_rows(int(spans.first[-1]))

    def write() -> None:
        write_rows(spans, terms, changes, calendar, HALF_UP_BOTH, rows)

    def count_and_write() -> None:
        write_rows(count(terms.disbursed_on, terms, calendar), terms, changes, calendar, HALF_UP_BOTH, rows)

    def fill() -> None:
        for part in spare:
            part.fill(1)

    mine, whole, filled = (CHUNK * _a_second(work, seconds) for work in (write, count_and_write, fill))
    print(f"{periods} periods, schedules a CPU-second")
    print(f"  {'ours, into given rows':28} {mine:>12,.0f}   goal {goal:,}")
    print(f"  {'ours, counted and written':28} {whole:>12,.0f}")
    print(f"  {'filling the same bytes':28} {filled:>12,.0f}   {filled / mine:.1f} × ours")
    found = [(same, rate) for rate, same in _peers(terms, rows, periods, mine, seconds)]
    if found:
        print(f"  ours over the most exact peer: {mine / max(found)[1]:,.0f} ×   goal {TIMES_EXACT_GOAL}")
    said = {"what": f"schedules of {periods} periods", "value": round(mine), "unit": "a CPU-second"}
    return said | ({"against": "the most exact peer", "ratio": round(mine / max(found)[1])} if found else {})


def _peers(terms: Terms, ours, periods: int, mine: float, seconds: float) -> Iterator[tuple[float, float]]:
    for name, (package, peer, size) in PEERS.items():
        loans = [
            Loan(cents / 100, rate / 10**8, periods, Decimal(cents).scaleb(-2), Decimal(rate).scaleb(-6))
            for cents, rate in zip(terms.lent_cents[:size].tolist(), terms.rate_e8[:size].tolist(), strict=True)
        ]
        try:
            version = importlib.metadata.version(package)
            rows = peer(loans)
        except ImportError:
            print(f"  {name:28} is not installed")
            continue
        same = sum(_agrees(each, ours, at, periods) for at, each in enumerate(rows)) / size if len(rows) else 0.0
        rate = size * _a_second(lambda: peer(loans), seconds)  # noqa: B023
        said = f"{same:.1%} of loans equal to the cent" if len(rows) else "in 32-bit floats: not compared"
        print(f"  {f'{name} {version}':28} {rate:>12,.0f}   ours {mine / rate:,.0f} ×   {said}")
        yield rate, same


def _agrees(rows: Rows, ours, at: int, periods: int) -> bool:
    span = slice(at * periods, (at + 1) * periods)
    mine = zip(ours.principal_cents[span].tolist(), ours.interest_cents[span].tolist(), strict=True)
    return [(round(principal * 100), round(interest * 100)) for principal, interest in rows] == list(mine)


def _a_second(work: Callable[[], object], seconds: float) -> float:
    """Return how often a CPU-second holds the work: the best of many short runs, since others share the machine."""
    work()
    best = 0.0
    for _ in range(RUNS):
        begun, times = time.process_time(), 0
        while (spent := time.process_time() - begun) < seconds / RUNS:
            work()
            times += 1
        best = max(best, times / spent)
    return best


if __name__ == "__main__":
    main()
