"""Which step a proceeding may take from which stage, and where it leads; words as feed `legal_event` has them."""

from collections.abc import Mapping

from postloan.desk.disposal.models import Lawsuit

State = Lawsuit.State

OF_A_THING = ("seal", "freeze", "released")
"""Steps about one thing: they name it and its kind, since each kind is held for a time of its own (DSP-27)."""
_MOVES: Mapping[str, Mapping[str, str]] = {
    State.PREPARED: {
        "presuit_preservation": State.PREPARED, "filing": State.FILED, "arbitration": State.FILED,
        "payment_order": State.FILED, "notarised_enforcement": State.JUDGED, "settled": State.CLOSED,
    },
    State.FILED: {
        "preservation": State.FILED, "judgment": State.JUDGED, "award": State.JUDGED,
        "mediation_record": State.JUDGED, "withdrawn": State.CLOSED, "dismissed": State.CLOSED,
        "settled": State.CLOSED,
    },
    State.JUDGED: {"enforcement": State.ENFORCED, "settled": State.CLOSED},
    State.ENFORCED: {
        "execution_terminated": State.CLOSED, "enforcement_withdrawn": State.CLOSED, "settled": State.CLOSED,
    },
    State.AUCTIONED: {
        "auction_ended": State.ENFORCED, "execution_terminated": State.CLOSED, "settled": State.CLOSED,
    },
}  # fmt: skip
# Things are seized, seized anew and let go at any stage, and none of that moves the proceeding.
LEADS: Mapping[str, Mapping[str, str]] = {
    **{stage: {**steps, **dict.fromkeys(OF_A_THING, stage)} for stage, steps in _MOVES.items()},
    State.CLOSED: {},
}
"""From a stage, the steps there are, and the stage that each leads to. Auctions are published, not typed as steps."""
ADJUDICATES = frozenset({"judgment", "award", "mediation_record"})
"""Steps that say how much is owed, and by when it is to be paid."""
TOLD_TO_NOBODY = frozenset({"settled"})
"""Steps of which the law of time makes nothing: they are not handed to the night."""
