"""The challenger: boosted trees that may not turn against what is known of a column. Behind the extra `postloan[ml]`.

The library writes its trees as text, and that text is in the card: nothing is pickled. One thread and a fixed seed, so
that the same table gives the same trees. Reasons are the library's own contributions, in log-odds.
"""

import importlib
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.errors import ChallengerMissing
from postloan.models.binning import bin_numbers, information_by_chance, information_value
from postloan.models.card import ChallengerPart
from postloan.models.scorecard import categories_of, kind_of, numbers_of
from postloan.rules.figures import ONE_E8
from postloan.rules.model_rules import Fitting

Floats = NDArray[np.float64]
_SEED = 1


def fit_challenger(table: pl.DataFrame, bads: NDArray[np.bool_], names: list[str], settings: Fitting) -> ChallengerPart:
    """Fit trees to columns `names` of a table, (n,) rows, and labels, (n,).

    A number may only be worse, or only better, as it rises: the way its monotone bins go. Categories are free.
    Raises  ChallengerMissing where the library is not installed, TableUnfit for a column of no kind.
    """
    library = _library()
    levels = {
        name: tuple(sorted({each for each in categories_of(table, name) if each is not None}))
        for name in names
        if kind_of(table, name) == "category"
    }
    directions = tuple(0 if name in levels else _direction(numbers_of(table, name), bads, settings) for name in names)
    asked = settings.challenger
    options = {
        "objective": "binary", "num_leaves": asked.leaves, "learning_rate": asked.step_e8 / ONE_E8,
        "min_data_in_leaf": asked.least_rows, "monotone_constraints": list(directions), "deterministic": True,
        "force_row_wise": True, "num_threads": 1, "seed": _SEED, "verbosity": -1,
    }  # fmt: skip
    rows = library.Dataset(_matrix(table, tuple(names), levels), bads.astype(float), params={"verbosity": -1})
    trees = library.train(options, rows, num_boost_round=asked.trees)
    return ChallengerPart(
        names=tuple(names), levels=levels, directions=directions, library=f"lightgbm {library.__version__}",
        trees=trees.model_to_string(), reasons_most=settings.reasons.reasons_most,
    )  # fmt: skip


def log_odds_of(part: ChallengerPart, table: pl.DataFrame) -> Floats:
    """Log-odds of default of every row, (n,): greater is worse."""
    return np.asarray(_trees(part).predict(_matrix(table, part.names, part.levels), raw_score=True, num_threads=1))


def contributions_of(part: ChallengerPart, table: pl.DataFrame) -> Floats:
    """What each column adds to the log-odds, (n, J + 1), the last being the mean; a row sums to its log-odds."""
    return np.asarray(_trees(part).predict(_matrix(table, part.names, part.levels), pred_contrib=True, num_threads=1))


def _trees(part: ChallengerPart) -> Any:
    return _library().Booster(model_str=part.trees)


def _library() -> Any:
    try:
        return importlib.import_module("lightgbm")
    except ImportError:
        raise ChallengerMissing(
            message="The challenger needs a library that is not installed.",
            hint="Install the extra: pip install 'postloan[ml]'.",
        ) from None


def _matrix(table: pl.DataFrame, names: tuple[str, ...], levels: dict[str, tuple[str, ...]]) -> Floats:
    """Columns as numbers, (n, J); a category by the place of its level, one never seen as missing."""
    columns = []
    for name in names:
        if name in levels:
            place = {level: float(at) for at, level in enumerate(levels[name])}
            columns.append(
                np.array([place.get(each, np.nan) if each else np.nan for each in categories_of(table, name)])
            )
        else:
            columns.append(numbers_of(table, name))
    return np.column_stack(columns)


def _direction(values: Floats, bads: NDArray[np.bool_], settings: Fitting) -> Literal[-1, 0, 1]:
    found = bin_numbers(values, bads, settings.binning)
    rates = found.bads[:-1] / np.maximum(found.rows[:-1], 1)
    seen = found.rows[:-1], found.bads[:-1]
    least = settings.entry.information_value_from_e8 / ONE_E8
    says = information_value(*seen) >= least + information_by_chance(*seen)
    if len(rates) < 2 or not says:  # noqa: PLR2004 - one bin has no direction
        return 0
    return 1 if rates[-1] > rates[0] else -1
