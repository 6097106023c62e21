"""The lending door's interface for other systems."""

from datetime import date
from typing import Literal, cast

from django.http import HttpRequest
from ninja import Router, Schema

from postloan.desk.core.models import Officer
from postloan.desk.core.pages import desk_of
from postloan.desk.lending.actions import answer_record
from postloan.desk.lending.answers import lending_answer

router = Router(tags=["lending"])


class Because(Schema):
    """A rule that bars: its name, what it says, and its clause.

    place_confirmed  false while the article number is from memory.
    """

    rule: str
    zh: str
    en: str
    cite: str
    place_confirmed: bool


class Blocked(Schema):
    """Whether something is barred, and by which rules."""

    is_blocked: bool
    because: list[Because]


class FacilityOut(Schema):
    """A limit granted to the debtor."""

    facility_id: str
    limit_cents: int
    begins_on: date
    ends_on: date | None
    is_frozen: bool | None


class LendingOut(Schema):
    """What is known of a debtor on a business day, and what is barred.

    run_id  the snapshot that it rests on: with it, the answer can be reproduced.
    """

    debtor_id: str
    tier: Literal["pass", "special_mention", "substandard", "doubtful", "loss"]
    days_past_due: int
    is_frozen: bool
    frozen_by: str | None
    blocked: dict[Literal["new_credit", "increase", "renewal", "drawdown"], Blocked]
    facilities: list[FacilityOut]
    on: date
    run_id: str


@router.get("/{debtor_id}", response=LendingOut, summary="What a debtor may not have for now, and why")
def lending(request: HttpRequest, debtor_id: str, on: date | None = None) -> dict[str, object]:
    """Answer for a debtor of the caller's offices on the latest business day, or on the published day `on`.

    404 where no loan of the debtor is in the caller's offices: to the desk it is unknown, and bars nothing.
    """
    # The day is read where every page's is; it stands in the signature to be described, and to be a date.
    del on
    desk = desk_of(request, "lending.read")
    answer = lending_answer(desk, debtor_id)
    answer_record(cast("Officer", request.user), answer)
    return answer
