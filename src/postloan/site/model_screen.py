"""What `postloan model` prints: measures of a fit, scores, findings of monitoring, two cards side by side."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

from postloan.errors import RequestWrong
from postloan.models.card import Card, ScorecardPart, read_card, write_card
from postloan.models.fitting import Asked, fit_card
from postloan.models.monitoring import Watched, contest, monitor
from postloan.models.plain_table import read_plain
from postloan.models.scorecard_sql import as_sql
from postloan.models.scoring import score_table
from postloan.plan.watching import month_ends_between, sample
from postloan.rules.model_rules import Fitting, Monitoring
from postloan.site.tables_on_screen import plain_table
from postloan.site.terminal import Terminal

_HASH_SHOWN = 12


def show_sample(home: Path, between: tuple[date, date], label: str, out: Path, terminal: Terminal) -> None:
    """Write the sample and say how large it is. Raises NothingPublished, RequestWrong."""
    days = month_ends_between(home, *between)
    if not days:
        raise RequestWrong(
            message=f"No month-end from {between[0]} to {between[1]} is published.",
            hint="Name published month-ends: postloan report tiers says which there are.",
            where={"home": home},
        )
    table = sample(home, days, label)
    if out.suffix.lower() != ".parquet":
        raise RequestWrong(message=f"{out.name} is not .parquet.", hint="Name the file of --out so.")
    table.write_parquet(out)
    bads = int(table[label].sum())
    if terminal.as_json:
        terminal.print_json(
            {"sample": str(out), "rows": len(table), "bads": bads, "label": label, "days": [str(day) for day in days]}
        )
        return
    terminal.print_line(terminal.words("model.sampled", rows=len(table), bads=bads, label=label, days=len(days)))
    terminal.print_line(terminal.words("written", path=out))


def show_fit(
    path: Path, out: Path, asked: Asked, settings: Fitting, bands: Monitoring, terminal: Terminal, sql: Path | None
) -> None:
    """Fit, write the card and where asked its SQL, and print the measures."""
    table, digest = read_plain(path)
    card = fit_card(table, digest, asked, settings, bands)
    if sql is not None:
        _write_sql(card, sql, asked)
    digest = write_card(card, out)
    if terminal.as_json:
        terminal.print_json(
            {"card": str(out), "sha256": digest, "model_id": card.model_id, "version": card.version,
             "kind": card.kind, "features": list(card.features), "metrics": [m.model_dump() for m in card.metrics]}
        )  # fmt: skip
        return
    words = terminal.words
    terminal.print_line(
        words(
            "model.fitted", model=card.model_id, version=card.version, kind=card.kind, rows=card.training.rows,
            features=len(card.features), hash=digest[:_HASH_SHOWN],
        )
    )  # fmt: skip
    names = list(dict.fromkeys(each.name for each in card.metrics))
    by = {(each.name, each.sample): each for each in card.metrics}
    rows = []
    for name in names:
        fitted, judged = by.get((name, "fit")), by.get((name, "held_out"))
        interval = next((each for each in (judged, fitted) if each is not None and each.low is not None), None)
        rows.append(
            [name, _figure(fitted.value if fitted else None), _figure(judged.value if judged else None),
             _span(interval.low, interval.high) if interval else ""]
        )  # fmt: skip
    heads = [words(f"model.{each}") for each in ("metric", "fit", "held_out", "low_high")]
    terminal.out.print(plain_table(words("model.metrics"), heads, rows))
    terminal.print_line(words("written", path=out))


def show_scores(
    card_path: Path, path: Path, out: Path, id_column: str | None, periods: int, trigger: int | None, terminal: Terminal
) -> None:
    """Score a table and write the scores. Raises RequestWrong for a form that is neither CSV nor Parquet."""
    card = read_card(card_path)
    table, _ = read_plain(path)
    scored = score_table(card, table, id_column=id_column, periods=periods, trigger=trigger)
    if out.suffix.lower() == ".parquet":
        scored.write_parquet(out)
    elif out.suffix.lower() == ".csv":
        scored.write_csv(out)
    else:
        raise RequestWrong(
            message=f"{out.name} is neither .csv nor .parquet.", hint="Name the form by the ending of --out."
        )
    if terminal.as_json:
        terminal.print_json({"scores": str(out), "rows": len(scored), "model_id": card.model_id, "sha256": card.sha256})
        return
    terminal.print_line(terminal.words("model.scored", rows=len(scored), model=f"{card.model_id}/{card.version}"))
    terminal.print_line(terminal.words("written", path=out))


def show_watched(
    card_path: Path, reference: Path, actual: Path, label: str | None, bands: Monitoring, terminal: Terminal
) -> None:
    """Print what monitoring found; nothing is decided here, an alarm is a line with a light."""
    card = read_card(card_path)
    found = monitor(card, read_plain(reference)[0], read_plain(actual)[0], label, bands)
    if terminal.as_json:
        terminal.print_json(
            {"model_id": card.model_id, "sha256": card.sha256, "findings": [asdict(each) for each in found.findings],
             "grades": [asdict(each) for each in found.grades], "alarms": [asdict(each) for each in found.alarms]}
        )  # fmt: skip
        return
    words = terminal.words
    heads = [words(f"model.{each}") for each in ("metric", "subject", "value", "reference", "low_high", "light")]
    rows = [
        [each.measure, each.subject, _figure(each.value), _figure(each.reference),
         _span(each.low, each.high),
         words(f"model.{each.light}") if each.light else ""]
        for each in found.findings
    ]  # fmt: skip
    terminal.out.print(plain_table(words("model.watch_title", model=f"{card.model_id}/{card.version}"), heads, rows))
    if found.grades:
        terminal.out.print(_grades(found, terminal))
    red = sum(each.light == "red" for each in found.alarms)
    amber = len(found.alarms) - red
    terminal.print_line(words("model.alarms", count=len(found.alarms), red=red, amber=amber))


def show_contest(first: Path, second: Path, path: Path, label: str, bands: Monitoring, terminal: Terminal) -> None:
    """Print two cards side by side on one table."""
    cards = (read_card(first), read_card(second))
    found = contest(*cards, read_plain(path)[0], label, bands)
    if terminal.as_json:
        terminal.print_json({"models": [f"{each.model_id}/{each.version}" for each in cards]} | asdict(found))
        return
    words = terminal.words
    rows = [
        ["AUC", *(_figure(each) for each in found.auc)],
        [
            words("model.low_high"),
            *(_span(a, b) for a, b in zip(found.low, found.high, strict=True)),
        ],
        ["KS", *(_figure(each) for each in found.ks)],
        ["Brier", *(_figure(each) for each in found.brier)],
        [words("model.pd"), *(_figure(each) for each in found.mean_pd)],
        [words("model.observed"), *(_figure(found.default_rate),) * 2],
    ]
    heads = [words("model.metric"), *(f"{each.model_id}/{each.version}" for each in cards)]
    terminal.out.print(plain_table(words("model.contest_title", rows=found.rows, bads=found.bads), heads, rows))
    terminal.print_line(words("model.difference", difference=_figure(found.difference), p=_figure(found.p)))


def _grades(found: Watched, terminal: Terminal) -> object:
    words = terminal.words
    names = ("grade", "rows", "defaults", "pd", "observed", "p_under", "p_over", "jeffreys", "light")
    rows = [
        [each.grade, str(each.rows), str(each.defaults), _figure(each.pd), _figure(each.observed),
         _figure(each.p_under), _figure(each.p_over), _figure(each.jeffreys), words(f"model.{each.light}")]
        for each in found.grades
    ]  # fmt: skip
    return plain_table(words("model.grades_title"), [words(f"model.{name}") for name in names], rows)


def _write_sql(card: Card, sql: Path, asked: Asked) -> None:
    if not isinstance(card.parameters, ScorecardPart):
        raise RequestWrong(
            message=f"A {card.kind} is not said in plain SQL.", hint="Leave --sql out, or fit a scorecard."
        )
    keys = [each for each in (asked.id, asked.segment) if each is not None]
    sql.write_text(as_sql(card.parameters, card.calibration, table="loans", keys=keys), encoding="utf-8")


def _span(low: float | None, high: float | None) -> str:
    return "" if low is None else f"{_figure(low)} … {_figure(high)}"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
