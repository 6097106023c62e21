"""A made-up book whose truth is known: what models are tried on."""

from datetime import date

import numpy as np
import polars as pl

from postloan.rules.model_rules import Fitting, Monitoring, load_model_rules

RULES = load_model_rules(None)
SETTINGS: Fitting = RULES.fitting(date(2024, 1, 1))
BANDS: Monitoring = RULES.monitoring(date(2024, 1, 1))


def borrowers(rows: int = 4000, seed: int = 1) -> pl.DataFrame:
    """Late days make it worse, income better, a shop of kind B worse, `noise` nothing; `bad` is drawn accordingly."""
    draw = np.random.default_rng(seed)
    late, income = draw.poisson(1.5, rows), draw.lognormal(9, 0.5, rows)
    kind = draw.choice(["A", "B", "C"], rows)
    log_odds = -2.5 + 0.8 * late - 0.9 * (np.log(income) - 9) + 0.7 * (kind == "B")
    bad = draw.random(rows) < 1 / (1 + np.exp(-log_odds))
    hidden = draw.random(rows) < 0.1
    return pl.DataFrame(
        {
            "id": np.arange(rows),
            "late": late,
            "income": [None if gone else round(float(each), 2) for each, gone in zip(income, hidden, strict=True)],
            "kind": kind,
            "noise": draw.random(rows),
            "bad": bad.astype(int),
        }
    )


def loan_periods(loans: int = 3000, seed: int = 2) -> tuple[pl.DataFrame, dict[int, float]]:
    """Loans by quarter: the hazard bends with age, is greater in `far`, and follows a driver; its path is given too."""
    draw = np.random.default_rng(seed)
    driver = {time: float(np.sin(time / 5)) for time in range(-5, 60)}
    rows = []
    for loan in range(loans):
        begins, segment = int(draw.integers(0, 30)), "far" if loan % 3 == 0 else "near"
        for age in range(1, 25):
            time = begins + age
            log_odds = -4.5 + 0.25 * age - 0.012 * age**2 + 0.8 * (segment == "far") - 0.6 * driver[time - 1]
            default = draw.random() < 1 / (1 + np.exp(-log_odds))
            prepaid = not default and draw.random() < 0.03
            rows.append((loan, time, age, segment, driver[time], int(default), int(prepaid)))
            if default or prepaid:
                break
    names = ["loan", "time", "age", "segment", "gdp", "default", "prepaid"]
    return pl.DataFrame(rows, schema=names, orient="row"), driver
