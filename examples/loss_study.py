"""The figures and the chart of docs/studies/loss.md: scorecards, the macro overlay, and lifetime loss on real books.

    python examples/loss_study.py DATA_DIR [--chart docs/studies/loss.svg]

DATA_DIR holds uci_taiwan_card, dcr_mortgage and auto_abs_2017_3. Nothing is drawn by chance: ids are parted by their
order or by a digest, and the challenger has a fixed seed.
"""

import argparse
import importlib.util
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import polars as pl
from matplotlib import pyplot

import loss_autos as autos
import loss_mortgages as mortgages
from postloan.models.fitting import Asked, fit_card
from postloan.models.monitoring import contest, monitor
from postloan.models.plain_table import is_held_out, texts_of
from postloan.rules.figures import ONE_E8
from postloan.rules.model_rules import Fitting, Monitoring, load_model_rules

ON = date(2026, 1, 1)
FOLDS = 5
HELD_OUT = 0.3


def show(*cells: object) -> None:
    """Print a row of a table of the page."""
    print("| " + " | ".join(f"{each:.4f}" if isinstance(each, float) else str(each) for each in cells) + " |")


def show_head(*names: str) -> None:
    """Print the head of a table: the first column reads from the left, the others are figures."""
    print()
    show(*names)
    show("---", *("---:" for _ in names[1:]))


# Cards -----------------------------------------------------------------------------------------------------------


def with_ratios(cards: pl.DataFrame) -> pl.DataFrame:
    """Add what an officer would reckon: the share of the limit in use, of bills paid, and how often it was late."""
    late = [pl.col(f"pay_{at}") for at in (0, 2, 3, 4, 5, 6)]
    bills = pl.sum_horizontal(f"bill_amt{at}" for at in range(2, 7))
    return cards.with_columns(
        used=pl.col("bill_amt1") / pl.col("limit_bal"),
        paid=pl.sum_horizontal(f"pay_amt{at}" for at in range(1, 6)) / pl.when(bills > 0).then(bills),
        worst=pl.max_horizontal(late),
        late_months=pl.sum_horizontal((each > 0).cast(pl.Int64) for each in late),
    )


def study_cards(folder: Path, settings: Fitting, bands: Monitoring) -> pl.DataFrame:
    """Credit cards: champion on plain columns, with ratios, and the challenger; on a held-out part and by folds."""
    plain = pl.read_parquet(folder / "card_even.parquet")
    label, chosen = "has_default", {"plain": plain, "with ratios": with_ratios(plain)}
    show_head("cards", "columns", "AUC fitted", "AUC held out", "low", "high", "mean PD", "observed")
    cards = {}
    kinds: list[tuple[str, Any]] = [("plain", "scorecard"), ("with ratios", "scorecard")]
    if importlib.util.find_spec("lightgbm"):
        kinds += [("plain", "challenger"), ("with ratios", "challenger")]
    for name, kind in kinds:
        asked = Asked(kind, label, kind, id="id", held_out=HELD_OUT)
        card = fit_card(chosen[name], "0" * 64, asked, settings, bands)
        cards[name, kind] = card
        m = {(each.name, each.sample): each for each in card.metrics}
        area = m["auc", "held_out"]
        show(
            f"{kind}, {name}", len(card.features), m["auc", "fit"].value, area.value, area.low or 0.0, area.high or 0.0,
            m["mean_pd", "held_out"].value, m["default_rate", "held_out"].value,
        )  # fmt: skip
    fold = pl.Series(np.arange(len(plain)) % FOLDS)
    areas = []
    for at in range(FOLDS):
        asked = Asked("scorecard", label, "fold", id="id", time="fold", without=("fold",), until="1")
        table = chosen["plain"].with_columns(fold=(fold == at).cast(pl.Int64))
        metrics = fit_card(table, "0" * 64, asked, settings, bands).metrics
        areas.append(next(each.value for each in metrics if each.name == "auc" and each.sample == "held_out"))
    print(f"\nscorecard, plain, five folds: mean {np.mean(areas):.4f}, from {min(areas):.4f} to {max(areas):.4f}")
    judged = with_ratios(plain).filter(held_out_rows(plain))
    if ("plain", "challenger") in cards:
        found = contest(cards["plain", "scorecard"], cards["plain", "challenger"], judged, label, bands)
        print(f"champion against challenger, held out: difference {found.difference:.4f}, p {found.p:.4f}")
    watched = monitor(cards["plain", "scorecard"], plain.filter(~held_out_rows(plain)), judged, label, bands)
    lights = {light: sum(each.light == light for each in watched.findings) for light in ("green", "amber", "red")}
    alarms = ", ".join(f"{each.measure} {each.subject} {each.light}" for each in watched.alarms)
    print(f"monitoring of the held-out part: {lights}; {alarms}")
    return pl.DataFrame([{"pd": each.pd, "observed": each.observed} for each in watched.grades])


def held_out_rows(cards: pl.DataFrame) -> pl.Series:
    """Rows held out of the fit, by the same digest."""
    return pl.Series(is_held_out(texts_of(cards, "id"), HELD_OUT))


# Mortgages -------------------------------------------------------------------------------------------------------


def study_mortgages(folder: Path, settings: Fitting, bands: Monitoring) -> dict[str, Any]:
    """Mortgages: across ids, out of time, and the economy laid over."""
    rows = mortgages.read_quarters(folder)
    confidence = bands.interval.confidence_e8 / ONE_E8
    print(f"\n{len(rows)} loan-quarters of {rows['id'].n_unique()} loans")
    across, before = mortgages.fit_across_ids(rows, settings, bands), mortgages.fit_before(rows, settings, bands)
    show_head("scorecard", "loan-quarters judged", "AUC fitted", "AUC judged", "low", "high", "mean PD", "observed")
    for name, card in (("across ids", across), ("out of time", before)):
        m = {(each.name, each.sample): each for each in card.metrics}
        area = m["auc", "held_out"]
        show(name, area.rows, m["auc", "fit"].value, area.value, area.low or 0.0, area.high or 0.0,
             m["mean_pd", "held_out"].value, m["default_rate", "held_out"].value)  # fmt: skip
    areas = [area for area, _, _ in mortgages.folds(rows, settings, bands, FOLDS)]
    print(f"\nacross ids, five folds: mean AUC {np.mean(areas):.4f}, from {min(areas):.4f} to {max(areas):.4f}")
    last = (rows["id"] >= rows["id"].unique().sort()[int(0.7 * rows["id"].n_unique())]).to_numpy()
    bads = rows[mortgages.LABEL].to_numpy() == 1
    show_head("band of PD, across ids", "loan-quarters", "defaults", "predicted", "observed", "Jeffreys", "light")
    tests = mortgages.grades(mortgages.pds_of(across, rows)[last], bads[last], bands)
    for each in tests:
        show(each.grade, each.rows, each.defaults, each.pd, each.observed, each.jeffreys, each.light)

    pd = mortgages.pds_of(before, rows)
    lines: dict[str, Any] = {"scorecard": pd}
    overlays = {lag: mortgages.overlaid(rows, pd, lag, settings) for lag in (0, 1, 2)}
    for lag, each in overlays.items():
        names = ", ".join(f"{n} {s:+.3f}" for n, s in zip(each.satellite.drivers, each.satellite.slopes, strict=True))
        print(f"\nlag {lag}: rho {each.history.rho:.3f}, z = {each.satellite.intercept:+.3f}, {names}; "
              f"adjusted R2 {each.satellite.r2:.2f}")  # fmt: skip
        lines[f"scorecard and overlay, lag {lag}"] = each.pd
        lines[f"the same, level kept, lag {lag}"] = each.kept
    lines["hazard, age and segment"] = mortgages.hazards(rows, (), 0, settings, bands)
    for lag in (0, 1, 2):
        lines[f"hazard, gdp and prices, lag {lag}"] = mortgages.hazards(rows, ("gdp", "prices"), lag, settings, bands)
    show_head("from quarter 27 on", "mean PD", "observed", "AUC", "low", "high")
    for name, each in lines.items():
        show(name, *mortgages.judged(each, rows, confidence=confidence))
    seen = mortgages.without_foresight(rows, pd, overlays[1])
    print("\nscenarios from what was seen before, lag 1: " + ", ".join(f"{n} {v:.4f}" for n, v in seen.items()))
    return {"rows": rows, "lines": lines, "tests": tests}


# Autos -----------------------------------------------------------------------------------------------------------


def study_autos(folder: Path, settings: Fitting) -> dict[str, autos.BackTest]:
    """Auto loans: LGD by segment, and lifetime expected loss against what was lost."""
    book = autos.read_book(folder)
    ids = book.loans["loan_id"].sort()
    whole = autos.estimate(book, ids, book.last, settings)
    show_head("segment", "closed without the cash", "LGD by amount", "LGD by count")
    for segment, count in whole.cases.items():
        show(segment, count, whole.lgd[segment], whole.by_count[segment])
    show_head("year of the default", "closed without the cash", "mean balance", "LGD by amount, so far")
    for year, count, balance, lgd in autos.lgd_by_year(book):
        show(year, count, f"{balance:,.0f}", lgd)
    half = len(ids) // 2
    tests = {"first half of loans, judged on the second": autos.back_test(
        book, autos.estimate(book, ids[:half], book.last, settings), ids[half:], 0)}  # fmt: skip
    for month in (12, 18, 24):
        tests[f"all loans to month {month}, judged after"] = autos.back_test(
            book, autos.estimate(book, ids, month, settings), ids, month
        )
    show_head("fitted on", "loans", "balance", "defaults expected", "seen", "gross expected", "lost", "net expected",
              "net lost", "expected / lost", "ECL, lifetime")  # fmt: skip
    for name, each in tests.items():
        expected, lost = each.expected_net.sum(), each.lost_gross.sum() - each.recovered.sum()
        show(name, each.loans, f"{each.balance:,.0f}", f"{each.defaults[0]:.1f}", each.defaults[1],
             f"{each.expected_gross.sum():,.0f}", f"{each.lost_gross.sum():,.0f}", f"{expected:,.0f}", f"{lost:,.0f}",
             f"{expected / lost:.2f}", f"{each.lifetime:,.0f}")  # fmt: skip
    return tests


# Chart -----------------------------------------------------------------------------------------------------------


def draw(path: Path, bands: pl.DataFrame, found: dict[str, Any], tests: dict[str, autos.BackTest]) -> None:
    """Draw the four pictures of the page."""
    matplotlib.rcParams.update({"svg.hashsalt": "loss", "font.size": 8, "axes.spines.top": False,
                                "axes.spines.right": False})  # fmt: skip
    figure, ((cards, ids), (time, cars)) = pyplot.subplots(2, 2, figsize=(9, 7), layout="constrained")
    cards.plot(bands["pd"], bands["observed"], "o")
    cards.plot([0, 0.8], [0, 0.8], color="grey", linewidth=0.7)
    cards.set(title="Cards, held out: by band of score", xlabel="predicted", ylabel="observed")
    ids.plot([each.pd for each in found["tests"]], [each.observed for each in found["tests"]], "o")
    ids.plot([0, 0.09], [0, 0.09], color="grey", linewidth=0.7)
    ids.set(title="Mortgages across ids: by band of PD", xlabel="predicted", ylabel="observed")
    rows, lines = found["rows"], found["lines"]
    quarter = rows["time"].to_numpy()
    seen = np.unique(quarter[quarter >= 10])
    bads = rows[mortgages.LABEL].to_numpy()
    time.plot(seen, [bads[quarter == q].mean() for q in seen], color="black", label="observed")
    for name in ("scorecard", "the same, level kept, lag 1", "hazard, gdp and prices, lag 1"):
        time.plot(seen, [np.mean(lines[name][quarter == q]) for q in seen], label=name, linewidth=1)
    time.axvline(mortgages.SPLIT - 0.5, color="grey", linewidth=0.7)
    time.set(title="Mortgages: default rate by quarter", xlabel="quarter; fitted left of the line")
    time.set_ylim(top=0.105)
    time.legend(frameon=False, loc="upper left")
    each = tests["first half of loans, judged on the second"]
    months = np.arange(1, len(each.lost_gross) + 1)
    cars.plot(months, np.cumsum(each.lost_gross - each.recovered) / 1e3, color="black", label="lost, net of recoveries")
    cars.plot(months, np.cumsum(each.expected_net) / 1e3, label="expected")
    cars.set(title="Auto loans, second half: net loss", xlabel="months since the opening", ylabel="thousand USD")
    cars.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Print the figures, and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--chart", type=Path)
    asked = parser.parse_args()
    rules = load_model_rules(None)
    settings, bands = rules.fitting(ON), rules.monitoring(ON)
    cards = study_cards(asked.data_dir / "uci_taiwan_card", settings, bands)
    found = study_mortgages(asked.data_dir / "dcr_mortgage", settings, bands)
    tests = study_autos(asked.data_dir / "auto_abs_2017_3", settings)
    if asked.chart:
        draw(asked.chart, cards, found, tests)


if __name__ == "__main__":
    main()
