"""Steps of a proceeding, told to the next night."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from postloan.desk.core.actions import rows_give
from postloan.desk.core.legal_events import TABLE, legal_row
from postloan.desk.core.models import Officer
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.models import DisposalCase


def step_tell(
    officer: Officer,
    case: DisposalCase,
    deed: Deed,
    step: str,
    loan_ids: Sequence[str],
    on: date,
    *,
    ends_on: date | None = None,
    proof: str = "",
    asset_kind: str = "",
    asset_id: str = "",
) -> None:
    """Tell the next night of a step at law that concerns some loans. The same deed again changes nothing."""
    rows = [
        legal_row(
            f"DSP-{deed.id.hex}-{place}", loan_id, step, on, ends_on=ends_on, proof=proof, asset_kind=asset_kind,
            asset_id=asset_id,
        )
        for place, loan_id in enumerate(loan_ids)
    ]  # fmt: skip
    rows_give(
        rows_id=deed.id, table=TABLE, rows=rows, title=case.debtor_name, officer=officer, org=case.org,
        page=reverse("disposal:case", args=[case.pk]),
    )  # fmt: skip
