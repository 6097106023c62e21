"""The scorecard: bins, points, reasons, counterfactuals, and the same points from SQL alone."""

import sqlite3
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portfolio import BANDS, SETTINGS, borrowers

from postloan.errors import ModelNotFitted, TableUnfit
from postloan.models.binning import (
    bin_categories,
    bin_numbers,
    information_by_chance,
    information_value,
    weights_of_evidence,
)
from postloan.models.card import Card, ScorecardPart
from postloan.models.fitting import Asked, fit_card
from postloan.models.logit import fit_logit
from postloan.models.scorecard import (
    bins_of,
    counterfactual,
    fit_scorecard,
    points_by_bin,
    points_lost,
    points_of,
    reasons_of,
    written_bin,
)
from postloan.models.scorecard_sql import as_sql
from postloan.models.scoring import said_change, score_table

TABLE = borrowers()


def card_of(table: pl.DataFrame, **asked: object) -> Card:
    return fit_card(table, "0" * 64, Asked("scorecard", "bad", "made", id="id", **asked), SETTINGS, BANDS)  # type: ignore[arg-type]


CARD = card_of(TABLE, held_out=0.3)
assert isinstance(CARD.parameters, ScorecardPart)
PART: ScorecardPart = CARD.parameters


def test_it_finds_what_is_there_and_leaves_noise_out() -> None:
    assert set(CARD.features) == {"late", "income", "kind"}
    area = {(each.name, each.sample): each for each in CARD.metrics}["auc", "held_out"]
    assert area.low is not None
    assert area.low > 0.7
    assert all(each.beta > 0 for each in PART.characteristics)


def test_bad_rates_rise_or_fall_throughout_and_bins_are_large_enough() -> None:
    for each in PART.characteristics:
        rates = [held.bads / held.rows for held in each.bins]
        assert rates == sorted(rates) or rates == sorted(rates, reverse=True)
        assert len(each.bins) <= SETTINGS.binning.bins_most
        assert all(held.rows >= 0.05 * CARD.training.rows for held in each.bins)


def test_points_fall_as_the_weight_of_evidence_rises() -> None:
    for each in PART.characteristics:
        by_woe = sorted(each.bins, key=lambda held: held.woe)
        assert [held.points for held in by_woe] == sorted((held.points for held in by_woe), reverse=True)


def test_twenty_points_double_the_odds() -> None:
    design = np.column_stack([np.ones(len(TABLE)), points_of(PART, bins_of(PART, TABLE)).sum(axis=1) - 600.0])
    fit = fit_logit(design, TABLE["bad"].to_numpy().astype(float), np.ones(len(TABLE)), penalty=0, rounds_most=50)
    assert fit.beta[1] == pytest.approx(-np.log(2) / 20, rel=0.1)
    assert np.exp(-fit.beta[0]) == pytest.approx(20, rel=0.25)


def test_what_is_missing_or_was_never_seen_has_a_bin_of_its_own() -> None:
    rows = TABLE.head(2).with_columns(
        income=pl.Series([None, float("inf")]), kind=pl.Series(["Z", None]), late=pl.Series([float("nan"), 1.0])
    )
    at = {each.name: bins_of(PART, rows)[:, i].tolist() for i, each in enumerate(PART.characteristics)}
    sizes = {each.name: len(each.bins) for each in PART.characteristics}
    assert at["income"] == [sizes["income"]] * 2
    assert at["kind"] == [sizes["kind"]] * 2
    assert at["late"][0] == sizes["late"]
    assert written_bin(PART.characteristics[0], len(PART.characteristics[0].bins)) == "missing"


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.booleans()), min_size=2, max_size=60))
@settings(max_examples=50)
def test_every_row_has_one_bin_and_rates_never_turn(rows: list[tuple[float, bool]]) -> None:
    values = np.array([value for value, _ in rows])
    bads = np.array([bad for _, bad in rows])
    found = bin_numbers(values, bads, SETTINGS.binning)
    assert found.rows.sum() == len(rows)
    assert found.bads.sum() == bads.sum()
    assert list(found.uppers) == sorted(set(found.uppers))
    at = np.searchsorted(np.array(found.uppers), values, side="left")
    assert np.bincount(at, minlength=len(found.uppers) + 1).tolist() == found.rows[:-1].tolist()
    rates = (found.bads[:-1] / np.maximum(found.rows[:-1], 1)).tolist()
    assert rates == sorted(rates) or rates == sorted(rates, reverse=True)
    assert information_value(found.rows, found.bads) >= 0 or len(rows) < 10


def test_woe_is_finite_without_a_bad_and_worse_is_greater() -> None:
    woe = weights_of_evidence(np.array([100, 100, 0]), np.array([0, 30, 0]))
    assert np.isfinite(woe).all()
    assert woe[1] > 0 > woe[0]
    assert woe[2] == 0


def test_small_categories_are_joined() -> None:
    names: list[str | None] = ["a"] * 500 + ["b"] * 480 + ["rare"] * 20
    bads = np.array([i % 10 == 0 for i in range(500)] + [i % 3 == 0 for i in range(480)] + [True, False] * 10)
    found = bin_categories(names, bads, SETTINGS.binning)
    assert found.categories == (("a",), ("b", "rare"))


def test_noise_says_by_chance_what_it_says() -> None:
    """With few bads every column seems to say something: so much, and no more, is expected of it."""
    draw = np.random.default_rng(7)
    found, expected = [], []
    for _ in range(300):
        bads = draw.random(1500) < 0.1
        rows = np.bincount(draw.integers(0, 6, 1500), minlength=6)
        bins = np.repeat(np.arange(6), rows)
        bad = np.bincount(bins, weights=bads, minlength=6).astype(np.int64)
        found.append(information_value(rows, bad))
        expected.append(information_by_chance(rows, bad))
    assert np.mean(found) == pytest.approx(np.mean(expected), rel=0.1)


def test_a_column_of_names_teaches_nothing() -> None:
    names: list[str | None] = [f"n{i}" for i in range(5000)]
    bads = np.arange(5000) % 9 == 0
    found = bin_categories(names, bads, SETTINGS.binning)
    assert len(found.categories) == 1
    assert information_value(found.rows, found.bads) == pytest.approx(0, abs=1e-12)


def test_a_slope_of_the_wrong_sign_leaves() -> None:
    """Two columns that say nearly the same fight over one slope; the loser would turn, so it goes."""
    draw = np.random.default_rng(5)
    x = draw.normal(size=6000)
    table = pl.DataFrame({"x": x, "y": x + draw.normal(scale=0.4, size=6000)})
    bads = draw.random(6000) < 1 / (1 + np.exp(-(2.0 * x - 1.2 * table["y"].to_numpy() - 2)))
    part = fit_scorecard(table, bads, ["x", "y"], SETTINGS, frozenset())
    assert all(each.beta > 0 for each in part.characteristics)


def test_a_table_that_says_nothing_gives_no_card() -> None:
    with pytest.raises(ModelNotFitted, match="No characteristic"):
        fit_scorecard(TABLE.select("noise"), TABLE["bad"].to_numpy() == 1, ["noise"], SETTINGS, frozenset())
    with pytest.raises(TableUnfit, match="neither a number nor a category"):
        fit_scorecard(
            TABLE.select(day=pl.date(2024, 1, 1)), TABLE["bad"].to_numpy() == 1, ["day"], SETTINGS, frozenset()
        )


# Reasons ---------------------------------------------------------------------------------------------------------


def test_reasons_are_the_costliest_and_add_up() -> None:
    bins = bins_of(PART, TABLE)
    lost, (which, cost) = points_lost(PART, bins), reasons_of(PART, bins)
    best = sum(max(held.points for held in (*each.bins, each.missing) if held.rows) for each in PART.characteristics)
    assert (lost.sum(axis=1) + points_of(PART, bins).sum(axis=1) == best).all()
    assert (np.diff(cost, axis=1) <= 0).all()
    tied = cost[:, 0] == cost[:, 1]
    assert (which[tied, 0] < which[tied, 1]).all()


def test_the_counterfactual_is_the_smallest_of_all_there_are() -> None:
    names = [each.name for each in PART.characteristics]
    sizes = [len(each.bins) for each in PART.characteristics]
    points = [points_by_bin(each) for each in PART.characteristics]
    for row, trigger in product(range(40), (540, 570, 600)):
        bins = bins_of(PART, TABLE[row])[0]
        score = int(points_of(PART, bins[None, :]).sum())
        found = counterfactual(PART, bins, trigger)
        ways = []
        for to in product(*(range(size + 1) for size in sizes)):
            moved = [j for j in range(len(sizes)) if to[j] != bins[j]]
            gains = [int(points[j][to[j]] - points[j][bins[j]]) for j in moved]
            if all(to[j] < sizes[j] for j in moved) and score + sum(gains) >= trigger:
                steps = sum(
                    1 if bins[j] == sizes[j] or PART.characteristics[j].kind == "category" else abs(to[j] - bins[j])
                    for j in moved
                )
                ways.append((len(moved), steps, sum(gains)))
        if found is None:
            assert not ways
        else:
            assert score + sum(each.points for each in found) >= trigger
            assert [each.name for each in found] == sorted((each.name for each in found), key=names.index)
            fewest = min(ways)
            assert len(found) == fewest[0]
            assert score >= trigger or sum(each.points for each in found) == fewest[2]


def test_nothing_is_asked_of_what_cannot_change() -> None:
    part = fit_scorecard(TABLE, TABLE["bad"].to_numpy() == 1, ["late", "kind"], SETTINGS, frozenset({"late"}))
    for bins in bins_of(part, TABLE.head(200)):
        found = counterfactual(part, bins, int(points_of(part, bins[None, :]).sum()) + 1)
        assert found is None or all(each.name == "kind" for each in found)


# SQL -------------------------------------------------------------------------------------------------------------


def rescored(card: Card, table: pl.DataFrame) -> list[tuple[object, ...]]:
    """What SQLite makes of the exported statement, with nothing but the statement."""
    assert isinstance(card.parameters, ScorecardPart)
    base = sqlite3.connect(":memory:")
    columns = [name for name in table.columns if name != "bad"]
    named = ", ".join('"' + each.replace('"', '""') + '"' for each in columns)
    base.execute(f"CREATE TABLE loans ({named})")
    marks = ", ".join("?" * len(columns))
    base.executemany(f"INSERT INTO loans VALUES ({marks})", table.select(columns).rows())  # noqa: S608
    return base.execute(as_sql(card.parameters, card.calibration, table="loans", keys=["id"])).fetchall()


def test_sql_alone_gives_the_same_points_and_pd() -> None:
    scored = score_table(CARD, TABLE, id_column="id")
    found = rescored(CARD, TABLE)
    assert [row[0] for row in found] == TABLE["id"].to_list()
    points = points_of(PART, bins_of(PART, TABLE))
    assert [list(row[1:-2]) for row in found] == points.tolist()
    assert [row[-2] for row in found] == scored["score"].to_list()
    assert [row[-1] for row in found] == pytest.approx(scored["pd"].to_list(), rel=1e-12)


def test_sql_survives_quotes_in_names_and_categories() -> None:
    odd = TABLE.rename({"kind": 'ki"nd; --'}).with_columns(pl.col('ki"nd; --').replace({"A": "O'Neil"}))
    card = card_of(odd)
    assert 'ki"nd; --' in card.features
    assert [row[-2] for row in rescored(card, odd)] == score_table(card, odd, id_column="id")["score"].to_list()


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=3, max_size=30, unique=True))
@settings(max_examples=50)
def test_sql_reads_every_edge_as_python_does(values: list[float]) -> None:
    table = pl.DataFrame({"id": range(40 * len(values)), "x": values * 40})
    bads = np.array([(each > sorted(values)[len(values) // 2]) ^ (i % 7 == 0) for i, each in enumerate(values * 40)])
    try:
        card = card_of(table.with_columns(bad=pl.Series(bads.astype(int))))
    except ModelNotFitted:
        return
    assert [row[-2] for row in rescored(card, table)] == score_table(card, table, id_column="id")["score"].to_list()


def test_a_score_names_its_card_and_its_reasons(tmp_path: Path) -> None:
    scored = score_table(CARD, TABLE.head(50), id_column="id", trigger=600)
    assert scored["model_sha256"].unique().to_list() == [CARD.sha256]
    assert {"reason_1", "bin_1", "lost_1", "to_trigger"} <= set(scored.columns)
    bins = bins_of(PART, TABLE.head(50))
    which, lost = reasons_of(PART, bins)
    for k in range(which.shape[1]):
        reasons = [PART.characteristics[at] if cost else None for at, cost in zip(which[:, k], lost[:, k], strict=True)]
        assert scored[f"lost_{k + 1}"].to_list() == lost[:, k].tolist()
        assert scored[f"reason_{k + 1}"].to_list() == [each and each.name for each in reasons]
        assert scored[f"bin_{k + 1}"].to_list() == [
            each and written_bin(each, row[at]) for each, at, row in zip(reasons, which[:, k], bins, strict=True)
        ]
    assert scored["to_trigger"].to_list() == [said_change(PART, row, 600) for row in bins]
    assert scored["to_trigger"].n_unique() > 2
