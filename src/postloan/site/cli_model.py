"""`postloan model`: sample one's own history, fit on any table, score by the card, watch it, set two side by side."""
# ruff: noqa: FBT002, PLC0415 - options are flags by nature; imports inside commands keep the start short

from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.site.options import HOME, SAY, AsJson, Home, a_day, terminal_of

if TYPE_CHECKING:
    from postloan.rules.model_rules import ModelRules

model = typer.Typer(help=SAY("help.model"), no_args_is_help=True)


class ModelKind(Enum):
    """The kinds of models."""

    SCORECARD = "scorecard"
    CHALLENGER = "challenger"
    HAZARD = "hazard"
    MIGRATION = "migration"
    LGD = "lgd"


class Period(Enum):
    """The unit of a period."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Estimator(Enum):
    """How moves between grades are counted."""

    COHORT = "cohort"
    DURATION = "duration"


def join(app: typer.Typer) -> None:
    """Add the commands of models to the command line."""
    app.add_typer(model, name="model")


def _option(name: str, words: str, metavar: str | None = None) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, metavar=metavar, help=words)
    return option


Table = Annotated[Path, typer.Argument(metavar="TABLE", help=SAY("help.model_table"))]
CardFile = Annotated[Path, typer.Argument(metavar="CARD", help=SAY("help.model_card"))]
SettingsOn = Annotated[date | None, typer.Option("--on", parser=a_day, metavar="DATE", help=SAY("help.model_on"))]
SettingsHome = Annotated[
    Path, typer.Option("--home", envvar="POSTLOAN_HOME", help=SAY("help.model_home"), file_okay=False)
]
Column = str | None


@model.command("sample", help=SAY("help.model_sample"))
def sample(
    ctx: typer.Context,
    first: Annotated[date, typer.Argument(parser=a_day, metavar="FIRST", help=SAY("help.model_first"))],
    last: Annotated[date, typer.Argument(parser=a_day, metavar="LAST", help=SAY("help.model_last"))],
    out: Annotated[Path, _option("--out", SAY("help.model_sample_out"), "FILE")],
    months: Annotated[int, typer.Option("--months", min=1, max=60, help=SAY("help.model_months"))] = 12,
    debtors_late: Annotated[
        int | None, typer.Option("--debtors-late", min=1, max=999, metavar="DAYS", help=SAY("help.model_debtors_late"))
    ] = None,
    home: Home = HOME,
    as_json: AsJson = False,
) -> None:
    """Write the loans, or debtors, of published month-ends with what became of them, for a fit."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.models import behaviour, foresight
    from postloan.site.model_screen import show_sample

    label = foresight.label_of(debtors_late, months) if debtors_late else behaviour.label_of(months)
    show_sample(home, (first, last), label, out, terminal)


@model.command("fit", help=SAY("help.model_fit"))
def fit(
    ctx: typer.Context,
    table: Table,
    label: Annotated[str, _option("--label", SAY("help.model_label"), "COLUMN")],
    out: Annotated[Path, _option("--out", SAY("help.model_out"), "FILE")],
    kind: Annotated[ModelKind, _option("--kind", SAY("help.model_kind"))] = ModelKind.SCORECARD,
    name: Annotated[str | None, _option("--name", SAY("help.model_name"))] = None,
    version: Annotated[int, _option("--version", SAY("help.model_version"))] = 1,
    id_column: Annotated[Column, _option("--id", SAY("help.model_id"), "COLUMN")] = None,
    time: Annotated[Column, _option("--time", SAY("help.model_time"), "COLUMN")] = None,
    segment: Annotated[Column, _option("--segment", SAY("help.model_segment"), "COLUMN")] = None,
    features: Annotated[str, _option("--features", SAY("help.model_features"), "COLUMNS")] = "",
    without: Annotated[str, _option("--without", SAY("help.model_without"), "COLUMNS")] = "",
    fixed: Annotated[str, _option("--fixed", SAY("help.model_fixed"), "COLUMNS")] = "",
    held_out: Annotated[
        float | None, typer.Option("--held-out", min=0, max=0.9, help=SAY("help.model_held_out"))
    ] = None,
    until: Annotated[str | None, _option("--until", SAY("help.model_until"), "PERIOD")] = None,
    anchor: Annotated[float | None, _option("--anchor", SAY("help.model_anchor"))] = None,
    horizon: Annotated[str, _option("--horizon", SAY("help.model_horizon"))] = "as the label",
    sql: Annotated[Path | None, _option("--sql", SAY("help.model_sql"), "FILE")] = None,
    age: Annotated[Column, _option("--age", SAY("help.model_age"), "COLUMN")] = None,
    drivers: Annotated[str, _option("--drivers", SAY("help.model_drivers"), "COLUMNS")] = "",
    lag: Annotated[int, typer.Option("--lag", min=0, help=SAY("help.model_lag"))] = 0,
    unit: Annotated[Period | None, _option("--unit", SAY("help.model_unit"))] = None,
    exits: Annotated[Column, _option("--exits", SAY("help.model_exits"), "COLUMN")] = None,
    fade: Annotated[float | None, typer.Option("--fade", min=0, max=1, help=SAY("help.model_fade"))] = None,
    grades: Annotated[str, _option("--grades", SAY("help.model_grades"))] = "",
    estimator: Annotated[Estimator, _option("--estimator", SAY("help.model_estimator"))] = Estimator.COHORT,
    exposure: Annotated[Column, _option("--exposure", SAY("help.model_exposure"), "COLUMN")] = None,
    is_open: Annotated[Column, _option("--open", SAY("help.model_open"), "COLUMN")] = None,
    rate: Annotated[float | None, _option("--rate", SAY("help.model_rate"))] = None,
    home: SettingsHome = HOME,
    on: SettingsOn = None,
    as_json: AsJson = False,
) -> None:
    """Fit a model and write its card."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.models.fitting import Asked
    from postloan.rules.figures import ONE_E8
    from postloan.site.model_screen import show_fit

    rules, day = _rules(home, on)
    settings = rules.fitting(day)
    apart = settings.held_out.share_e8 / ONE_E8 if held_out is None else held_out
    asked = Asked(
        kind=kind.value, label=label, model_id=name or out.stem, version=version, id=id_column, time=time,
        segment=segment, features=_names(features), without=_names(without), fixed=_names(fixed),
        held_out=apart, until=until, anchor=anchor, horizon=horizon, age=age, drivers=_names(drivers), lag=lag,
        unit=unit.value if unit else None, exits=exits, fade_ratio=fade, grades=_names(grades),
        estimator=estimator.value, exposure=exposure, is_open=is_open, yearly_rate=rate,
    )  # fmt: skip
    show_fit(table, out, asked, settings, rules.monitoring(day), terminal, sql)


@model.command("score", help=SAY("help.model_score"))
def score(
    ctx: typer.Context,
    card: CardFile,
    table: Table,
    out: Annotated[Path, _option("--out", SAY("help.model_scores"), "FILE")],
    id_column: Annotated[Column, _option("--id", SAY("help.model_id"), "COLUMN")] = None,
    periods: Annotated[int, typer.Option("--periods", min=1, help=SAY("help.model_periods"))] = 1,
    trigger: Annotated[int | None, _option("--trigger", SAY("help.model_trigger"), "SCORE")] = None,
    as_json: AsJson = False,
) -> None:
    """Score a table by a card."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site.model_screen import show_scores

    show_scores(card, table, out, id_column, periods, trigger, terminal)


@model.command("monitor", help=SAY("help.model_monitor"))
def monitor(
    ctx: typer.Context,
    card: CardFile,
    reference: Annotated[Path, typer.Argument(metavar="REFERENCE", help=SAY("help.model_reference"))],
    actual: Annotated[Path, typer.Argument(metavar="ACTUAL", help=SAY("help.model_actual"))],
    label: Annotated[Column, _option("--label", SAY("help.model_label"), "COLUMN")] = None,
    home: SettingsHome = HOME,
    on: SettingsOn = None,
    as_json: AsJson = False,
) -> None:
    """Compare the table a model was made for with today's."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site.model_screen import show_watched

    rules, day = _rules(home, on)
    show_watched(card, reference, actual, label, rules.monitoring(day), terminal)


@model.command("compare", help=SAY("help.model_compare"))
def compare(
    ctx: typer.Context,
    card: CardFile,
    second: Annotated[Path, typer.Argument(metavar="OTHER", help=SAY("help.model_second"))],
    table: Table,
    label: Annotated[str, _option("--label", SAY("help.model_label"), "COLUMN")],
    home: SettingsHome = HOME,
    on: SettingsOn = None,
    as_json: AsJson = False,
) -> None:
    """Set two cards side by side on one table."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site.model_screen import show_contest

    rules, day = _rules(home, on)
    show_contest(card, second, table, label, rules.monitoring(day), terminal)


def _names(written: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in written.split(",") if each.strip())


def _rules(home: Path, on: date | None) -> "tuple[ModelRules, date]":
    from postloan.rules.model_rules import load_model_rules

    return load_model_rules(home), on or datetime.now().astimezone().date()
