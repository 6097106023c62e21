"""Stresses of the book on a day: what would be lost under each, and how bad it must be until what is booked is gone."""

from datetime import date
from pathlib import Path

from postloan.desk.report.book import Within
from postloan.desk.report.form import Column, Report, Row, Sheet, row, share_e8, snapshot_of
from postloan.plan.stress import Outcome, Stressed, stressed
from postloan.rules.figures import ONE_E8

_COLUMNS = (
    Column("stress", "word"), Column("allowance", "money"), Column("more", "money"), Column("more_share", "share"),
    Column("stage_2", "money"), Column("stage_3", "money"),
)  # fmt: skip

_ROUNDS = (
    Column("stress", "word"), Column("round", "number"), Column("fallen", "number"), Column("fallen_claim", "money"),
)  # fmt: skip
_PASSERS = (
    Column("stress", "word"), Column("debtor_id", "text"), Column("round", "number"), Column("called", "money"),
    Column("buffer", "money"), Column("passed_on", "money"), Column("claim", "money"),
)  # fmt: skip
_NETWORK = (
    Column("debtor_id", "text"), Column("claim", "money"), Column("own_pd", "share"), Column("network_pd", "share"),
    Column("pd_added", "share"),
)  # fmt: skip


def stress(home: Path, on: date, *, within: Within = None) -> Report:
    """Report the allowance under each stress of the rulebook, beside what it is, and the way down to the reverse one.

    It is of the whole bank: `within` is None. Source: rulebook: stresses. Raises NothingPublished.
    """
    assert within is None  # noqa: S101 - whoever asks refuses it of some offices
    found = stressed(home, on)
    base = found.as_it_is.allowance_cents
    lines = [_line(each, base) for each in (found.as_it_is, *found.outcomes)]
    path: list[Row] = [
        row("item", factor=f"{factor:.2f}", allowance=cents, booked=found.booked_cents,
            spare=None if found.booked_cents is None else found.booked_cents - cents)
        for factor, cents in found.path
    ]  # fmt: skip
    breaks = "—" if found.breaks_at is None else f"{found.breaks_at:.2f}"
    path.append(row("total", factor=breaks, allowance=found.booked_cents, booked=found.booked_cents, spare=0))
    columns = (
        Column("factor", "text"), Column("allowance", "money"), Column("booked", "money"), Column("spare", "money"),
    )  # fmt: skip
    sheet = Sheet("stress", _COLUMNS, tuple(lines))
    shown = (sheet, *_contagion(found), Sheet("stress_reverse", columns, tuple(path)))
    return Report("stress", snapshot_of(home, on), None, sheet, shown)


def _contagion(found: Stressed) -> tuple[Sheet, Sheet, Sheet]:
    """Who falls in each round, who passes most on, and whom guarantees put most at risk."""
    rounds = [
        row("item", stress=name, round=at, fallen=each.debtors, fallen_claim=each.claim_cents)
        for name, spread in found.spreads.items()
        for at, each in enumerate(spread.rounds)
    ]
    passers = [
        row("item", stress=name, debtor_id=each.debtor_id, round=each.round, called=each.called_cents,
            buffer=each.buffer_cents, passed_on=each.passed_cents, claim=each.claim_cents)
        for name, spread in found.spreads.items()
        for each in spread.passers
    ]  # fmt: skip
    chances = [
        row("item", debtor_id=each.debtor_id, claim=each.claim_cents, own_pd=_share(each.own_ratio),
            network_pd=_share(each.own_ratio + each.along_ratio), pd_added=_share(each.along_ratio))
        for each in found.chances
    ]  # fmt: skip
    return (
        Sheet("stress_rounds", _ROUNDS, tuple(rounds)),
        Sheet("stress_passers", _PASSERS, tuple(passers)),
        Sheet("stress_network", _NETWORK, tuple(chances)),
    )


def _share(ratio: float) -> int:
    return round(ratio * ONE_E8)


def _line(outcome: Outcome, base: int) -> Row:
    more = outcome.allowance_cents - base
    share = share_e8(abs(more), base)
    return row(
        "subtotal" if outcome.name == "none" else "item", stress=outcome.name, allowance=outcome.allowance_cents,
        more=more, more_share=None if share is None else share * (1 if more >= 0 else -1),
        stage_2=outcome.stage_2_cents, stage_3=outcome.stage_3_cents,
    )  # fmt: skip
