"""Faults are tried one after the other, each with its planted defect where `--planted` asks for it; a table tells.

pytest tests/faults                      the product as it is
pytest tests/faults --planted            and then with every fault's defect, which must be noticed
pytest tests/faults --seed 7 --instants 20
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from at_fault import HANDED_ON, ON, SHARDS, Trial, copied, made, right

from feeds import write_feed

_TRIALS: list[Trial] = []


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(name, planted): what is tried, and the defect that must be noticed")
    config.stash[_SEED] = config.getoption("--seed") or random.SystemRandom().randrange(10**6)


_SEED = pytest.StashKey[int]()


def pytest_report_header(config: pytest.Config) -> str:
    return f"faults: --seed {config.stash[_SEED]}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "trial" in metafunc.fixturenames:
        tries = [False, True] if metafunc.config.getoption("--planted") else [False]
        metafunc.parametrize("trial", tries, indirect=True, ids=["planted" if each else "as_it_is" for each in tries])


@pytest.fixture
def trial(request: pytest.FixtureRequest) -> Trial:
    """The fault that a test tries."""
    said = request.node.get_closest_marker("fault")
    seed = f"{request.config.stash[_SEED]} {request.node.name}"
    made = Trial(
        said.args[0], said.kwargs["planted"], request.param, request.config.getoption("--instants"),
        random.Random(seed),  # noqa: S311
    )  # fmt: skip
    _TRIALS.append(made)
    return made


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """With a planted defect, a check that fails is what is asked for."""
    trial = pyfuncitem.funcargs.get("trial")
    if not isinstance(trial, Trial):
        return (yield)
    try:
        done = yield
    except AssertionError as noticed:
        if not trial.is_planted:
            trial.came = "NO"
            raise
        trial.came = "caught"
        trial.noticed = " ".join(str(noticed).split())[:160]
        return True
    except pytest.skip.Exception as skipped:
        trial.came = f"skipped: {skipped}"
        raise
    trial.came = "NOT CAUGHT" if trial.is_planted else "yes"
    if trial.is_planted:
        pytest.fail(f"{trial.planted} was not noticed")
    return done


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    found: dict[str, list[str]] = {}
    for each in _TRIALS:
        row = found.setdefault(each.fault, [each.fault, "0", "not tried", each.planted, "not tried"])
        came = each.came or "error"
        if each.is_planted:
            row[4] = came
        else:
            row[1:3] = str(each.tried), came
    rows = [["fault", "instants", "held", "planted defect", "caught"], *found.values()]
    widths = [max(len(row[at]) for row in rows) for at in range(5)]
    terminalreporter.section(f"faults, --seed {config.stash[_SEED]}")
    for row in rows:
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
    for each in _TRIALS:
        if each.noticed:
            terminalreporter.write_line(f"{each.planted} was noticed by: {each.noticed}")


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the feeds of a small book, its `home` where they are loaded, and `calm`, where the night is run.

    Never written to: copy it.
    """
    from night.a_book import book as made  # noqa: PLC0415 - of another folder

    root = tmp_path_factory.mktemp("book")
    write_feed(root / "feeds", ON, {table: rows for table, rows in made(debtors=30).items() if rows})
    for home in ("home", "calm"):
        right(root / home, "load", root / "feeds", "--shards", SHARDS)
    right(root / "calm", "night", ON, "--workers", 0)
    return root


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the `home` of a bank of two published days, without a desk. Never written to: copy it."""
    root = tmp_path_factory.mktemp("bank")
    made(root / "home", "bank")
    return root


@pytest.fixture(scope="session")
def desk(bank: Path) -> Path:
    """A folder with the `desk` of that bank on SQLite, and `calm`, where its second day was adopted and handed over."""
    (bank / "static").mkdir()
    made(copied(bank / "home", bank / "desk"), "desk", POSTLOAN_STATIC=str(bank / "static"))
    calm = copied(bank / "desk", bank / "calm")
    right(calm, "adopt")
    right(copied(calm, bank / "handed"), "hand-over", "--on", HANDED_ON)
    return bank
