"""What the pages of collateral read: how it stands on the day, its papers, matters, calls, documents."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from postloan.desk.book.narrow import collateral_rows, debtor_rows, file_of, kept, loan_rows
from postloan.desk.collateral.lines import line_reached
from postloan.desk.collateral.models import Call, Claim, Document, Matter
from postloan.desk.core.authority import rows_within, within
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.pages import Desk
from postloan.errors import NotFoundHere
from postloan.plan.dossier import loan_paper
from postloan.rules.collateral_desk import CollateralDesk
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.figures import ONE_E8
from postloan.snapshot.read import read_of_bank

_OF_FEEDS = (
    "collateral_id", "owner_id", "description", "custody", "status", "registered_on", "method", "valuer",
    "insurance_payee",
)  # fmt: skip


def rules_of(desk: Desk) -> CollateralDesk:
    """The desk's rules of collateral on the day."""
    return load_desk_rules(desk.day.home).version("collateral", CollateralDesk, desk.day.on)


def standing_seen(desk: Desk) -> pl.DataFrame:
    """How each collateral of the desk's offices stands, its description and its main debtor's name beside it.

    What secures no loan lies in no office: only who sees all offices sees it.
    """
    rows = rows_within(_standing(desk.day), desk.scope)
    return rows.with_columns(stock_line=line_reached(rules_of(desk).lines))


def _standing(day: BusinessDay) -> pl.DataFrame:
    return kept(file_of(day, "collateral_standing"), lambda: _made(day))


def _made(day: BusinessDay) -> pl.DataFrame:
    rows = read_of_bank(day.home, day.on, "collateral_standing")
    told = collateral_rows(day).select(_OF_FEEDS)
    whose = debtor_rows(day).select("debtor_id", debtor_name="name")
    words = rows.with_columns(pl.col("kind", "eligibility", "insurance").cast(pl.String))
    return words.join(told, on="collateral_id", how="left", maintain_order="left").join(
        whose, on="debtor_id", how="left", maintain_order="left"
    )


def collateral_seen(desk: Desk, collateral_id: str) -> dict[str, Any]:
    """How one collateral stands. Raises NotFoundHere where it is outside the desk's offices."""
    found = standing_seen(desk).filter(pl.col("collateral_id") == collateral_id)
    if found.is_empty():
        raise _not_here(desk, collateral_id)
    return found.row(0, named=True)


def loans_of(desk: Desk, collateral_id: str) -> list[dict[str, Any]]:
    """The loans that a collateral secures, its share of each, and each loan beside all its collateral."""
    shares = read_of_bank(desk.day.home, desk.day.on, "collateral_share").filter(
        pl.col("collateral_id") == collateral_id
    )
    loans = read_of_bank(desk.day.home, desk.day.on, "loan_to_value").select(
        "loan_no", "ltv_e8", "shortfall_cents", "value_cents", "collateral_count"
    )
    whose = debtor_rows(desk.day).select("debtor_id", debtor_name="name")
    rows = shares.join(loans, on="loan_no", how="left").join(whose, on="debtor_id", how="left").sort("loan_no")
    return rows_within(rows, desk.scope).to_dicts()


def loan_stands(desk: Desk, loan_id: str) -> Mapping[str, Any] | None:
    """A loan beside its collateral on the day; None where nothing secures it any more, or nothing is owed."""
    loans = read_of_bank(desk.day.home, desk.day.on, "loan_to_value").filter(pl.col("loan_id") == loan_id)
    return loans.row(0, named=True) if loans.height else None


def collateral_of(desk: Desk, loan_id: str) -> list[dict[str, Any]]:
    """The collateral of a loan: what each secures of it and its share, beside how each stands.

    is_mine  whether the desk may open the collateral: one of which another office holds the larger part is told only.
    """
    shares = read_of_bank(desk.day.home, desk.day.on, "collateral_share").filter(pl.col("loan_id") == loan_id)
    stands = _standing(desk.day).select("collateral_id", "kind", "value_cents", "eligibility", lies_in="org_id")
    rows = shares.join(stands, on="collateral_id", how="left").sort("rank", "collateral_id").to_dicts()
    return [{**row, "is_mine": row["lies_in"] in desk.scope} for row in rows]


def spread(desk: Desk, by: str) -> list[dict[str, Any]]:
    """How the value that counts is spread by class, region, valuer or custodian (COL-07), the largest part first.

    share  in 1e-8.
    """
    rows = standing_seen(desk)
    part = pl.col("region_code").str.head(2) if by == "region_code" else pl.col(by)
    parts = (
        rows.group_by(part.alias("part"))
        .agg(
            count=pl.len(), value_cents=pl.col("counted_cents").sum(), claim_cents=pl.col("claim_cents").sum(),
            shortfall_cents=pl.col("shortfall_cents").sum(),
        )
        .sort("value_cents", "part", descending=[True, False])
    )  # fmt: skip
    total = int(parts["value_cents"].sum())
    return [{**row, "share": row["value_cents"] * ONE_E8 // total if total else None} for row in parts.to_dicts()]


def matters_seen(desk: Desk) -> QuerySet[Matter]:
    """The matters of the desk's offices."""
    return within(
        Matter.objects.select_related("org", "case", "made_by", "call", "claim", "document", "given"), desk.scope
    )


def matter_seen(desk: Desk, matter_id: UUID) -> Matter:
    """One matter. Raises NotFoundHere where it is outside the desk's offices."""
    found = matters_seen(desk).filter(pk=matter_id).first()
    if found is None:
        raise _not_here(desk, str(matter_id))
    return found


def calls_seen(desk: Desk) -> QuerySet[Call]:
    """The calls of the desk's offices."""
    return within(Call.objects.select_related("org", "officer"), desk.scope)


def call_seen(desk: Desk, call_id: int) -> Call:
    """One call. Raises NotFoundHere where it is outside the desk's offices."""
    found = calls_seen(desk).filter(pk=call_id).first()
    if found is None:
        raise _not_here(desk, str(call_id))
    return found


def claims_seen(desk: Desk) -> QuerySet[Claim]:
    """The claims on insurers of the desk's offices."""
    return within(Claim.objects.select_related("org", "officer"), desk.scope)


def claim_seen(desk: Desk, claim_id: UUID) -> Claim:
    """One claim. Raises NotFoundHere where it is outside the desk's offices."""
    found = claims_seen(desk).filter(pk=claim_id).first()
    if found is None:
        raise _not_here(desk, str(claim_id))
    return found


def payments_for(desk: Desk, claim: Claim) -> list[dict[str, Any]]:
    """The payments in the core, since the insurer's answer, on the loans of a claim; what was reversed is left out."""
    return [] if claim.answered_on is None else payments_since(desk, claim.loan_ids, claim.answered_on)


def payments_since(desk: Desk, loan_ids: Collection[str], since: date) -> list[dict[str, Any]]:
    """The payments in the core on some loans from a day on, what was reversed left out.

    Returns payment_id, loan_id, paid_on, amount_cents.
    """
    found: list[dict[str, Any]] = []
    for loan_id in loan_ids:
        rows = loan_paper(desk.day.home, loan_id, "payments", desk.day.on)
        gone = [*rows["reverses_payment_id"].drop_nulls()]
        counts = pl.col("reverses_payment_id").is_null() & ~pl.col("payment_id").is_in(gone)
        later = rows.filter(counts & (pl.col("paid_on") >= since))
        found += later.select("payment_id", "paid_on", "amount_cents", loan_id=pl.lit(loan_id)).to_dicts()
    return found


def is_owed(desk: Desk, loan_ids: Collection[str]) -> bool:
    """Whether anything is owed on one of some loans on the day."""
    mine = loan_rows(desk.day).filter(pl.col("loan_id").is_in(list(loan_ids)))
    return mine.filter((pl.col("outstanding_cents") > 0) | (pl.col("arrears_cents") > 0)).height > 0


def documents_seen(desk: Desk) -> QuerySet[Document]:
    """The title documents of the desk's offices."""
    return within(Document.objects.select_related("org"), desk.scope)


def document_seen(desk: Desk, document_id: UUID) -> Document:
    """One title document. Raises NotFoundHere where it is outside the desk's offices."""
    found = documents_seen(desk).filter(pk=document_id).first()
    if found is None:
        raise _not_here(desk, str(document_id))
    return found


def _not_here(desk: Desk, asked: str) -> NotFoundHere:
    return NotFoundHere(
        message=_("没有找到“%s”，或不在您的机构范围内。") % asked[:64],
        hint=_("请从列表进入。"),
        where={"on": desk.day.on},
    )
