"""What the register reads: the exceptions of a day in the officer's offices, and how many of each kind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from postloan.desk.core.authority import rows_within, scope_of
from postloan.desk.core.exceptional import ROW, sources, told_rows
from postloan.desk.core.lists.cells import language
from postloan.desk.core.lists.form import Said
from postloan.desk.core.officers.queries import names_by_number
from postloan.desk.core.pages import Desk
from postloan.rules.desk_exceptions import SORTS, ExceptionKind, ExceptionKinds, Sort
from postloan.rules.desk_rules import load_desk_rules

SORTS_SAID: dict[Sort, Said] = {
    "breach": _("违例"), "override": _("越权或特批"), "late": _("逾期办理"), "returned": _("退回"),
}  # fmt: skip


@dataclass(frozen=True)
class ExceptionsTile:
    """How many exceptions there are, and how many of each sort, in words."""

    count: int
    worst: str


def kinds_in_force(desk: Desk) -> Sequence[ExceptionKind]:
    """The kinds of the bank's rules on the desk's day."""
    return load_desk_rules(desk.day.home).version("exceptions", ExceptionKinds, desk.day.on).kinds


def kind_said(kind: ExceptionKind) -> str:
    """The word of a kind."""
    return kind.zh if language() == "zh" else kind.en


def exceptions_seen(desk: Desk) -> pl.DataFrame:
    """The exceptions of the day in the desk's offices; those of no office are for who sees the whole bank."""
    found = [_of_kind(desk, kind) for kind in kinds_in_force(desk) if kind.kind in sources()]
    rows = pl.concat(found) if found else told_rows(()).with_columns(key=pl.lit(""), kind=pl.lit(""), sort=pl.lit(""))
    return rows_within(rows, desk.scope)


def _of_kind(desk: Desk, kind: ExceptionKind) -> pl.DataFrame:
    rows = sources()[kind.kind].find(desk.day, kind).select(list(ROW))
    may_open = pl.col("action").fill_null("").is_in(["", *desk.actions])
    return rows.with_columns(
        page=pl.when(may_open).then("page").otherwise(pl.lit("")),
        key=pl.lit(f"{kind.kind}/") + pl.col("subject"),
        kind=pl.lit(kind.kind),
        sort=pl.lit(kind.sort),
    )


def with_names(rows: pl.DataFrame) -> pl.DataFrame:
    """Say offices and officers by name where they stand as numbers."""
    orgs, officers = names_by_number()
    return rows.with_columns(org_name=pl.col("org_id").replace(orgs), officer=pl.col("officer").replace(officers))


def by_kind(desk: Desk, rows: pl.DataFrame) -> list[tuple[str, str, Said, int]]:
    """How many there are of each kind that occurs: kind, its word, its sort, how many; breaches first."""
    counts = dict(rows.group_by("kind").len().iter_rows())
    occurring = [kind for kind in kinds_in_force(desk) if counts.get(kind.kind)]
    occurring.sort(key=lambda kind: (SORTS.index(kind.sort), -counts[kind.kind]))
    return [(kind.kind, kind_said(kind), SORTS_SAID[kind.sort], counts[kind.kind]) for kind in occurring]


def exceptions_tile(desk: Desk, within: frozenset[str] | None) -> ExceptionsTile | None:
    """How many exceptions the officer of a desk sees, of some offices; None where the officer may not see any."""
    if "exception.read" not in desk.actions:
        return None
    rows = exceptions_seen(replace(desk, scope=scope_of(desk.officer, "exception.read")))
    rows = rows if within is None else rows.filter(pl.col("org_id").is_in(sorted(within)))
    counts = dict(rows.group_by("sort").len().iter_rows()) if rows.height else {}
    said = [f"{SORTS_SAID[sort]} {counts[sort]}" for sort in SORTS if sort in counts]
    return ExceptionsTile(rows.height, " · ".join(said[:2]) or gettext("无"))
