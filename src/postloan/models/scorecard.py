"""The champion: weight-of-evidence bins, a logistic regression over them, whole points, a reason for every point lost.

Points, not log-odds, are the model: score and PD are computed from whole points alone, so that Python, SQL and a person
with the card on paper come to the same number.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.errors import ModelNotFitted, TableUnfit
from postloan.models.binning import (
    Counted,
    Floats,
    Ints,
    bin_categories,
    bin_numbers,
    information_by_chance,
    information_value,
    weights_of_evidence,
)
from postloan.models.card import Bin, Characteristic, ScorecardPart
from postloan.models.logit import LogitFit, fit_logit
from postloan.rules.figures import ONE_E8
from postloan.rules.model_rules import Fitting


@dataclass(frozen=True)
class Change:
    """A move of one characteristic to another bin, and the points it brings."""

    name: str
    from_bin: str
    to_bin: str
    points: int


def kind_of(table: pl.DataFrame, name: str) -> str:
    """`number` or `category`, by the type of a column. Raises TableUnfit where it is neither or not there."""
    if name not in table.columns:
        raise _unfit(name, "is not a column of the table")
    dtype = table.schema[name]
    if dtype.is_numeric() or dtype in {pl.Boolean, pl.Null}:
        return "number"
    if dtype.base_type() in {pl.String, pl.Categorical, pl.Enum}:
        return "category"
    raise _unfit(name, f"holds {dtype}, which is neither a number nor a category")


def numbers_of(table: pl.DataFrame, name: str) -> Floats:
    """A column as doubles, (n,); what is missing or infinite is NaN. Raises TableUnfit where it holds no numbers."""
    if kind_of(table, name) != "number":
        raise _unfit(name, "holds no numbers")
    values = table[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return np.where(np.isfinite(values), values, np.nan)


def categories_of(table: pl.DataFrame, name: str) -> list[str | None]:
    """A column as text, (n,); a card of categories also takes a column that another table holds as numbers."""
    kind_of(table, name)
    return table[name].cast(pl.String).to_list()


def fit_scorecard(
    table: pl.DataFrame, bads: NDArray[np.bool_], names: list[str], settings: Fitting, fixed: frozenset[str]
) -> ScorecardPart:
    """Fit a scorecard.

    table   (n) rows with the columns `names`; bads (n,).
    fixed   columns that a debtor cannot change: no counterfactual asks for them.
    Characteristics that say too little, or no more than chance would, do not enter; those whose slope has the wrong
    sign leave, the worst first.
    Raises  ModelNotFitted where nothing is left, TableUnfit for a column of no kind.
    Source  WoE and points: Siddiqi, Credit Risk Scorecards (2006), 6.
    """
    counted, woe, value = {}, {}, {}
    for name in names:
        kind = kind_of(table, name)
        if kind == "number":
            numbers = numbers_of(table, name)
            found = bin_numbers(numbers, bads, settings.binning)
            at = _number_bins(numbers, found.uppers)
        else:
            categories = categories_of(table, name)
            found = bin_categories(categories, bads, settings.binning)
            at = _category_bins(table[name].cast(pl.String), found.categories)
        counted[name] = found
        woe[name] = weights_of_evidence(found.rows, found.bads)[at]
        value[name] = information_value(found.rows, found.bads)
    least = settings.entry.information_value_from_e8 / ONE_E8
    by_chance = {name: information_by_chance(each.rows, each.bads) for name, each in counted.items()}
    entered = [name for name in names if value[name] >= least + by_chance[name]]
    fit, kept = _right_signed(woe, entered, bads, settings)
    parts = [
        _characteristic(name, kind_of(table, name), counted[name], value[name], float(beta), name not in fixed)
        for name, beta in zip(kept, fit.beta[1:], strict=True)
    ]
    return _with_points(parts, float(fit.beta[0]), settings)


def _right_signed(
    woe: dict[str, Floats], names: list[str], bads: NDArray[np.bool_], settings: Fitting
) -> tuple[LogitFit, list[str]]:
    kept = list(names)
    label = bads.astype(np.float64)
    while kept:
        design = np.column_stack([np.ones(len(label)), *(woe[name] for name in kept)])
        fit = fit_logit(
            design, label, np.ones(len(label)),
            penalty=settings.logit.penalty_e8 / ONE_E8, rounds_most=settings.logit.rounds_most,
        )  # fmt: skip
        worst = int(np.argmin(fit.beta[1:]))
        if fit.beta[1 + worst] > 0:
            return fit, kept
        del kept[worst]
    raise ModelNotFitted(
        message="No characteristic says enough about the label.",
        hint="Give more rows or other columns; the least information value is in rulebook/models/fitting.yaml.",
        where={"columns": len(woe)},
    )


def _characteristic(
    name: str, kind: str, counted: Counted, value: float, beta: float, can_change: bool  # noqa: FBT001
) -> Characteristic:  # fmt: skip
    woe = weights_of_evidence(counted.rows, counted.bads)
    uppers = (*counted.uppers, None) if kind == "number" else (None,) * len(counted.categories)
    categories = counted.categories or ((),) * len(uppers)
    bins = [
        Bin(upper=upper, categories=held, rows=int(rows), bads=int(bads), woe=float(each), points=0)
        for upper, held, rows, bads, each in zip(
            uppers, categories, counted.rows[:-1], counted.bads[:-1], woe[:-1], strict=True
        )
    ]
    missing = Bin(rows=int(counted.rows[-1]), bads=int(counted.bads[-1]), woe=float(woe[-1]), points=0)
    return Characteristic(
        name=name, kind="number" if kind == "number" else "category", information_value=value, beta=beta,
        can_change=can_change, bins=tuple(bins), missing=missing,
    )  # fmt: skip


def _with_points(parts: list[Characteristic], intercept: float, settings: Fitting) -> ScorecardPart:
    """Points = (offset - factor · b0) / J - factor · b · WoE, rounded to whole points."""
    factor = settings.scale.points_to_double / np.log(2)
    offset = settings.scale.points - factor * np.log(settings.scale.odds)
    share = (offset - factor * intercept) / len(parts)

    def pointed(each: Bin, beta: float) -> Bin:
        return each.model_copy(update={"points": round(float(share - factor * beta * each.woe))})

    return ScorecardPart(
        characteristics=tuple(
            part.model_copy(
                update={
                    "bins": tuple(pointed(each, part.beta) for each in part.bins),
                    "missing": pointed(part.missing, part.beta),
                }
            )
            for part in parts
        ),
        intercept=intercept,
        points_to_double=settings.scale.points_to_double,
        reasons_most=settings.reasons.reasons_most,
        together_most=settings.reasons.together_most,
    )


# Scoring ---------------------------------------------------------------------------------------------------------


def bins_of(part: ScorecardPart, table: pl.DataFrame) -> Ints:
    """The bin of every row in every characteristic, (n, J); what is missing or was never seen is in the last."""
    columns = []
    for each in part.characteristics:
        if each.kind == "number":
            uppers = tuple(held.upper for held in each.bins[:-1] if held.upper is not None)
            columns.append(_number_bins(numbers_of(table, each.name), uppers))
        else:
            kind_of(table, each.name)
            columns.append(_category_bins(table[each.name].cast(pl.String), tuple(b.categories for b in each.bins)))
    return np.column_stack(columns)


def points_of(part: ScorecardPart, bins: Ints) -> Ints:
    """The points of every row in every characteristic, (n, J); their sum over a row is its score."""
    return np.column_stack([points_by_bin(each)[bins[:, at]] for at, each in enumerate(part.characteristics)])


def points_by_bin(each: Characteristic) -> Ints:
    """Points of the bins of a characteristic in order, the missing one last."""
    return np.array([held.points for held in (*each.bins, each.missing)], np.int64)


def points_lost(part: ScorecardPart, bins: Ints) -> Ints:
    """What every characteristic costs against its best bin, (n, J), zero or more.

    The best bin is one that somebody was in: a missing bin without rows is nobody's best.
    """
    best = [max(held.points for held in (*c.bins, c.missing) if held.rows) for c in part.characteristics]
    return np.asarray(np.maximum(np.array(best, np.int64) - points_of(part, bins), 0))


def reasons_of(part: ScorecardPart, bins: Ints) -> tuple[Ints, Ints]:
    """The characteristics that cost most, by row: (which, points lost), each (n, r); ties by order on the card."""
    lost = points_lost(part, bins)
    most = min(part.reasons_most, lost.shape[1])
    which = np.argsort(-lost, axis=1, kind="stable")[:, :most]
    return which, np.take_along_axis(lost, which, axis=1)


def written_bin(each: Characteristic, at: int) -> str:
    """A bin as people read it: `<= 600`, `(600, 700]`, `> 700`, `A, B`, `missing`."""
    if at == len(each.bins):
        return "missing"
    held = each.bins[at]
    if each.kind == "category":
        return ", ".join(held.categories)
    below = each.bins[at - 1].upper if at else None
    if below is None:
        return "any" if held.upper is None else f"<= {held.upper:g}"
    return f"> {below:g}" if held.upper is None else f"({below:g}, {held.upper:g}]"


def counterfactual(part: ScorecardPart, bins: Ints, trigger: int) -> tuple[Change, ...] | None:
    """The smallest change of bins that brings one score to `trigger` or above.

    bins    (J,), the bins of one row.
    Fewest characteristics first, then fewest steps between bins, then fewest points; ties by order on the card. Beyond
    as many together as the card says, the largest gains are named.
    Returns the changes, () where the score is there already, None where no change reaches it.
    """
    own = [int(points_by_bin(each)[bins[at]]) for at, each in enumerate(part.characteristics)]
    wanted = trigger - sum(own)
    if wanted <= 0:
        return ()
    offers = [_offers(each, int(bins[at]), own[at]) for at, each in enumerate(part.characteristics)]
    best_gain = sorted((max((gain for _, gain, _ in each), default=0) for each in offers), reverse=True)
    fewest = next((k + 1 for k in range(len(offers)) if sum(best_gain[: k + 1]) >= wanted), None)
    if fewest is None:
        return None
    order = sorted(range(len(offers)), key=lambda at: -max((gain for _, gain, _ in offers[at]), default=0))
    groups = (
        combinations(range(len(offers)), fewest) if fewest <= part.together_most else [tuple(sorted(order[:fewest]))]
    )
    found = [picked for group in groups if (picked := _picked(offers, group, wanted)) is not None]
    _, chosen = min(found, key=lambda each: each[0])
    return tuple(
        Change(
            part.characteristics[at].name,
            written_bin(part.characteristics[at], int(bins[at])),
            written_bin(part.characteristics[at], to),
            gain,
        )
        for at, (_, gain, to) in chosen
    )


_Offer = tuple[int, int, int]
_Cost = tuple[int, int, tuple[int, ...]]


def _offers(each: Characteristic, at: int, points: int) -> list[_Offer]:
    """Bins that bring points, as (steps, points gained, bin): from a missing value any bin is one step away."""
    if not each.can_change:
        return []
    found = [
        (1 if at == len(each.bins) or each.kind == "category" else abs(to - at), held.points - points, to)
        for to, held in enumerate(each.bins)
        if held.points > points
    ]
    return sorted(found)


def _picked(
    offers: list[list[_Offer]], group: tuple[int, ...], wanted: int
) -> tuple[_Cost, list[tuple[int, _Offer]]] | None:
    """The cheapest offers, one of each characteristic of the group, that bring enough."""
    reached: list[tuple[int, int, list[tuple[int, _Offer]]]] = [(0, 0, [])]
    for at in group:
        reached = [(steps + o[0], gain + o[1], [*way, (at, o)]) for steps, gain, way in reached for o in offers[at]]
    enough = [(steps, gain, way) for steps, gain, way in reached if gain >= wanted]
    if not enough:
        return None
    steps, gain, way = min(enough, key=lambda each: (each[0], each[1]))
    return (steps, gain, group), way


def _number_bins(values: Floats, uppers: tuple[float, ...]) -> Ints:
    at = np.searchsorted(np.array(uppers), values, side="left").astype(np.int64)
    return np.where(np.isnan(values), len(uppers) + 1, at)


def _category_bins(values: pl.Series, bins: tuple[tuple[str, ...], ...]) -> Ints:
    number = {name: at for at, held in enumerate(bins) for name in held}
    if not number:
        return np.full(len(values), len(bins), np.int64)
    # What is missing is no name, and goes where what was never seen goes.
    found = values.replace_strict(number, default=len(bins), return_dtype=pl.Int64)
    return np.asarray(found.fill_null(len(bins)).to_numpy())


def _unfit(name: str, why: str) -> TableUnfit:
    return TableUnfit(
        message=f"{name} {why}.", hint="Correct the table, or name another column.", where={"column": name}
    )
