"""Releases of collateral, another pledged in its place or none: only while what is left covers the loans."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import polars as pl
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.collateral.given import gone_row
from postloan.desk.collateral.matters.actions import effects, matter_made
from postloan.desk.collateral.models import Document, Matter
from postloan.desk.core.actions import record, rows_give
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import FeedRows, Officer, Org
from postloan.desk.core.officers.queries import office_over
from postloan.errors import FormWrong, IllegalMove
from postloan.plan.collateral_asked import Asked, paper_of, released
from postloan.snapshot.read import read_of_bank


@transaction.atomic
def release_propose(
    officer: Officer, standing: Mapping[str, Any], *, replaced_by: str, reason: str, matter_id: UUID, day: BusinessDay
) -> Matter:
    """Propose to release a collateral, or to put another in its place. Twice with one matter_id is once.

    standing     as the page showed it, within the officer's offices.
    replaced_by  what secures the same loans in its place; empty where nothing does. What comes in place is pledged
                 and registered first: a mortgage that nobody registered covers nothing (COL-11, COL-12).

    Permission  collateral.write in the office, for what it secures.
    Raises what matter_made raises; FormWrong where what comes in place does not secure the loans; IllegalMove where a
    loan would fall short, or more than before.
    """
    key = str(standing["collateral_id"])
    if replaced_by:
        _check_in_place(key, replaced_by, day)
    if standing["status"] in {"released", "sold"}:
        raise IllegalMove(message=_("该押品已解押或已处置。"), hint=_("请刷新页面。"), where={"collateral": key})
    asked = enough_without(key, day)
    return matter_made(
        officer, Matter.Kind.RELEASE, matter_id=matter_id, org=office_over([standing["org_id"]]),
        title=str(standing["debtor_name"] or key), reason=reason, collateral_id=key,
        told={"replaced_by": replaced_by, "sums": asked.told, "loans": _loans(asked)},
        amount_cents=int(standing["claim_cents"]), day=day,
    )  # fmt: skip


def _check_in_place(collateral_id: str, replaced_by: str, day: BusinessDay) -> None:
    """Stop where a collateral does not secure, as registered, all that another secures. Raises FormWrong."""
    shares = read_of_bank(day.home, day.on, "collateral_share")
    held, other = (shares.filter(pl.col("collateral_id") == key) for key in (collateral_id, replaced_by))
    left = held.join(other, on="loan_no", how="anti")
    if replaced_by == collateral_id or left.height:
        raise FormWrong(
            message=_("置换的押品尚未担保这些借据。"), hint=_("请先办妥新押品的抵质押登记并由信贷系统送达。"),
            where={"field": "replaced_by", "loans": left["loan_id"].head(5).to_list()},
        )  # fmt: skip


def enough_without(collateral_id: str, day: BusinessDay) -> Asked:
    """Ask the plan what is left without a collateral. Raises IllegalMove where a loan would fall short by it."""
    asked = released(day.home, day.on, collateral_id)
    short = asked.fallen_short
    if short.height:
        raise IllegalMove(
            message=_("解押后 %(count)s 笔借据的押品不足，不能解押。") % {"count": short.height},
            hint=_("请先补充押品或归还贷款：%s。") % "、".join(short["loan_id"].head(5)),
            where={"loans": short["loan_id"].head(5).to_list()},
        )  # fmt: skip
    return asked


def check_papers_rest(collateral_id: str) -> None:
    """Stop while a title document of a collateral comes or goes. Raises IllegalMove."""
    moving = (Document.State.LEAVING, Document.State.RETURNING)
    if Document.objects.filter(collateral_id=collateral_id, state__in=moving).exists():
        raise IllegalMove(message=_("该押品的权证正在出入库，不能解押。"), hint=_("请先办完出入库。"))


def gone_tell(
    officer: Officer, collateral_id: str, status: str, *, title: str, org: Org, page: str, day: BusinessDay
) -> FeedRows:
    """Tell the next night that a collateral is released or sold; who may was asked, the caller's transaction."""
    (held,) = paper_of(day.home, day.on, collateral_id, "collateral").to_dicts()
    return rows_give(
        rows_id=uuid4(), table="collateral", rows=[gone_row(held, status)], title=title, officer=officer, org=org,
        page=page,
    )  # fmt: skip


def _loans(asked: Asked) -> list[dict[str, Any]]:
    columns = ["loan_id", "secured_cents", "ltv_e8", "ltv_e8_after", "shortfall_cents_after"]
    return asked.loans.select(columns).head(200).to_dicts()


def _agreed(matter: Matter, officer: Officer, day: BusinessDay) -> None:
    """Ask once more on the day of the last agreement, then tell the night."""
    check_papers_rest(matter.collateral_id)
    if matter.told["replaced_by"]:
        _check_in_place(matter.collateral_id, matter.told["replaced_by"], day)
    enough_without(matter.collateral_id, day)
    matter.given = gone_tell(
        matter.made_by, matter.collateral_id, "released", title=matter.title, org=matter.org,
        page=reverse("collateral:matter", args=[matter.pk]), day=day,
    )  # fmt: skip
    matter.save(update_fields=["given"])
    record(officer, "collateral.released", matter, org=matter.org, run_id=day.run_id,
           replaced_by=matter.told["replaced_by"], **matter.told["sums"])  # fmt: skip


effects(Matter.Kind.RELEASE, agreed=_agreed)
