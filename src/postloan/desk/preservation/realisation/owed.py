"""What has come in on the loans of an agreed sale since it was made, and which of them are owed yet."""

from typing import Any

from postloan.desk.collateral.models import ClaimPayment
from postloan.desk.collateral.queries import is_owed, payments_since
from postloan.desk.core.pages import Desk
from postloan.desk.preservation.models import Realisation, RealisationPayment


def came_since(desk: Desk, held: Realisation) -> list[dict[str, Any]]:
    """The core's payments since the sale on its loans, those that answer another sale or a claim left out."""
    if held.sold_on is None:
        return []
    rows = payments_since(desk, [each["loan_id"] for each in held.division["loans"]], held.sold_on)
    ids = [each["payment_id"] for each in rows]
    used = {
        *RealisationPayment.objects.filter(payment_id__in=ids).values_list("payment_id", flat=True),
        *ClaimPayment.objects.filter(payment_id__in=ids).values_list("payment_id", flat=True),
    }
    return [each for each in rows if each["payment_id"] not in used]


def loans_owed(desk: Desk, held: Realisation) -> dict[str, bool]:
    """Whether each loan of a sale is owed on the day."""
    return {each["loan_id"]: is_owed(desk, [each["loan_id"]]) for each in held.division["loans"]}
