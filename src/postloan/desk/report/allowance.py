"""The allowance from one day to another: expected loss opening and closing, each cause of change, to the cent.

It walks the published month-ends between the two days. What a stage's measure would have been at the earlier point is
published with it, so a change of stage is told from a change of risk without computing anything again; only where the
rules themselves changed is the earlier point measured anew, by the later rules.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Grouping, Within, each_group, group_columns, points, total_of_groups
from postloan.desk.report.flows import flows, read_point
from postloan.desk.report.form import Column, Report, Row, Sheet, Standing, added, amount, row, snapshot_of
from postloan.plan.recast import MEASURES, LossLaws, loss_laws, recast
from postloan.rules.rulebook import load_rulebook
from postloan.tables.losses import STAGES
from postloan.tables.units import TIERS

CAUSES = (
    "new", "repaid", "worsened", "improved", "paid_down", "unwinding", "model", "scenarios", "risk", "overlay",
    "written_off",
)  # fmt: skip
"""Why the allowance moved; with their signs, opening and all of them together are closing."""
LINES = ("opening", *CAUSES, "closing")
MEMO = "recovered"
_SUMS = (*LINES, MEMO)
_NOT_CHARGED = ("unwinding", "written_off", MEMO)
_READ = (*MEASURES, "ecl_overlay_cents", "ecl_cents", "rate_in_force_e8")
_YEAR_DAYS = 365
_ONE_E8 = 10**8


def allowance(
    home: Path,
    from_on: date,
    on: date,
    by: Grouping | None = None,
    *,
    orgs: pl.DataFrame | None = None,
    within: Within = None,
) -> Report:
    """Report why the loss allowance moved between two published days: in all and by stage, or by product.

    Filed is a row a loan, with its parts. `failed` names what does not close.
    Source: IFRS 7.35H; regulations ECL-27; risk E10. Cash on what was written off before is a memo: it is income.
    """
    days = points(home, from_on, on)
    moved = pl.concat(each for each, _ in walked(home, from_on, on, by=by, orgs=orgs, within=within))
    loans = (
        moved.group_by("loan_no", "group")
        .agg(pl.col("loan_id").first(), pl.col(_SUMS).sum())
        .filter(pl.any_horizontal(pl.col(_SUMS) != 0))
        .sort("group", "loan_no", nulls_last=True)
    )
    groups = list(each_group(loans, by, orgs))
    items = [row("item", **named, **_sums(held)) for named, held in groups]
    stages = _by_stage(moved)
    shown = (_by_line(loans), stages, _by_month(moved, days)) if by is None else (_by_group(items, by),)
    filed = _by_loan(groups, by)
    return Report(
        "allowance", snapshot_of(home, on), by, filed=filed, shown=(*shown, filed), before=snapshot_of(home, from_on),
        points=days, failed=tuple(_open_ends(items, by)),
    )  # fmt: skip


def rolled_forward(opening: int, causes: Mapping[str, int]) -> tuple[int, int]:
    """Return an allowance's closing, and what of its movement is charged as impairment loss.

    Not charged: the unwinding, which is the price of time, what write-offs used, and recoveries, which came as cash.
    Source: IFRS 7.35H.
    """
    charge = sum(amount for name, amount in causes.items() if name not in _NOT_CHARGED)
    return opening + sum(causes.values()), charge


def walked(
    home: Path,
    from_on: date,
    on: date,
    *,
    more: tuple[str, ...] = (),
    by: Grouping | None = None,
    orgs: pl.DataFrame | None = None,
    within: Within = None,
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Walk the points between two days, two in memory at a time: why allowances moved, and the loans at both points.

    more  columns to be read of each point. What stood before and stands after is `stood` and `stands`; `opening` and
          `closing` are those of the first point and the last.
    """
    days, wanted, rulebook = points(home, from_on, on), tuple(dict.fromkeys((*_READ, *more))), load_rulebook(home)
    before = read_point(home, days[0], by, orgs, more=wanted, within=within)
    for earlier, later in pairwise(days):
        after = read_point(home, later, by, orgs, more=wanted, within=within)
        read = flows(_remade(home, earlier, before, loss_laws(home, rulebook, earlier, later)), after)
        moved = attributed(read, days=(later - earlier).days)
        is_first, is_last = earlier == days[0], later == days[-1]
        yield (
            moved.with_columns(
                until=pl.lit(later),
                opening=pl.col("opening") if is_first else pl.lit(0, pl.Int64),
                closing=pl.col("closing") if is_last else pl.lit(0, pl.Int64),
                stood=pl.col("opening"),
                stands=pl.col("closing"),
            ),
            read,
        )
        before = after


def _remade(home: Path, on: date, point: pl.DataFrame, laws: LossLaws) -> pl.DataFrame:
    """Add what the rules of the later day make of the earlier point: `model_`, `scenarios_` and the later measures."""
    known = None not in laws.losses and None not in laws.stages
    by_model = recast(home, on, laws, with_scenarios=False) if known and laws.model_changed else point
    both = recast(home, on, laws, with_scenarios=True) if known and laws.scenarios_changed else by_model
    model = by_model.select("loan_no", by_model="ecl_model_cents")
    later = both.select("loan_no", *(pl.col(name).alias(f"later_{name}") for name in MEASURES))
    return point.join(model, on="loan_no", how="left", maintain_order="left").join(
        later, on="loan_no", how="left", maintain_order="left"
    )


def attributed(moved: pl.DataFrame, *, days: int) -> pl.DataFrame:
    """Say of every loan of two points why its allowance moved.

    moved  both points side by side, as `flows` leaves them; days: how many lie between.
    In this order, each from where the one before left it: the model, the scenarios, the stage, what was paid down, what
    time alone adds to a credit-impaired loan, and the rest, which is risk.
    """
    opened, closed = pl.col("ecl_cents").fill_null(0), pl.col("ecl_cents_after").fill_null(0)
    was, stands = (pl.col(name).is_in(TIERS).fill_null(value=False) for name in ("stand", "stand_after"))
    model, overlay = pl.col("ecl_model_cents").fill_null(0), pl.col("ecl_overlay_cents").fill_null(0)
    rows = moved.with_columns(
        opened=opened, closed=closed, used=pl.min_horizontal("written_off", "opening"), stays=was & stands,
        by_stage=_measure(pl.col("stage_after")),
    )  # fmt: skip
    shrank = pl.col("claim_cents_after") < pl.col("later_claim_cents")
    share = (
        pl.when(shrank & (pl.col("later_claim_cents") > 0))
        .then(pl.col("claim_cents_after") / pl.col("later_claim_cents"))
        .otherwise(1.0)
    )
    impaired = (pl.col("stage_after") == STAGES[2]) & (pl.col("stage") == STAGES[2])
    years = pl.col("rate_in_force_e8") / _ONE_E8 * days / _YEAR_DAYS
    turned = pl.col("by_stage") - pl.col("later_ecl_model_cents")
    kept = {
        "model": pl.col("by_model") - model,
        "scenarios": pl.col("later_ecl_model_cents") - pl.col("by_model"),
        "worsened": pl.when(pl.col("stage_after") > pl.col("later_stage")).then(turned).otherwise(0),
        "improved": pl.when(pl.col("stage_after") < pl.col("later_stage")).then(turned).otherwise(0),
        "paid_down": _whole(pl.col("by_stage") * (share - 1.0)),
        "unwinding": pl.when(impaired).then(_whole(pl.col("by_stage") * share * years)).otherwise(0),
        "overlay": pl.col("ecl_overlay_cents_after") - overlay,
    }
    parts = rows.with_columns(
        new=pl.when(~was).then("closed").otherwise(0),
        repaid=-pl.when(was & ~stands & (pl.col("used") == 0)).then("opened").otherwise(0),
        written_off=-pl.col("used"),
        **{name: pl.when("stays").then(value).otherwise(0).fill_null(0).cast(pl.Int64) for name, value in kept.items()},
    )
    causes = [name for name in CAUSES if name != "risk"]
    return parts.with_columns(
        risk=pl.col("closed") - pl.col("opened") - pl.sum_horizontal(causes)
    ).select(
        "loan_no", "loan_id", "recovered", *CAUSES,
        group=pl.coalesce("group_after", "group"),
        stage_before=pl.when(was).then("stage"), stage_after=pl.when(stands).then("stage_after"),
        opening="opened", closing="closed",
    )  # fmt: skip


def _measure(stage: pl.Expr) -> pl.Expr:
    """What the earlier point's loan would have been measured at in a stage, by the later rules."""
    impaired = _whole(pl.col("later_claim_cents") * pl.col("later_lgd_ratio"))
    measure = pl.when(stage == STAGES[0]).then("later_ecl_year_cents").when(stage == STAGES[2]).then(impaired)
    stays = pl.col("later_stage") == stage
    return pl.when(stays).then("later_ecl_model_cents").otherwise(measure.otherwise("later_ecl_lifetime_cents"))


def _whole(cents: pl.Expr) -> pl.Expr:
    return (cents + 0.5).floor().cast(pl.Int64)


def _open_ends(items: Sequence[Row], by: Grouping | None) -> Iterator[str]:
    for each in items:
        if sum(amount(each[name]) for name in LINES[:-1]) != each["closing"]:
            yield "allowance" if by is None else f"{by} {each[by]}"


def _sums(held: pl.DataFrame) -> dict[str, int]:
    return {name: int(held[name].sum()) for name in _SUMS}


def _money(names: Sequence[str] = _SUMS) -> tuple[Column, ...]:
    return tuple(Column(name, "money") for name in names)


def _by_line(loans: pl.DataFrame) -> Sheet:
    total = _sums(loans)
    ends: dict[str, Standing] = {"opening": "subtotal", "closing": "total", MEMO: "ratio", "charge": "ratio"}
    lines: list[Row] = [
        row(ends.get(name, "item"), movement=name, loans=int((loans[name] != 0).sum()), balance=total[name])
        for name in _SUMS
    ]
    _, charge = rolled_forward(total["opening"], {name: total[name] for name in CAUSES})
    lines.insert(-1, row("ratio", movement="charge", loans=None, balance=charge))
    return Sheet(
        "allowance", (Column("movement", "word"), Column("loans", "count"), Column("balance", "money")), tuple(lines)
    )


def _by_stage(moved: pl.DataFrame) -> Sheet:
    """The roll-forward by stage: what opened in a stage goes over to the stage the loan is in, and moves there."""
    at = pl.coalesce("stage_after", "stage_before")
    staged = moved.with_columns(at=at.cast(pl.String), was=pl.col("stage_before").cast(pl.String))
    crossed = staged.filter(pl.col("was").is_not_null() & (pl.col("was") != pl.col("at")))
    first = staged.filter(pl.col("opening") != 0)
    lines: list[Row] = [
        row("subtotal", movement="opening", **_spread(first, "opening", "was")),
        row("item", movement="transferred_in", **_spread(crossed, "stood", "at")),
        row("item", movement="transferred_out", **_spread(crossed, "stood", "was", sign=-1)),
        *(row("item", movement=name, **_spread(staged, name, "at")) for name in CAUSES),
        row("total", movement="closing", **_spread(staged, "closing", "at")),
    ]
    return Sheet("allowance_stages", (Column("movement", "word"), *_money((*STAGES, "total"))), tuple(lines))


def _spread(rows: pl.DataFrame, name: str, stage: str, *, sign: int = 1) -> dict[str, int]:
    sums = dict(rows.group_by(stage).agg(pl.col(name).sum()).iter_rows())
    cells = {each: sign * int(sums.get(each) or 0) for each in STAGES}
    return cells | {"total": sum(cells.values())}


def _by_month(moved: pl.DataFrame, days: Sequence[date]) -> Sheet:
    balance = int(moved["opening"].sum())
    opening, lines = balance, list[Row]()
    for later in days[1:]:
        ways = added(moved.filter(pl.col("until") == later).select(*CAUSES, MEMO).sum().to_dicts(), [*CAUSES, MEMO])
        before, balance = balance, balance + sum(ways[name] for name in CAUSES)
        lines.append(row("item", until=str(later), opening=before, **ways, closing=balance))
    last = row("total", until="total", opening=opening, **added(lines, [*CAUSES, MEMO]), closing=balance)
    return Sheet("allowance_months", (Column("until", "text"), *_money()), (*lines, last))


def _by_group(items: Sequence[Row], by: Grouping) -> Sheet:
    last = row("total", **total_of_groups(by), **added(items, _SUMS))
    return Sheet(f"allowance_by_{by}", (*group_columns(by), *_money()), (*items, last))


def _by_loan(groups: Sequence[tuple[Row, pl.DataFrame]], by: Grouping | None) -> Sheet:
    lines = [
        row("item", **named, **each)
        for named, held in groups
        for each in held.select("loan_id", *_SUMS).iter_rows(named=True)
    ]
    total = row("total", **total_of_groups(by), loan_id="total", **added(lines, _SUMS))
    columns = (*group_columns(by), Column("loan_id", "text"), *_money())
    return Sheet("allowance_loans", columns, (*lines, total), on_screen=False)
