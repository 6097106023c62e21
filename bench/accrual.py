"""One day's interest of ten million loans: seconds of CPU time, against copying the same bytes.

python bench/accrual.py [--loans 10000000]
"""

import argparse
import time

import numpy as np

from postloan.kernels.accrue import one_day


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--loans", type=int, default=10_000_000)
    loans = asked.parse_args().loans
    chance = np.random.default_rng(1)
    balance_cents = chance.integers(10**5, 10**9, loans)
    rate_e8 = chance.integers(300, 2400, loans) * 10_000
    interest_cents = np.zeros(loans, np.int64)
    one_day(balance_cents, rate_e8, 360, interest_cents)
    accrual = min(_seconds(lambda: one_day(balance_cents, rate_e8, 360, interest_cents)) for _ in range(5))
    floor = min(_seconds(lambda: np.add(balance_cents, rate_e8, out=interest_cents)) for _ in range(5))
    print(f"one day of {loans:,} loans  {accrual:.3f} CPU-seconds   goal {0.1 * loans / 10**7:.3f}")
    print(f"adding the same two columns  {floor:.3f}   ratio {accrual / floor:.1f}")


def _seconds(work) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
