"""A long year: nights of a bank that lives, with the desk's decisions, corrections of past days and power cuts.

    python tests/year/long_year.py [--loans 2000] [--nights 400] [--seed N] [--cuts 24] [--workers 2] [--folder DIR]

After each night every invariant of `invariants.py` is held. The seed is printed first; the same seed is the same year,
but for the instants of the cuts. Ends with 1 at the first invariant that is broken, and names it.
"""

# ruff: noqa: E402, PLC0415 - Django is set up in the folder that is asked for before anything of it is imported

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

import feeds  # noqa: F401 - sets the key that seals personal data

os.environ.setdefault("POSTLOAN_SECRET", "of a year and nothing else, and long enough for what it signs")
os.environ.pop("DATABASE_URL", None)

_OWN_LIMITS = """\
rule: publish_checks
says: A bank of few loans, whose shares move far.
unit: share of the book's balance; share of rows; loans
versions:
  - from: 2021-01-01
    tier_share_move:
      over_share: 1
      within_days: 7
      cite: {text: postloan-settings, at: "publish checks 1", confirmed_on: null}
    quarantined: {over_share: 0, cite: {text: postloan-settings, at: "publish checks 2", confirmed_on: null}}
    improved: {up_to_loans: 0, cite: {text: postloan-settings, at: "publish checks 3", confirmed_on: null}}
"""


def main() -> int:
    """Live the year that was asked for."""
    asked = _asked()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}: {asked.loans:,} loans, {asked.nights} nights, {asked.cuts} power cuts", flush=True)
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="long-year-"))
    home = folder / "home"
    (home / "rulebook" / "bank").mkdir(parents=True)
    (home / "rulebook" / "bank" / "publish_checks.yaml").write_text(_OWN_LIMITS, encoding="utf-8")
    from postloan.site.serving import set_up

    set_up(home)
    from invariants import InvariantBrokenError
    from planted import try_all
    from walking import Year

    from postloan.night.pool import workers_pool

    began = time.monotonic()
    with workers_pool(asked.workers) as pool:
        year = Year(folder, asked.loans, asked.nights, seed, cuts=asked.cuts, pool=pool)
        try:
            for told in year.lived():
                print(told, flush=True)
            if asked.plant:
                for told in try_all(year):
                    print(told, flush=True)
        except InvariantBrokenError as broken:
            print(f"broken on {year.on}, seed {seed}: {broken}\nthe home is left in {home}", flush=True)
            return 1
    print(f"{asked.nights} nights held, {year.counted()}, in {time.monotonic() - began:.0f} s; seed {seed}", flush=True)
    if asked.folder is None:
        shutil.rmtree(folder)
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loans", type=int, default=2_000)
    parser.add_argument("--nights", type=int, default=400)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--cuts", type=int, default=24)
    parser.add_argument("--workers", type=int, default=2, help="processes that compute shards; 0 for none")
    parser.add_argument("--folder", type=Path, help="where the year is lived; it must be empty, and is kept")
    parser.add_argument("--plant", action="store_true", help="at the end, spoil each thing and see it noticed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
