"""Pins: what a night is a function of. The same pins give the same rows, and their hash names the run."""

import hashlib
import json
from datetime import date
from pathlib import Path

from postloan.intake.facts import Facts
from postloan.rules.rulebook import Rulebook
from postloan.snapshot.files import read_json
from postloan.snapshot.program import code_fingerprint

_PACKAGE = Path(__file__).resolve().parents[1]

Pins = dict[str, object]


def pins(facts: Facts, rulebook: Rulebook, *, on: date, law_of: date) -> Pins:
    """Say what the night rests on: dates, code, rulebook, feeds, and the lock file of the libraries."""
    return {
        "on": on.isoformat(),
        "known_on": facts.known_on.isoformat(),
        "law_of": law_of.isoformat(),
        "code": code_fingerprint(),
        "rulebook": rulebook.fingerprint,
        "feeds": dict(sorted(facts.feed_hashes.items())),
        "lock": _lock_fingerprint(),
    }


def run_id(pinned: Pins) -> str:
    """Name the run: the first 32 hexadecimal digits of the pins' sha256. No clock, no chance."""
    return hashlib.sha256(json.dumps(pinned, sort_keys=True).encode()).hexdigest()[:32]


def begun_nights(home: Path, on: date) -> list[Path]:
    """Find the nights of a day that were begun and neither published nor settled by a later one: their folders.

    One of which nobody can read any more what it was of may be of any day.
    """
    found = sorted((home / "nights").glob("*/pins.json"))
    return [file.parent for file in found if read_pins(file).get("on") in {None, on.isoformat()}]


def read_pins(file: Path) -> Pins:
    """Read what an unfinished night rests on; nothing where the file is damaged."""
    try:
        return read_json(file)
    except (OSError, ValueError):
        return {}


def _lock_fingerprint() -> str:
    """Hash the lock file: inside the package where it is installed, at the root of a checkout otherwise."""
    for place in (_PACKAGE / "uv.lock", _PACKAGE.parents[1] / "uv.lock"):
        if place.is_file():
            return hashlib.sha256(place.read_bytes()).hexdigest()
    return "unlocked"
