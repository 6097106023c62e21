"""The yearly stress of the bank's collateral: its result is kept, with what is done about it, once another agrees."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.collateral.matters.actions import effects, matter_made
from postloan.desk.collateral.models import Matter
from postloan.desk.core.actions import record
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.desk.core.officers.queries import head_office
from postloan.plan.collateral_asked import stressed
from postloan.rules.collateral_desk import StressRule


@transaction.atomic
def stress_propose(
    officer: Officer, *, measures: str, matter_id: UUID, rule: StressRule, day: BusinessDay
) -> Matter:  # fmt: skip
    """Propose the stress of the day as this year's, with the measures taken on it. Twice with one matter_id is once.

    Permission  collateral.write in head office: the stress is of the whole bank.
    Raises what matter_made raises.
    Source  regulations COL-08.
    """
    org = head_office()
    rows = stressed(day.home, day.on, rule.falls_e8, org_ids=None).to_dicts()
    return matter_made(
        officer, Matter.Kind.STRESS, matter_id=matter_id, org=org, title=_("押品压力测试"), reason=measures,
        told={"stress": rows, "cite": str(rule.cite)}, amount_cents=0, day=day,
    )  # fmt: skip


def _agreed(matter: Matter, officer: Officer, day: BusinessDay) -> None:
    record(officer, "collateral.stressed", matter, org=matter.org, run_id=day.run_id, rows=matter.told["stress"])


effects(Matter.Kind.STRESS, agreed=_agreed)
