"""`postloan prune`: what the rule of retention lets go, less what anybody signed."""

from pathlib import Path

from postloan.errors import DeskNotReady
from postloan.night.alone import alone
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.retention import Retention
from postloan.snapshot.pruning import Prunable, prunable, prune
from postloan.snapshot.read import published_days


def pruned(home: Path, *, is_tried: bool, has_desk: bool) -> Prunable:
    """Remove what the rule in force on the last published day lets go, or only find it. The desk is set up.

    has_desk  False for a home whose desk never opened: nobody signed anything there.

    Raises HomeBusy while a night or closing is at work, DeskNotReady, ClosingsDamaged, SnapshotDamaged.
    """
    days = published_days(home)
    if not days:
        return Prunable((), (), 0)
    rule = load_desk_rules(home).version("retention", Retention, days[-1])
    with alone(home):
        found = prunable(home, rule.daily.months, _signed() if has_desk else frozenset())
        if not is_tried:
            prune(home, found)
    return found


def _signed() -> frozenset[str]:
    """The runs that signatures refer to: quarters that were classed, allowances that were reviewed or signed."""
    from postloan.desk.classification.models import Batch  # noqa: PLC0415 - needs Django set up
    from postloan.desk.core.models import AdoptedDay  # noqa: PLC0415
    from postloan.desk.impairment.models import RunSign  # noqa: PLC0415

    if not AdoptedDay.objects.exists():
        # Another database than the one people signed in would let go of what they signed.
        raise DeskNotReady(
            message="This desk adopted no day yet, so nobody can have signed anything in it.",
            hint="Look at DATABASE_URL; a home without a desk is pruned with --no-desk.",
        )
    return frozenset(Batch.objects.values_list("run_id", flat=True)) | frozenset(
        RunSign.objects.values_list("run_id", flat=True)
    )
