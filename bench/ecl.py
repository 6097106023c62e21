"""How fast expected losses are reckoned: the kernel, its limit, its peers, and the whole step inside the night.

    uv sync --group bench      # once: the peers, which nothing else needs
    python bench/ecl.py [--loans 500000] [--home HOME]

All reckon the same: loans that repay monthly, 12 to 108 months to go and 60 in the middle, three scenarios, the loss of
a year and of the whole life of each, a claim of balance and interest, default curves by segment made beforehand. A peer
is given its arrays ready; its results are compared with ours. The limit is what the machine can do of the least
arithmetic (10 operations a loan, month and three scenarios) and of reading the inputs and writing the results, each
measured here. The step is timed on one shard of the book of night.py, or of HOME: from a loan's tier to its allowance.
"""

import argparse
import importlib
import importlib.metadata
import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numba import njit

import book
from night import OUT, prepare
from postloan.intake.facts import Facts
from postloan.kernels.loss import (
    Convention,
    Exposures,
    Instalments,
    Losses,
    Severities,
    expected_losses,
    month_ends,
)
from postloan.models.curves import marginal_of
from postloan.plan import night as plan_night
from postloan.plan.inputs import NO_NEIGHBOURS, read_inputs
from postloan.plan.losses import losses
from postloan.rules.rulebook import load_rulebook, policy_on

SCENARIOS, SEGMENTS, MONTHS = 3, 60, 120
GOALS = {"kernel": 5_000_000, "times_peer": 250, "step": 1_000_000}
FLOPS = 10
MONTHLY = Convention(year=12, interest=1.0, part=1.0)
WEIGHTS = np.array([0.5, 0.2, 0.3])
LGD = 0.45


class Portfolio:
    """Loans that repay equal principal every month."""

    def __init__(self, loans: int, *, secured: bool) -> None:
        random = np.random.default_rng(7)
        self.on = np.datetime64("2026-10-31")
        self.today = int(self.on.astype(int))
        self.months = random.integers(12, 109, loans).astype(np.int32)
        ends, first = month_ends(self.on, MONTHS), np.append(0, np.cumsum(self.months))
        place = np.arange(first[-1]) - np.repeat(first[:-1], self.months)
        self.balance = random.integers(1_000_000, 100_000_000, loans)
        principal = np.repeat(self.balance // self.months, self.months)
        principal[first[1:] - 1] += self.balance - self.balance // self.months * self.months
        rows = np.empty(2 * loans, np.int64)
        rows[0::2], rows[1::2] = first[:-1], first[1:]
        zero, shape = np.zeros(loans, np.int64), (loans, SCENARIOS)
        self.rate, self.segment = random.integers(30, 120, loans) / 12_000, random.integers(0, SEGMENTS, loans)
        self.exposures = Exposures(self.balance, zero, zero, self.rate, self.months, self.segment.astype(np.int32))
        self.instalments = Instalments(rows, ends[place], principal)
        worth = np.repeat((self.balance * (random.random(loans) if secured else 0.0))[:, None], SCENARIOS, axis=1)
        self.severities = Severities(np.full(shape, LGD), np.full(shape, 0.3 if secured else 0.0), worth)
        hazards = 0.001 * np.linspace(0.5, 4, SEGMENTS)[:, None, None] * np.array([1.0, 0.6, 1.9])[None, :, None]
        self.defaults = marginal_of(np.repeat(hazards, MONTHS, axis=2))
        self.ends = ends

    def part(self, start: int, end: int) -> Losses:
        """The losses of some of the loans."""
        exposures = Exposures(*(each[start:end] for each in self.exposures))
        instalments = self.instalments._replace(rows=self.instalments.rows[2 * start : 2 * end])
        severities = Severities(*(each[start:end] for each in self.severities))
        return expected_losses(
            exposures, instalments, severities, self.defaults, period_ends=self.ends, convention=MONTHLY,
            on=self.today,
        )  # fmt: skip

    def on_cores(self, pool: ThreadPoolExecutor, cores: int) -> list[Losses]:
        """The losses of all, parted among threads."""
        cuts = np.linspace(0, self.balance.size, cores + 1).astype(int)
        return list(pool.map(self.part, cuts[:-1], cuts[1:]))


ROUNDS = 30
"""Runs on all cores: those of a shared machine are not always there, and the quickest run is one in which they were."""


def best(work: Callable[[], object], runs: int = 5) -> float:
    """The least seconds of some runs, after one that does not count."""
    work()
    spent = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return min(spent)


# The limit -------------------------------------------------------------------------------------------------------


@njit(cache=False)
def _products(a, b, c, d, rounds):
    total = 0.0
    for _ in range(rounds):
        first, second, third = 0.0, 0.0, 0.0
        for at in range(a.size):
            first += a[at] * d[at]
            second += b[at] * d[at]
            third += c[at] * d[at]
        total += first + second + third
    return total


def limit(portfolio: Portfolio) -> dict[str, float]:
    """Seconds that the arithmetic and the bytes alone would take, on one core."""
    lists, rounds = [np.random.default_rng(at).random(64) for at in range(4)], 200_000
    flops = 6 * 64 * rounds / best(lambda: _products(*lists, rounds), runs=3)
    numbers = np.ones(32 * 2**20 // 8 * 4)
    bytes_a_second = numbers.nbytes / best(numbers.sum, runs=3)
    exposures = sum(each.nbytes for each in portfolio.exposures)
    read = exposures + sum(each.nbytes for each in (*portfolio.instalments, *portfolio.severities))
    wrote = 2 * portfolio.balance.size * SCENARIOS * 8
    return {
        "arithmetic": int(portfolio.months.sum()) * FLOPS / flops,
        "bytes": (read + wrote) / bytes_a_second,
    }


# Peers -----------------------------------------------------------------------------------------------------------


def arrays(portfolio: Portfolio, loan: int) -> tuple[np.ndarray, np.ndarray]:
    """A loan's claims and its chances to default first by scenario, month by month."""
    months = int(portfolio.months[loan])
    row = int(portfolio.instalments.rows[2 * loan])
    paid = portfolio.instalments.principal_cents[row : row + months]
    balance = portfolio.balance[loan] - np.append(0, np.cumsum(paid)[:-1])
    return balance * (1 + portfolio.rate[loan]), portfolio.defaults[portfolio.segment[loan], :, :months]


def creditriskengine(portfolio: Portfolio, loans: int) -> tuple[Callable[[], np.ndarray], str]:
    """Life and year of each loan and scenario by `calculate_ecl`, curves made beforehand."""
    peer = importlib.import_module("creditriskengine.ecl.ifrs9.ecl_calc")
    lifetime = peer.ecl_lifetime
    ready = [(*arrays(portfolio, loan), float(portfolio.rate[loan])) for loan in range(loans)]

    def work() -> np.ndarray:
        return np.array([
            [[lifetime(first[at][:12], LGD, claims[:12], rate), lifetime(first[at], LGD, claims, rate)]
             for at in range(SCENARIOS)]
            for claims, first, rate in ready
        ])  # fmt: skip

    return work, importlib.metadata.version("creditriskengine")


def bayesrisk(portfolio: Portfolio, loans: int) -> tuple[Callable[[], np.ndarray], str]:
    """`EclEngine.compute` over a frame made beforehand; it weighs the scenarios itself."""
    pandas = importlib.import_module("pandas")
    module = importlib.import_module("bayesrisk.provisioning.ifrs9")
    config = importlib.import_module("bayesrisk.provisioning.ifrs9.config").IfrsEclConfig(
        discount_convention="period_eir", rounding="none", stage3_direct=False
    )
    engine = getattr(module, "EclEngine", None) or importlib.import_module("bayesrisk.provisioning.ifrs9.ecl").EclEngine

    def frame_of(loan: int, at: int) -> object:
        claims, first = arrays(portfolio, loan)
        months = np.arange(1, claims.size + 1)
        return pandas.DataFrame({
            "row_id": str(loan), "scenario": f"s{at}", "period": months, "time_value": months / 12,
            "pd_marginal": first[at], "lgd": LGD, "ead": claims,
        })  # fmt: skip

    rows = [frame_of(loan, at) for loan in range(loans) for at in range(SCENARIOS)]
    frame, names = pandas.concat(rows, ignore_index=True), [str(loan) for loan in range(loans)]
    eir = pandas.Series(portfolio.rate[:loans], index=names)
    stages = pandas.Series(np.full(loans, 2), index=names)
    weights = {f"s{at}": float(weight) for at, weight in enumerate(WEIGHTS)}

    def work() -> np.ndarray:
        _, detail = engine(config).compute(frame, eir=eir, stages=stages, weights=weights, horizon_12m=12)
        return detail[["ecl_12m", "ecl_lifetime"]].to_numpy()

    return work, importlib.metadata.version("bayesrisk")


PEERS = {"creditriskengine": (creditriskengine, 1_000), "bayesrisk": (bayesrisk, 300)}


def peers(portfolio: Portfolio, ours: float) -> float:
    """Print each peer, how far its results are from ours, and return the rate of the fastest one that agrees."""
    mine, fastest = portfolio.part(0, 1_000), 0.0
    for name, (peer, loans) in PEERS.items():
        try:
            work, version = peer(portfolio, loans)
        except ImportError:
            print(f"  {name:32} is not installed")
            continue
        found = work()
        year, life = mine.year[:loans], mine.lifetime[:loans]
        wanted = (
            np.stack([year, life], axis=2) if found.ndim == 3 else np.stack([year @ WEIGHTS, life @ WEIGHTS], axis=1)
        )
        apart = float(np.max(np.abs(found - wanted) / wanted))
        rate = loans / best(work, runs=3)
        print(f"  {f'{name} {version}':32} {rate:>14,.0f}   ours {ours / rate:,.0f} ×   at most {apart:.0e} apart")
        fastest = max(fastest, rate) if apart < 1e-9 else fastest
    return fastest


# The step --------------------------------------------------------------------------------------------------------


def step(home: Path) -> tuple[int, float]:
    """Time the whole step on a shard: how many loans, and the seconds from their tiers to their allowances.

    As a worker of the night does it, of which there are as many as cores, each with a shard of its own.
    """
    facts, policy = Facts(home, book.ON), policy_on(load_rulebook(home), book.ON)
    inputs, kept = read_inputs(facts, 0, NO_NEIGHBOURS), {}

    def caught(*given: object, **named: date):
        kept["given"], kept["named"] = given, named
        return losses(*given, **named)

    plan_night.losses = caught
    plan_night.assess(inputs, policy, on=book.ON)
    return kept["given"][1].height, best(lambda: losses(*kept["given"], **kept["named"]))


def main() -> None:
    """Measure, print, and keep the figures in bench/out/ecl.json."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--loans", type=int, default=500_000)
    asked.add_argument("--home", type=Path)
    options = asked.parse_args()
    cores, figures = os.cpu_count() or 1, {}
    print(f"{options.loans:,} loans, {SCENARIOS} scenarios, loans a second")
    for secured in (False, True):
        portfolio, name = Portfolio(options.loans, secured=secured), "secured" if secured else "unsecured"
        alone = best(lambda: portfolio.part(0, options.loans))  # noqa: B023
        with ThreadPoolExecutor(cores) as pool:
            together = best(lambda: portfolio.on_cores(pool, cores), runs=ROUNDS)  # noqa: B023
            parted = portfolio.on_cores(pool, cores)
        whole = portfolio.part(0, options.loans)
        same = np.concatenate([each.lifetime for each in parted]).tobytes() == whole.lifetime.tobytes()
        for said, seconds in ((f"{name}, 1 core", alone), (f"{name}, {cores} cores", together)):
            print(f"  {said:32} {options.loans / seconds:>14,.0f}   goal {GOALS['kernel']:,} on 2 cores")
        print(f"  {'':32} the same to the bit on {cores} cores: {'yes' if same else 'NO'}")
        least = limit(portfolio)
        for what, seconds in least.items():
            times = f"{alone / seconds:.1f} × its time"
            print(f"  {f'limit by {what}, 1 core':32} {options.loans / seconds:>14,.0f}   {times}")
        figures |= {f"{name}_1": options.loans / alone, f"{name}_{cores}": options.loans / together}
    plain = Portfolio(1_000, secured=False)
    fastest = peers(plain, figures[f"unsecured_{cores}"])
    if fastest:
        times = figures[f"unsecured_{cores}"] / fastest
        print(f"  ours over the fastest correct peer: {times:,.0f} ×   goal {GOALS['times_peer']}")
        figures["times_fastest_correct_peer"] = times
    home = options.home or prepare(1_000_000, 10)
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as workers:
        found = list(workers.map(step, [home] * cores))
    figures["step"] = sum(loans / seconds for loans, seconds in found)
    said = f"the step, {cores} shards of {found[0][0]:,}"
    print(f"  {said:32} {figures['step']:>14,.0f}   goal {GOALS['step']:,}")
    OUT.mkdir(exist_ok=True)
    (OUT / "ecl.json").write_text(json.dumps({name: round(value) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
