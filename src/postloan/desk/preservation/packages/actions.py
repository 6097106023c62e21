"""What is done about a package: filled, looked into, priced, bid for, agreed to, and handed to the night."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.book.ways_out import check_alone
from postloan.desk.core.actions import (
    check_begins,
    check_seen,
    move,
    record,
    refuse_past,
    require,
    require_reason,
)
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Decision, Officer, Org
from postloan.desk.disposal.outcomes.barred import bars_of, check_sold
from postloan.desk.disposal.outcomes.reckoned import changes_of, effective_day, owed_parts
from postloan.desk.preservation.grants import WRITE, rules_on
from postloan.desk.preservation.models import Bid, Package, PackageCheck, PackageLoan
from postloan.desk.preservation.packages.candidates import loans_owed
from postloan.desk.preservation.packages.eligible import allocated, count_is_right
from postloan.desk.preservation.queries import one_held
from postloan.errors import FormWrong, IllegalMove, NotFoundHere
from postloan.tables.said import said

SALE = "package_sale"
GROUND = "batch_transfer"
State = Package.State


@transaction.atomic
def package_open(officer: Officer, org: Org, *, package_id: UUID, name: str, kind: str, day: BusinessDay) -> Package:
    """Draw up an empty package in an office. Twice with one package_id is once.

    Permission  preservation.write in the office. Leaves a package, an audit entry. Raises NotPermitted, FormWrong.
    """
    refuse_past(day)
    require(officer, WRITE, org=org)
    if not name.strip() or kind not in Package.Kind.values:
        raise FormWrong(message=_("资产包名称或种类没有填写。"), hint=_("请补充后再提交。"))
    asked = [{"item": each.item, "zh": each.zh, "en": each.en} for each in rules_on(day).diligence]
    made, is_new = Package.objects.get_or_create(
        id=package_id,
        defaults={"org": org, "state": State.DRAFT, "name": name.strip()[:200], "kind": kind, "on": day.on,
                  "asked": asked, "made_by": officer},
    )  # fmt: skip
    if is_new:
        record(officer, "package.opened", made, org=org, run_id=day.run_id, kind=kind)
    return made


@transaction.atomic
def package_fill(
    officer: Officer, package_id: UUID, rows: Sequence[Mapping[str, Any]], worths: Mapping[str, int], *,
    day: BusinessDay,
) -> list[PackageLoan]:  # fmt: skip
    """Put loans into a package; one that is in it already stays as it is.

    rows    of the loans, within the officer's offices; worths what each is worth if it is kept, in cents.

    Permission  preservation.write in the package's office, over which the loans' offices lie.
    Leaves      loans, an audit entry. Raises NotPermitted, FormWrong where a rule keeps one out, IllegalMove where one
                goes another way already.
    """
    refuse_past(day)
    held = one_held(Package, package_id, "org")
    require(officer, WRITE, org=held.org)
    check_begins(held, [State.DRAFT])
    elsewhere = PackageLoan.objects.exclude(package=held).exclude(package__state=State.DROPPED)
    taken = set(elsewhere.filter(loan_id__in=[row["loan_id"] for row in rows]).values_list("loan_id", flat=True))
    paths = dict(Org.objects.filter(pk__in={row["org_id"] for row in rows}).values_list("pk", "path"))
    for row in rows:
        bars = [said("package_bar", each.bar, "zh") for each in bars_of(row, held.kind, rules_on(day), day.on)]
        bars += [_("已在其他资产包中")] if row["loan_id"] in taken else []
        bars += [] if paths.get(row["org_id"], "").startswith(held.org.path) else [_("不在资产包所属机构内")]
        if bars:
            raise FormWrong(
                message=_("%(loan)s 不能入包：%(why)s") % {"loan": row["loan_id"], "why": "；".join(bars)},
                hint=_("请从名单中去掉。"), where={"loan_id": row["loan_id"]},
            )  # fmt: skip
    check_alone([row["loan_id"] for row in rows], day, but=held.subject)
    PackageLoan.objects.bulk_create(
        [
            PackageLoan(
                package=held, loan_id=row["loan_id"], debtor_id=row["debtor_id"], tier=row["tier"], added_by=officer,
                debtor_name=str(row["debtor_name"] or "")[:200], principal_cents=row["outstanding_cents"],
                interest_cents=row["arrears_cents"] or 0, worth_cents=worths[row["loan_id"]],
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    record(officer, "package.filled", held, org=held.org, run_id=day.run_id, loans=[row["loan_id"] for row in rows])
    return list(held.loans.all())


@transaction.atomic
def loan_take_out(officer: Officer, package_id: UUID, loan_id: str, *, day: BusinessDay) -> None:
    """Take a loan out of a package that is being filled. Permission preservation.write. Leaves an audit entry."""
    refuse_past(day)
    held = one_held(Package, package_id, "org")
    require(officer, WRITE, org=held.org)
    check_begins(held, [State.DRAFT])
    held.loans.filter(loan_id=loan_id).delete()
    record(officer, "package.loan_out", held, org=held.org, run_id=day.run_id, loan_id=loan_id)


@transaction.atomic
def package_check(
    officer: Officer, package_id: UUID, item: str, *, finding: str, is_fault: bool, day: BusinessDay
) -> PackageCheck:
    """Say what was found of an item of due diligence; said again, the last word stands.

    Permission  preservation.write in the office. Leaves a check with who and when, an audit entry.
    Raises NotPermitted, ReasonMissing, FormWrong, IllegalMove.
    """
    refuse_past(day)
    held = one_held(Package, package_id, "org")
    require(officer, WRITE, org=held.org)
    check_begins(held, [State.DRAFT])
    if item not in {each["item"] for each in held.asked}:
        raise FormWrong(message=_("清单中没有这一项。"), hint=_("请刷新页面。"), where={"field": "item"})
    finding = require_reason(finding)
    made, _is_new = PackageCheck.objects.update_or_create(
        package=held, item=item, defaults={"finding": finding, "is_fault": is_fault, "by": officer}
    )
    record(officer, "package.checked", held, org=held.org, run_id=day.run_id, reason=finding, item=item,
           is_fault=is_fault)  # fmt: skip
    return made


@transaction.atomic
def package_price(
    officer: Officer, package_id: UUID, *, reserve_cents: int, reason: str, seen_version: int, day: BusinessDay
) -> Package:
    """Set the reserve of a package that is full and was looked into (定价). What it is worth kept stands beside it.

    Permission  preservation.write in the office. Move draft -> priced. Leaves an audit entry.
    Raises NotPermitted, StaleView, IllegalMove, ReasonMissing, FormWrong where accounts or checks are missing.
    """
    refuse_past(day)
    held = one_held(Package, package_id, "org")
    require(officer, WRITE, org=held.org)
    reason, rules = require_reason(reason), rules_on(day)
    accounts = held.loans.values("debtor_id").distinct().count()
    if not count_is_right(held.kind, accounts, rules):
        raise FormWrong(
            message=_("户数不符合要求：现有 %(n)s 户，批量转让至少 %(least)s 户，单户转让为一户。")
            % {"n": accounts, "least": rules.batch.accounts},
            hint=_("依据：%s") % rules.batch.cite, where={"accounts": accounts},
        )  # fmt: skip
    looked_into = set(held.checks.filter(is_fault=False).values_list("item", flat=True))
    if left := [each["zh"] for each in held.asked if each["item"] not in looked_into]:
        raise FormWrong(message=_("尽职调查未完成或有障碍：%s") % "、".join(left[:5]), hint=_("请先完成尽职调查。"))
    held.reserve_cents = reserve_cents
    before = move(held, State.PRICED, seen_version=seen_version)
    held.save(update_fields=["reserve_cents"])
    worth_cents = sum(held.loans.values_list("worth_cents", flat=True))
    record(officer, "package.priced", held, org=held.org, run_id=day.run_id, reason=reason, before=before,
           reserve_cents=reserve_cents, worth_cents=worth_cents)  # fmt: skip
    return held


@transaction.atomic
def package_move(
    officer: Officer, package_id: UUID, to: str, *, reason: str, seen_version: int, day: BusinessDay
) -> Package:
    """Put a priced package up for bids, back to be filled, or give it up. Permission preservation.write.

    Move  priced -> bidding or draft; anything before a sale -> dropped. Leaves an audit entry.
    Raises NotPermitted, StaleView, IllegalMove, ReasonMissing.
    """
    refuse_past(day)
    held = one_held(Package, package_id, "org")
    require(officer, WRITE, org=held.org)
    reason = require_reason(reason)
    check_seen(held, seen_version)
    check_begins(held, [State.DRAFT, State.PRICED, State.BIDDING])
    if to not in {State.DRAFT, State.BIDDING, State.DROPPED}:
        raise FormWrong(message=_("没有这种操作。"), hint=_("请使用页面上的按钮。"), where={"field": "to"})
    before = move(held, to, seen_version=seen_version)
    record(officer, "package.moved", held, org=held.org, run_id=day.run_id, reason=reason, before=before, after=to)
    return held


@transaction.atomic
def bid_make(
    officer: Officer, package_id: UUID, *, bid_id: UUID, bidder: str, price_cents: int, on: date, day: BusinessDay
) -> Bid:
    """Keep what somebody offers for a package. Twice with one bid_id is once.

    Permission  preservation.write in the office. Leaves a bid, an audit entry. Raises NotPermitted, IllegalMove,
    FormWrong.
    """
    refuse_past(day)
    held = one_held(Package, package_id, "org")
    require(officer, WRITE, org=held.org)
    check_begins(held, [State.BIDDING])
    if not bidder.strip() or on > day.on:
        raise FormWrong(message=_("报价方或报价日不对。"), hint=_("报价日不晚于营业日。"), where={"field": "bidder"})
    made, is_new = Bid.objects.get_or_create(
        id=bid_id,
        defaults={"package": held, "bidder": bidder.strip()[:200], "price_cents": price_cents, "on": on,
                  "made_by": officer},
    )  # fmt: skip
    if is_new:
        record(officer, "package.bid", held, org=held.org, run_id=day.run_id, bidder=made.bidder,
               price_cents=price_cents)  # fmt: skip
    return made


@transaction.atomic
def sale_propose(
    officer: Officer, package_id: UUID, bid_id: UUID, *, reason: str, seen_version: int, day: BusinessDay
) -> Package:
    """Propose to sell a package to a bidder; the chain goes by what is lost.

    Permission  preservation.write in the office, for the loss. Move bidding -> proposed.
    Leaves      a case that waits for the next step, work, an audit entry.
    Raises NotPermitted, StaleView, ReasonMissing, FormWrong where the price is below the reserve; IllegalMove where a
    loan left the book, or the law does not let it be sold any more.
    """
    refuse_past(day)
    held, reason = one_held(Package, package_id, "org"), require_reason(reason)
    check_seen(held, seen_version)
    check_begins(held, [State.BIDDING])
    bid = held.bids.filter(pk=bid_id).first()
    if bid is None or bid.price_cents < (held.reserve_cents or 0):
        raise FormWrong(
            message=_("报价低于底价，或没有这个报价。"), hint=_("请重新定价后再报价。"), where={"field": "bid"}
        )
    _owed_and_sold(held, day)
    loss_cents = max(sum(held.loans.values_list("principal_cents", flat=True)) - bid.price_cents, 0)
    case = case_drawn_up(
        SALE, subject=held.subject, title=held.name, page=reverse("preservation:package", args=[held.pk]),
        org_id=held.org_id, amount_cents=loss_cents, day=day,
    )  # fmt: skip
    case.save()
    held.approval, held.winner = case, bid
    held.save(update_fields=["approval", "winner"])
    move(held, State.PROPOSED, seen_version=seen_version)
    case_work(step_first(officer, case, reason=reason, day=day), on=day.on)
    return held


@transaction.atomic
def sale_decide(
    officer: Officer, package_id: UUID, verdict: str, *, seen_version: int, reason: str, day: BusinessDay
) -> Package:
    """Take the step that a sale waits for: agree, or turn it down with a reason.

    seen_version  of the case that the page showed.

    Permission  the step's action in the office, for the loss; another person than at the other steps.
    Move        proposed -> sold, or back to bidding.
    Leaves      after the last step the price shared among the loans, and for each a write-off of all that is owed on it
                that tells what the price met, for the next night.
    Raises NotPermitted, SamePerson, StaleView, ReasonMissing, NotFoundHere; IllegalMove where a loan left the book, or
    the law does not let it be sold any more.
    """
    refuse_past(day)
    held = one_held(Package, package_id, "org")
    check_begins(held, [State.PROPOSED])
    if held.approval_id is None or held.winner_id is None:
        raise NotFoundHere(message=_("没有这个审批事项。"), hint=_("请从列表进入。"))
    case = case_held(held.approval_id)
    verdict_take(officer, case, verdict, seen_version=seen_version, reason=reason, day=day)
    if case.state == Case.State.REFUSED:
        move(held, State.BIDDING, seen_version=held.version)
    elif case.state == Case.State.APPROVED:
        move(held, State.SOLD, seen_version=held.version)
        _sell(officer, held, held.bids.get(pk=held.winner_id), day)
    case_work(case, on=day.on, note=reason)
    return held


def _sell(officer: Officer, held: Package, bid: Bid, day: BusinessDay) -> None:
    """Share the price by what each loan owes today, and decide its transfer as that of a single claim is decided."""
    loans, on, owed = list(held.loans.order_by("loan_id")), effective_day(day), _owed_and_sold(held, day)
    decisions = []
    shares = allocated(bid.price_cents, [owed[each.loan_id]["outstanding_cents"] for each in loans])
    for loan, price_cents in zip(loans, shares, strict=True):
        parts = owed_parts(owed[loan.loan_id])
        loan.price_cents, loan.principal_cents, loan.interest_cents = price_cents, parts["principal"], parts["interest"]
        for change in changes_of("transfer", parts, {}, price_cents, GROUND):
            loan.decision = Decision(
                id=uuid5(held.pk, loan.loan_id), kind=change.kind, loan_id=loan.loan_id, debtor_id=loan.debtor_id,
                effective_on=on, terms=dict(change.terms), decided_by=officer, org_id=owed[loan.loan_id]["org_id"],
            )  # fmt: skip
            decisions.append(loan.decision)
    Decision.objects.bulk_create(decisions)
    PackageLoan.objects.bulk_update(loans, ["price_cents", "principal_cents", "interest_cents", "decision"])
    held.price_cents, held.buyer, held.sold_on = bid.price_cents, bid.bidder, on
    held.save(update_fields=["price_cents", "buyer", "sold_on"])
    record(officer, "package.sold", held, org=held.org, run_id=day.run_id, buyer=bid.bidder,
           price_cents=bid.price_cents, shares={each.loan_id: each.price_cents for each in loans})  # fmt: skip


def _owed_and_sold(held: Package, day: BusinessDay) -> dict[str, dict[str, Any]]:
    """What each loan of a package owes today, where all are on the book, may be sold and go no other way.

    Raises IllegalMove.
    """
    loan_ids = list(held.loans.values_list("loan_id", flat=True))
    owed = {row["loan_id"]: row for row in loans_owed(day, loan_ids)}
    if gone := [each for each in loan_ids if each not in owed]:
        raise IllegalMove(
            message=_("这些借据已不在表内：%s") % "、".join(gone[:5]), hint=_("请否决后退回组包，移出这些借据。")
        )
    check_sold(list(owed.values()), held.kind, day)
    check_alone(loan_ids, day, but=held.subject)
    return owed
