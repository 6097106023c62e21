"""How fast guarantee circles are analysed, over a million debtors: components, cores, rings, hubs, falls; then draws.

    python bench/circles.py [--debtors 1000000] [--guarantees 3000000] [--draws 20]

The book is drawn from a seed: most debtors have few guarantees, few have very many, and a part of them stand for one
another. The analysis is all that a page of circles rests on: the network, circles, mutual cores, the shortest ring
through each debtor, on whom most can be called, the fall of each debtor alone, and one cascade. Seconds are those of
the processor, so that a busy machine does not matter. The floor is one sort of the guarantees by debtor and guarantor.
To take rings away is apart (`counted_once`): in the one giant core of this book they are very long, and it costs more
than all the rest; a night does it for what lies in mutual cores alone.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from postloan.kernels.falls import falls_alone
from postloan.kernels.network import Cents, Network, cascade, counted_once, network_of, times_fallen
from postloan.kernels.rings import shortest_rings
from postloan.models.circles import ALONE, circles, mutual_cores

OUT = Path(__file__).parent / "out"
GOAL_SECONDS = 5.0
LONGEST, PASSED = 5, 100_000
"""As rulebook/desk/circles.yaml has them."""


def drawn(debtors: int, guarantees: int) -> tuple[np.ndarray, ...]:
    """Debtor and guarantor of each guarantee, what is called, each debtor's buffer and chance to fall."""
    rng = np.random.default_rng(20261126)
    near = guarantees * 3 // 4
    # Three of four stand for somebody near by, some of those in return; the rest fall on hubs.
    debtor = rng.integers(0, debtors, guarantees)
    guarantor = np.empty(guarantees, np.int64)
    guarantor[:near] = np.clip(debtor[:near] + rng.integers(-20, 21, near), 0, debtors - 1)
    guarantor[near:] = (debtors * rng.random(guarantees - near) ** 4).astype(np.int64)
    returned = near // 12
    debtor[near - returned : near], guarantor[near - returned : near] = guarantor[:returned], debtor[:returned].copy()
    other = debtor != guarantor
    called = rng.integers(1_000_00, 100_000_00, guarantees)
    buffers = (rng.lognormal(18, 1.5, debtors)).astype(np.int64)
    return debtor[other], guarantor[other], called[other], buffers, rng.beta(1, 60, debtors)


def seconds_of(work: Callable[[], object], times: int = 3) -> float:
    """The quickest of three, in seconds of the process; the first also compiles."""
    taken = []
    for _ in range(times):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def hubs(network: Network) -> Cents:
    """What can be called on each."""
    cents = np.zeros(network.buffer_cents.size, np.int64)
    np.add.at(cents, network.guarantor, network.called_cents)
    return cents


def main() -> None:
    """Measure, print, and keep the figures in bench/out/circles.json."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--debtors", type=int, default=1_000_000)
    asked.add_argument("--guarantees", type=int, default=3_000_000)
    asked.add_argument("--draws", type=int, default=20)
    options = asked.parse_args()
    debtor, guarantor, called, buffers, chance = drawn(options.debtors, options.guarantees)
    size = options.debtors
    network = network_of(debtor, guarantor, called, buffers)
    falls = np.random.default_rng(1).random(size) < 0.01
    cores, numbers = mutual_cores(debtor, guarantor, size=size), np.arange(size)
    loss_cents = np.random.default_rng(2).integers(0, 100_000_00, size)
    parts = {
        "network": seconds_of(lambda: network_of(debtor, guarantor, called, buffers)),
        "circles": seconds_of(lambda: circles(debtor, guarantor, size=size)),
        "mutual_cores": seconds_of(lambda: mutual_cores(debtor, guarantor, size=size)),
        "shortest_rings": seconds_of(lambda: shortest_rings(network, cores, longest=LONGEST, most=PASSED)),
        "hubs": seconds_of(lambda: hubs(network)),
        "falls_alone": seconds_of(lambda: falls_alone(network, loss_cents, most=PASSED)),
        "cascade": seconds_of(lambda: cascade(network, falls)),
    }
    rounds, _ = cascade(network, falls)
    figures = {
        "debtors": size,
        "guarantees": int(debtor.size),
        "circles": int(circles(debtor, guarantor, size=size).max()) + 1,
        "in_mutual_cores": int((cores != ALONE).sum()),
        "fallen": int((rounds >= 0).sum()),
        "floor_seconds": round(seconds_of(lambda: np.lexsort((guarantor, debtor))), 2),
        **{f"{name}_seconds": round(taken, 2) for name, taken in parts.items()},
        "analysis_seconds": round(sum(parts.values()), 2),
        "counted_once_seconds": round(seconds_of(lambda: counted_once(network), times=1), 2),
        "draws": options.draws,
        "draws_seconds": round(
            seconds_of(lambda: times_fallen(network, chance, numbers, draws=options.draws, seed=7)), 2
        ),
    }
    OUT.mkdir(exist_ok=True)
    (OUT / "circles.json").write_text(json.dumps(figures, indent=1) + "\n")
    for name, value in figures.items():
        goal = f"   goal {GOAL_SECONDS}" if name == "analysis_seconds" else ""
        print(f"{name:22} {value:>12,}{goal}")


if __name__ == "__main__":
    main()
