"""What pages read of proceedings: their steps, what may follow, and auctions with what of them breaks the law."""

from collections.abc import Container
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from postloan.desk.core.authority import within
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk
from postloan.desk.disposal.courts.steps import LEADS
from postloan.desk.disposal.models import AuctionRound, DisposalCase, Lawsuit, LawsuitStep
from postloan.errors import NotFoundHere
from postloan.rules.judicial_sale import JudicialSale, Round
from postloan.rules.rulebook import load_rulebook
from postloan.tables.said import said


@dataclass(frozen=True)
class FaultTold:
    """What of a round breaks the law, in words, and the clause."""

    said: str
    cite: str


@dataclass(frozen=True)
class RoundTold:
    """A round, and what of it breaks the law."""

    round: AuctionRound
    faults: list[FaultTold]


@dataclass(frozen=True)
class SuitTold:
    """A proceeding, those of its loans that the desk may see, the steps that may follow, and its auctions."""

    suit: Lawsuit
    loan_ids: list[str]
    steps: list[LawsuitStep]
    may_follow: list[str]
    rounds: list[RoundTold]


def suits_seen(desk: Desk) -> QuerySet[Lawsuit]:
    """The proceedings of the desk's offices."""
    return within(Lawsuit.objects.select_related("case", "org", "opened_by"), desk.scope)


def suit_seen(desk: Desk, lawsuit_id: UUID) -> Lawsuit:
    """One proceeding. Raises NotFoundHere where it is outside the desk's offices."""
    found = suits_seen(desk).filter(pk=lawsuit_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项诉讼，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def round_seen(desk: Desk, round_id: UUID) -> AuctionRound:
    """One auction. Raises NotFoundHere where it is outside the desk's offices."""
    found = within(AuctionRound.objects.select_related("lawsuit"), desk.scope).filter(pk=round_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这次拍卖，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def suits_of(case: DisposalCase, day: BusinessDay, mine: Container[str]) -> list[SuitTold]:
    """The proceedings of a case, each with its steps and auctions; `mine` are the loans that the desk may see."""
    steps = Prefetch("steps", LawsuitStep.objects.select_related("taken_by"))
    suits = case.lawsuits.select_related("opened_by").prefetch_related(steps, "rounds")
    return [
        SuitTold(
            suit, [each for each in suit.loan_ids if each in mine], list(suit.steps.all()), list(LEADS[suit.state]),
            rounds_told(list(suit.rounds.all()), day),
        )
        for suit in suits
    ]  # fmt: skip


def rounds_told(rounds: list[AuctionRound], day: BusinessDay) -> list[RoundTold]:
    """Hold rounds against the law of the day on which each is held.

    Source  rulebook: judicial_sale; regulations DSP-20 to DSP-23.
    """
    book = load_rulebook(day.home)
    told = []
    for each in rounds:
        law = book.version_if_any("judicial_sale", JudicialSale, each.held_on)
        faults = _faults(law, each, _failed_before(rounds, each)) if law else []
        told.append(RoundTold(each, faults))
    return told


def _failed_before(rounds: list[AuctionRound], this: AuctionRound) -> AuctionRound | None:
    """The last round of the same thing that failed before one."""
    failed = [
        each
        for each in rounds
        if each.asset_id == this.asset_id and each.round < this.round and each.state == AuctionRound.State.FAILED
    ]
    return max(failed, key=lambda each: each.round, default=None)


def _faults(law: JudicialSale, this: AuctionRound, before: AuctionRound | None) -> list[FaultTold]:
    ended_on = before.ended_on if before else None
    found = law.faults(_round(this), _round(before) if before else None, ended_on)
    return [FaultTold(said("sale_fault", each.fault, language()) % each.bound, str(each.cite)) for each in found]


def _round(held: AuctionRound) -> Round:
    return Round(
        held.asset_kind, held.round, held.appraised_cents, held.start_cents, held.deposit_cents, held.told_on,
        held.notice_on, held.held_on,
    )  # fmt: skip
