"""The figures of docs/studies/warning.md: rules, model and both on the demo bank, and two real books by folds.

    python examples/warning_study.py DATA_DIR DEMO_HOME

DATA_DIR holds smesd_cn and polish_bankruptcy; DEMO_HOME is what `postloan demo --no-serve` made.
"""

import argparse
from datetime import date
from pathlib import Path

import numpy as np

import warning_books as books
import warning_demo as demo
from postloan.models.ranking import auc
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.figures import ONE_E8
from postloan.rules.model_rules import Fitting, Monitoring, load_model_rules
from postloan.rules.studio import Outcome, Studio

ON = date(2026, 1, 1)
MONTHS_FITTED = 12


def study_books(folder: Path, settings: Fitting, bands: Monitoring) -> None:
    """AUC by folds of each part of what is known of companies."""
    table = books.companies(folder / "smesd_cn")
    register = ["reg_capital_wan", "paid_capital_wan", "paid_share", "age_months", "industry", "area"]
    suits = [
        name for name in table.columns if name.startswith(("suit", "cause_", "result_", "last_", "first_", "courts"))
    ]
    related = [name for name in table.columns if name.startswith(("relation", "related", "near_"))]
    chosen = {
        "register": register, "lawsuits": suits, "relations": related, "lawsuits and relations": suits + related,
        "all": register + suits + related,
    }  # fmt: skip
    head("book, columns", "scorecard: mean AUC", "from", "to", "challenger: mean AUC")
    for name, columns in chosen.items():
        show(f"smesd_cn, {name} ({len(columns)})", table, columns, settings, bands)
    show("polish_bankruptcy, ratios (64)", books.ratios(folder / "polish_bankruptcy"), None, settings, bands)


def head(*names: str) -> None:
    """Print the head of a table: the first column reads from the left, the others are figures."""
    print(f"\n| {' | '.join(names)} |")
    print(f"| --- | {' | '.join('---:' for _ in names[1:])} |")


def show(name: str, table: books.pl.DataFrame, columns: list[str] | None, settings: Fitting, bands: Monitoring) -> None:
    """Print a row of the table."""
    champion = books.by_folds(table, "scorecard", columns, settings, bands)
    other = books.by_folds(table, "challenger", columns, settings, bands)
    print(f"| {name} | {np.mean(champion):.4f} | {min(champion):.4f} | {max(champion):.4f} | {np.mean(other):.4f} |")


def study_demo(home: Path, settings: Fitting, bands: Monitoring, outcome: Outcome) -> None:
    """What rules, model and both were worth, on the months after those that the model was fitted on."""
    months = demo.debtor_months(home, outcome)
    later, cards = demo.scored(months, MONTHS_FITTED, settings, bands, outcome)
    bads = later[demo.LABEL].to_numpy() == 1
    area = auc(later["pd"].to_numpy(), bads, confidence=bands.interval.confidence_e8 / ONE_E8)
    gone, expected = bads.mean(), later["pd"].mean()
    print(f"\n{len(later)} debtor-months from month {MONTHS_FITTED}, {gone:.4f} go bad within six months")
    print(f"model: {min(len(card.features) for card in cards)} to {max(len(card.features) for card in cards)} features")
    print(f"AUC {area.value:.4f} ({area.low:.4f} to {area.high:.4f}), expected to go bad {expected:.4f}")
    head("way", "alerts", "precision", "recall", "three months before", "lead, months")
    for way in demo.judged(later, outcome):
        shares = " | ".join(f"{each:.3f}" for each in (way.precision, way.recall, way.early))
        print(f"| {way.name} | {way.alerts:,} | {shares} | {way.lead:.2f} |")


def main() -> None:
    """Print everything."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", type=Path)
    asked.add_argument("home", type=Path)
    options = asked.parse_args()
    rules = load_model_rules(None)
    settings, bands = rules.version("fitting", Fitting, ON), rules.version("monitoring", Monitoring, ON)
    outcome = load_desk_rules(None).version("studio", Studio, ON).outcome
    study_demo(options.home, settings, bands, outcome)
    study_books(options.data, settings, bands)


if __name__ == "__main__":
    main()
