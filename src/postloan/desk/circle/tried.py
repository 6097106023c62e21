"""A circle before and after what an officer tries, side by side, and the next cuts that would bring most."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

import polars as pl
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postloan.desk.circle.asked import Trial
from postloan.desk.circle.told import Party
from postloan.desk.core.figures import money
from postloan.plan.circles import Circle
from postloan.plan.derisking import Changes, Cut, Weighed, next_cuts, weigh
from postloan.rules.circle_rules import CircleRules
from postloan.rules.stresses import Contagion

N = TypeVar("N", int, float)


class Line(NamedTuple):
    """A figure before and after, and by how much it changes; the last two are empty where nothing was changed."""

    name: str
    before: str
    after: str = ""
    change: str = ""


class Member(NamedTuple):
    """A member that the page shows: its rank, its row in the circle, and when and how likely it falls.

    after  the same after the changes; None where nothing was changed.
    added  what was typed of new security, by way.
    """

    rank: int
    party: Party
    row: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any] | None
    is_gone: bool
    added: Mapping[str, str]


class Pair(NamedTuple):
    """A guarantee between two members that the page shows; `ranks` names it in the address."""

    ranks: str
    debtor: Party
    guarantor: Party
    called_cents: int
    is_released: bool


class CutTold(NamedTuple):
    """A next cut in words; `query` tries it, and those before it, on top of what is tried already."""

    said: str
    cut: Cut
    per_cent: str
    query: str


@dataclass(frozen=True)
class Tried:
    """What the page of a circle tells.

    cuts_tried, cuts_among  of so many guarantees and debtors the best was sought, out of so many.
    proposal  what was changed and what it brings, as a text to take along; empty where nothing was changed.
    """

    lines: list[Line]
    members: list[Member]
    pairs: list[Pair]
    cuts: list[CutTold]
    cuts_tried: int
    cuts_among: int
    proposal: str


def tried(circle: Circle, trial: Trial, parties: Mapping[int, Party], law: Contagion, rules: CircleRules) -> Tried:
    """Weigh a circle before and after a trial; parties: the members that the page shows, by number."""
    first = trial.first - trial.changes.gone
    changed = trial.changes.laid_on(circle)
    before = weigh(circle, trial.first, law, rules.trials)
    after = None if trial.is_empty else weigh(changed, first, law, rules.trials)
    found = next_cuts(changed, first, rules.next_cuts)
    ranks = {number: rank for rank, number in enumerate(circle.members["debtor_no"], 1)}
    lines = list(_lines(before, after))
    if after:
        lines += _given_up(circle, changed, trial.changes)
    names = {number: party.name for number, party in parties.items()}
    return Tried(
        lines, list(_members(circle, trial, parties, ranks, (before, after))),
        list(_pairs(circle, trial, parties, ranks)),
        list(_cuts(found.cuts, trial, names, ranks)), found.tried, found.among,
        "\n".join(_proposal(trial, names, lines)) if after else "",
    )  # fmt: skip


_COUNTS: tuple[tuple[Promise, Callable[[Weighed], int]], ...] = (
    (gettext_lazy("倒下户数"), lambda each: each.fallen),
    (gettext_lazy("圈内保证笔数"), lambda each: each.pair_count),
    (gettext_lazy("互保户数"), lambda each: each.core_count),
)
_SUMS: tuple[tuple[Promise, Callable[[Weighed], int]], ...] = (
    (gettext_lazy("倒下客户的风险暴露"), lambda each: sum(part.claim_cents for part in each.rounds)),
    (gettext_lazy("传导损失"), lambda each: each.lost_cents),
    (gettext_lazy("向保证人追索"), lambda each: each.called_cents),
    (gettext_lazy("其中保证人可代偿"), lambda each: each.paid_cents),
    (gettext_lazy("一年预期损失"), lambda each: each.expected_cents),
)


def _lines(before: Weighed, after: Weighed | None) -> Iterator[Line]:
    for name, of in _COUNTS:
        yield _line(str(name), of(before), of(after) if after else None, "{:,}".format)
    likely = after.expected_fallen if after else None
    yield _line(_("一年预期倒下户数"), before.expected_fallen, likely, "{:,.2f}".format)
    for name, of in _SUMS:
        yield _line(str(name), of(before), of(after) if after else None, money)


def _line(name: str, before: N, after: N | None, write: Callable[[N], str]) -> Line:
    if after is None:
        return Line(name, write(before))
    return Line(name, write(before), write(after), write(after - before))


def _given_up(circle: Circle, changed: Circle, changes: Changes) -> Iterator[Line]:
    """The guarantees that end, and the loans that are repaid: what the changes cost in cover and in business."""
    ended = circle.pairs.join(changed.pairs, on=["debtor_no", "guarantor_no"], how="anti")
    stands = circle.members.select(guarantor_no="debtor_no", buffer_cents="buffer_cents")
    payable = ended.join(stands, on="guarantor_no").select(pl.min_horizontal("called_cents", "buffer_cents").sum())
    repaid = circle.members.filter(pl.col("debtor_no").is_in(list(changes.gone)))["claim_cents"].sum()
    for name, cents in (
        (_("解除的保证"), int(ended["called_cents"].sum())), (_("其中保证人有能力代偿"), int(payable.item() or 0)),
        (_("退出的贷款"), int(repaid)), (_("新增的保证和押品"), sum(changes.support_cents.values())),
    ):  # fmt: skip
        yield Line(name, money(0), money(cents), money(cents))


def _members(
    circle: Circle, trial: Trial, parties: Mapping[int, Party], ranks: Mapping[int, int],
    weighed: tuple[Weighed, Weighed | None],
) -> Iterator[Member]:  # fmt: skip
    rows = {row["debtor_no"]: row for row in circle.members.iter_rows(named=True)}
    before, after = (
        None if each is None else {row["debtor_no"]: _fall(row) for row in each.members.iter_rows(named=True)}
        for each in weighed
    )
    assert before is not None  # noqa: S101 - the first of the two is always weighed
    for number, party in parties.items():
        added = {way: money(cents) for (way, whose), cents in trial.added_cents.items() if whose == number}
        yield Member(
            ranks[number], party, rows[number], before[number], after[number] if after else None,
            number in trial.changes.gone, added,
        )  # fmt: skip


def _fall(row: Mapping[str, Any]) -> dict[str, Any]:
    """In which round a member falls, None where it stands; and how likely it falls within a year."""
    return {
        "round": None if row["round"] < 0 else row["round"], "called_cents": row["called_cents"],
        "network_ratio": row["chance"] + row["along_ratio"],
    }  # fmt: skip


def _pairs(circle: Circle, trial: Trial, parties: Mapping[int, Party], ranks: Mapping[int, int]) -> Iterator[Pair]:
    for debtor, guarantor, cents in circle.pairs.iter_rows():
        if debtor in parties and guarantor in parties:
            is_released = (debtor, guarantor) in trial.changes.released
            named = f"{ranks[debtor]}-{ranks[guarantor]}"
            yield Pair(named, parties[debtor], parties[guarantor], cents, is_released)


def _cuts(cuts: tuple[Cut, ...], trial: Trial, names: Mapping[int, str], ranks: Mapping[int, int]) -> Iterator[CutTold]:
    asked = [*_asked(trial, ranks)]
    for cut in cuts:
        rank = ranks[cut.debtor_no]
        if cut.guarantor_no is None:
            asked.append(("gone", str(rank)))
            said = _("%s 清偿退出") % _name(names, cut.debtor_no, ranks)
        else:
            asked.append(("release", f"{rank}-{ranks[cut.guarantor_no]}"))
            said = _("解除 %(guarantor)s 对 %(debtor)s 的保证") % {
                "guarantor": _name(names, cut.guarantor_no, ranks), "debtor": _name(names, cut.debtor_no, ranks),
            }  # fmt: skip
        yield CutTold(said, cut, f"{cut.lowers_cents / cut.gives_up_cents:.1%}", urlencode(asked))


def _asked(trial: Trial, ranks: Mapping[int, int]) -> Iterator[tuple[str, str]]:
    """What is tried already, as the address says it."""
    if trial.falls:
        yield "falls", trial.falls
    for debtor, guarantor in sorted(trial.changes.released):
        yield "release", f"{ranks[debtor]}-{ranks[guarantor]}"
    for number in sorted(trial.changes.gone):
        yield "gone", str(ranks[number])
    for (way, number), cents in sorted(trial.added_cents.items()):
        yield f"{way}_{ranks[number]}", money(cents)


def _proposal(trial: Trial, names: Mapping[int, str], lines: list[Line]) -> Iterator[str]:
    ranks: dict[int, int] = {}
    for debtor, guarantor in sorted(trial.changes.released):
        yield _("解除 %(guarantor)s 对 %(debtor)s 的保证") % {
            "guarantor": _name(names, guarantor, ranks), "debtor": _name(names, debtor, ranks),
        }  # fmt: skip
    for number in sorted(trial.changes.gone):
        yield _("%s 清偿退出") % _name(names, number, ranks)
    for (way, number), cents in sorted(trial.added_cents.items()):
        told = {"name": _name(names, number, ranks), "amount": money(cents)}
        said = _("%(name)s 新增押品，可变现 %(amount)s")
        yield (_("%(name)s 新增圈外保证，可代偿 %(amount)s") if way == "guarantor" else said) % told
    for line in lines:
        yield _("%(name)s：%(before)s → %(after)s") % line._asdict()


def _name(names: Mapping[int, str], number: int, ranks: Mapping[int, int]) -> str:
    """The name of a member that the page shows; of another its rank."""
    return names.get(number) or _("圈内第 %d 户") % ranks.get(number, 0)
