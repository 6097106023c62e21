"""The worked examples of expected loss: what the runner reproduces, and that it would see a wrong figure."""

import json
from pathlib import Path

import pytest

from oracles import ecl

FILE = Path(__file__).parents[3] / "shared" / "oracles" / "ecl_worked_examples.json"

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="the worked examples are not in this checkout")


def test_every_example_is_reproduced() -> None:
    reproduced, of, lines = ecl.run(FILE)
    assert reproduced == of, "\n".join(lines)


def test_a_wrong_figure_is_seen_in_every_example(tmp_path: Path) -> None:
    book = json.loads(FILE.read_text(encoding="utf-8"))
    for example in [*book["examples"], *book["published"]]:
        spoiled = tmp_path / f"{example['id']}.json"
        spoiled.write_text(json.dumps({"examples": [_spoiled(example)]}), encoding="utf-8")
        assert ecl.run(spoiled)[0] == 0, example["id"]


def _spoiled(example: ecl.Example) -> ecl.Example:
    """The example with every figure that it expects a hundredth and one off."""
    said = {name: each for name, each in example.items() if name not in ("expected", "computed", "printed", "rows_rho")}
    if "table" in example:
        return said | {"reproduced": "96/95 cells, worst 1"}
    name = next(name for name in ("expected", "computed", "rows_rho", "printed") if name in example)
    if name == "rows_rho":
        return said | {name: {rho: [each + 1 for each in row] for rho, row in example[name].items()}}
    return said | {name: _off(example[name])}


def _off(said: object) -> object:
    if isinstance(said, dict):
        return {name: _off(each) for name, each in said.items()}
    if isinstance(said, list):
        return [_off(each) for each in said]
    return said * 1.01 + 1 if isinstance(said, int | float) and not isinstance(said, bool) else said
