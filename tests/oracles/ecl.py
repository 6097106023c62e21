"""Worked examples of expected loss, computed by our code: `python -m tests.oracles.ecl FILE`.

An example is told by what its inputs hold, not by its name. Each figure that it expects is compared within its
tolerance; an example is reproduced when all are answered and none is wrong.
"""

import json
import re
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from postloan.errors import PostloanError

from . import ecl_engine, ecl_models

Example = dict[str, Any]

PRINTED = 1e-9
"""Within which a figure is met of which the example says no tolerance; printed ones say their own."""


_ASKED = re.compile(r"^note$|(^|\.)(input\.\w+|matrix\[\d+\]\[\d+\])$")
"""What stands among the answers but is not one: a remark, and what was put in."""


def leaves(said: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure or word of nested answers, with the way to it."""
    if isinstance(said, dict):
        for name, each in said.items():
            yield from leaves(each, f"{path}.{name}" if path else str(name))
    elif isinstance(said, list | tuple):
        for at, each in enumerate(said):
            yield from leaves(each, f"{path}[{at}]")
    else:
        yield path, said


def expected_of(example: Example) -> Any:
    """What an example expects; of a printed table that is not met in every cell, how many are and how near the rest."""
    if "table" in example:
        met, cells, worst = re.findall(r"[\d.]+", example["reproduced"])[:3]
        return {"met": int(met), "cells": int(cells), "worst": float(worst)}
    return next(example[name] for name in ("expected", "computed", "rows_rho", "printed") if name in example)


def number(said: Any) -> float | None:
    """A figure, also one that is written as a fraction; None for a word."""
    if isinstance(said, bool):
        return None
    if isinstance(said, int | float):
        return float(said)
    try:
        return float(Fraction(said)) if isinstance(said, str) else None
    except ValueError:
        return None


def differs(expected: Any, found: Any, tolerance: float) -> bool:
    """Whether an answer misses what is expected."""
    wanted, got = number(expected), number(found)
    if wanted is None or got is None:
        return bool(str(expected) != str(found))
    return abs(wanted - got) > tolerance + 1e-13 * abs(wanted)


def compared(example: Example) -> tuple[int, list[str]]:
    """How many figures of an example were compared, and where ours differ."""
    tolerance = float(example.get("tolerance", PRINTED))
    answer = next((each for holds, each in ANSWERS if holds(example)), None)
    if answer is None:
        return 0, ["no function of ours answers this form"]
    expected = dict(leaves(expected_of(example)))
    found = dict(leaves(answer(example)))
    is_printed = not {"expected", "computed", "rows_rho", "table"} & example.keys()
    shared = [path for path in expected if path in found]
    wrong = [f"{path}: not answered" for path in expected if path not in found and not _ASKED.search(path)]
    wrong += [
        f"{path}: expected {expected[path]}, ours {found[path]}"
        for path in shared
        if differs(expected[path], found[path], _last_digit(expected[path]) if is_printed else tolerance)
    ]
    return len(shared), wrong


def _last_digit(printed: Any) -> float:
    """Half of the last digit of a figure that was rounded for print."""
    return 0.5 * 10 ** -len(str(printed).partition(".")[2])


ANSWERS = [*ecl_engine.ANSWERS, *ecl_models.ANSWERS]


def run(path: Path) -> tuple[int, int, list[str]]:
    """Compute a file; return how many examples are reproduced, how many there are, and lines to print."""
    book = json.loads(path.read_text(encoding="utf-8"))
    reproduced, lines = 0, []
    examples = [*book["examples"], *book.get("published", ())]
    for example in examples:
        try:
            count, wrong = compared(example)
        except (ArithmeticError, LookupError, TypeError, ValueError, StopIteration, PostloanError) as fault:
            count, wrong = 0, [f"cannot be computed: {type(fault).__name__}: {fault}"]
        is_met = count > 0 and not wrong
        reproduced += is_met
        lines.append(f"{example['id']}: {count} figures {'met' if is_met else 'compared'}: {example['title']}")
        lines += [f"  {line}" for line in wrong]
    return reproduced, len(examples), lines


def main() -> None:
    """Compute the file named on the command line."""
    reproduced, of, lines = run(Path(sys.argv[1]))
    sys.stdout.write("\n".join([*lines, f"reproduced {reproduced} of {of}", ""]))


if __name__ == "__main__":
    main()
