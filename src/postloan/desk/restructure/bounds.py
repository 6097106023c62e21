"""What stands against a restructuring: the bounds of the law, each with its clause, and consents that are missing."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from postloan.desk.book.write_off_grounds import lacks_said, owed_of, write_offs_on
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.figures import money
from postloan.desk.core.lists.cells import language
from postloan.desk.restructure.consents.queries import needs_consent, parties_asked, rules_on
from postloan.desk.restructure.models import Restructuring
from postloan.desk.restructure.tried import Tried
from postloan.desk.restructure.typed import off_cents_of
from postloan.errors import IllegalMove
from postloan.plan.options import MOVES_THE_END, Comparison, Outcome
from postloan.tables.said import said


@dataclass(frozen=True)
class Bound:
    """One demand of the law as a page tells it: by name, whether it is kept, in words, and its clause."""

    name: str
    is_kept: bool
    told: str
    cite: str


def bounds_of(outcome: Outcome, comparison: Comparison, day: BusinessDay) -> list[Bound]:
    """Every bound that an option meets or breaks; what has no place in the schedule is one, too."""
    told = [Bound(each.name, each.is_kept, _limit_said(each.name, each.told), each.cite) for each in outcome.limits]
    changes = list(zip(outcome.option.changes, outcome.states, strict=True))
    told += [
        Bound("place", is_kept=False, told=said("decision_kind", change.kind, language()), cite="")
        for change, state in changes
        if state not in {"in_force", "refused"}
    ]
    rules = rules_on(day)
    kinds = {change.kind for change, _state in changes}
    if kinds & set(MOVES_THE_END) and comparison.as_it_stands.loan["extension_latest_on"] is None:
        told.append(Bound("extension", is_kept=True, told=_("没有法定日期，请按产品最长期限人工核对"), cite=""))
    if kinds & set(rules.before_maturity.kinds):
        ends_on = comparison.as_it_stands.loan["matures_on"]
        told.append(Bound("before_maturity", ends_on > day.on, str(ends_on), str(rules.before_maturity.cite)))
    if off_cents := off_cents_of(outcome.option.changes):
        owed_cents = int(comparison.as_it_stands.loan["outstanding_cents"])
        told.append(
            Bound("write_off", off_cents <= owed_cents, money(owed_cents), str(write_offs_on(day).classed.cite))
        )
    if needs_consent(kinds, day):
        told.append(
            Bound("consent", is_kept=True, told=_("保证人、抵押人书面同意后方可批准"), cite=str(rules.consent.cite))
        )
    return told


def _limit_said(name: str, told: str) -> str:
    return said("tier", told, language()) if name == "restructuring_floor" else told


def check_bounds(tried: Tried, day: BusinessDay) -> None:
    """Stop what the law or the schedule does not let happen. Raises IllegalMove."""
    broken = [each for each in bounds_of(tried.outcome, tried.comparison, day) if not each.is_kept]
    if broken:
        raise IllegalMove(
            message=_("方案不符合规定或无法生效：%s。")
            % "；".join(f"{said('bound', each.name, language())} {each.told} {each.cite}".strip() for each in broken),
            hint=_("请回到方案比较，改正后重新提出。"),
            where={each.name: each.cite or each.told for each in broken},
        )


def check_write_off(tried: Tried, ground: str, day: BusinessDay) -> None:
    """Stop a part write-off of more than is on the book, or on a ground that the law does not give for the loan.

    tried  the option of today, with the loan's published row. Raises IllegalMove.
    Source rulebook: write_offs (DSP-03, DSP-04).
    """
    if not tried.typed.off_cents:
        return
    law = write_offs_on(day)
    # Papers are not kept here: whoever may write off sees to them. What the law asks of the loan itself is held.
    lacks = lacks_said(law.lacking(ground, owed_of(tried.loan), {each.item for each in law.asked(ground)}), {})
    if lacks:
        raise IllegalMove(message=_("部分核销的条件尚未满足。"), hint="；".join(lacks), where={"ground": ground})
    owed_cents = int(tried.loan["outstanding_cents"])
    if tried.typed.off_cents > owed_cents:
        raise IllegalMove(
            message=_("核销本金超过贷款余额 %s。") % money(owed_cents), hint=_("请回到方案比较，改正后重新提出。"),
            where={"off_cents": tried.typed.off_cents, "outstanding_cents": owed_cents},
        )  # fmt: skip


def check_consents(held: Restructuring, tried: Tried, day: BusinessDay) -> None:
    """Stop where somebody who stands for the loan has not consented in writing to what needs it. Raises IllegalMove."""
    if not needs_consent({change.kind for change in tried.typed.changes}, day):
        return
    missing = [each for each in parties_asked(held, day) if each.consent is None]
    if missing:
        raise IllegalMove(
            message=_("缺少担保人书面同意：%s。")
            % "、".join(f"{each.party_name} {each.security_id}" for each in missing),
            hint=_("请先上传书面同意，再批准。"),
            where={"cite": str(rules_on(day).consent.cite)},
        )
