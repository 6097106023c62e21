"""The scoreboard of counsel: what each firm was asked to do, what it won and recovered, and what that cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, Sum

from postloan.desk.core.pages import Desk
from postloan.desk.preservation.models import Firm, Mandate
from postloan.desk.preservation.queries import seen
from postloan.rules.figures import ONE_E8

_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Score:
    """A firm's mandates in the desk's offices.

    won_e8     won and settled, of those that are over; cost_e8 costs over what was recovered by those over.
    recovery_e8  recovered, of the claims of those over; days how long those over took. None where nothing is over.
    """

    firm: Firm
    running: int
    over: int
    won: int
    lost: int
    recovered_cents: int
    costs_cents: int
    won_e8: int | None
    recovery_e8: int | None
    cost_e8: int | None
    days: int | None


def scores(desk: Desk) -> list[Score]:
    """The firms by what they recover of the claims, the best first; those that nothing is known of last."""
    is_over, is_won = Q(state__in=Mandate.OVER), Q(state__in=["won", "settled"])
    took = ExpressionWrapper(F("closed_on") - F("opened_on"), output_field=DurationField())
    found = {
        each["firm"]: each
        for each in seen(desk, Mandate).order_by().values("firm").annotate(
            running=Count("pk", filter=~is_over), over=Count("pk", filter=is_over), won=Count("pk", filter=is_won),
            lost=Count("pk", filter=Q(state="lost")), cost_cents=Sum("costs_cents", default=0),
            back_cents=Sum("recovered_cents", default=0),
            claims=Sum("claim_cents", filter=is_over, default=0),
            spent=Sum("costs_cents", filter=is_over, default=0), took=Avg(took, filter=is_over),
        )
    }  # fmt: skip
    told = [_score(firm, found.get(firm.pk)) for firm in Firm.objects.all()]
    return sorted(told, key=lambda one: (one.recovery_e8 is None, -(one.recovery_e8 or 0), one.firm.name))


def _score(firm: Firm, told: Mapping[str, Any] | None) -> Score:
    known = told or dict.fromkeys(("running", "over", "won", "lost", "cost_cents", "back_cents", "claims", "spent"), 0)
    took = known.get("took")
    return Score(
        firm=firm, running=known["running"], over=known["over"], won=known["won"], lost=known["lost"],
        recovered_cents=known["back_cents"], costs_cents=known["cost_cents"],
        won_e8=_share(known["won"], known["over"]), recovery_e8=_share(known["back_cents"], known["claims"]),
        cost_e8=_share(known["spent"], known["back_cents"]),
        days=None if took is None else int(took.total_seconds() // _DAY_SECONDS),
    )  # fmt: skip


def _share(part: int, whole: int) -> int | None:
    return part * ONE_E8 // whole if whole else None
