"""Which stresses of collateral the bank has kept, and by when the next is due."""

from collections.abc import Sequence
from datetime import date

from postloan.desk.collateral.models import Matter
from postloan.desk.inspection.opening.due import months_later
from postloan.rules.collateral_desk import StressRule


def stresses_kept(on: date) -> list[Matter]:
    """The stresses that were agreed to by a day, the latest first."""
    kept = Matter.objects.filter(kind=Matter.Kind.STRESS, state=Matter.State.APPROVED, on__lte=on)
    return list(kept.select_related("made_by").order_by("-on", "-pk"))


def stress_due(rule: StressRule, kept: Sequence[Matter]) -> date | None:
    """By when the next stress is due: so many months after the last that was kept. None where none ever was."""
    return months_later(kept[0].on, rule.months) if kept else None
