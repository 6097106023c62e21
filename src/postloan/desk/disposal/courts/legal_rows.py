"""Steps at law as rows of feed `legal_event`, so that the next night lets the legal clocks follow them."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from postloan.desk.core.actions import rows_give
from postloan.desk.core.models import Officer
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.models import DisposalCase
from postloan.tables.inputs import FEED_TABLES

TABLE = "legal_event"
COLUMNS = tuple(name for name in FEED_TABLES[TABLE].create_empty().columns if name != "known_on")
_LONGEST_PROOF = 200


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
        dict.fromkeys(COLUMNS, "") | {
            "legal_event_id": f"DSP-{deed.id.hex}-{place}", "loan_id": loan_id, "kind": step,
            "happened_on": on.isoformat(), "ends_on": ends_on.isoformat() if ends_on else "",
            "proof": proof[:_LONGEST_PROOF], "asset_kind": asset_kind, "asset_id": asset_id,
        }
        for place, loan_id in enumerate(loan_ids)
    ]  # fmt: skip
    rows_give(
        rows_id=deed.id, table=TABLE, rows=rows, title=case.debtor_name, officer=officer, org=case.org,
        page=reverse("disposal:case", args=[case.pk]),
    )  # fmt: skip
