"""What an agreement says: parties, what is changed, the new instalments, who consented, signatures; in Chinese."""

from typing import Any

from django.utils.translation import gettext as _

from postloan.desk.book.queries import loan_seen
from postloan.desk.core.figures import exact_percent, money
from postloan.desk.core.pages import Desk
from postloan.desk.restructure.consents.queries import parties_asked
from postloan.desk.restructure.models import Offer, Restructuring
from postloan.errors import IllegalMove
from postloan.tables.said import SAID, said

_TERMS_TOLD = ("approver", "note", "ground", "difficulty", "adjustment")
"""What of a decision is the bank's own affair."""
_COMPONENT = {
    "fee": "费用", "penalty": "罚息", "compound": "复利", "interest": "利息",
}  # fmt: skip


def agreement_of(desk: Desk, held: Restructuring) -> dict[str, Any]:
    """The agreement of what is proposed or approved. Raises IllegalMove where no offer was chosen yet."""
    offer, loan = held.chosen, loan_seen(desk, held.loan_id)
    if offer is None:
        raise IllegalMove(
            message=_("还没有选定方案，不能出具协议。"), hint=_("先报批双方同意的方案。"), where={"record": held.pk}
        )
    is_approved = held.state == Restructuring.State.APPROVED
    return {
        "title": "贷款重组协议" if held.difficulty else "贷款变更协议",
        "number": str(held.pk)[:8].upper(), "bank": held.org.name, "source": held.loan_id,
        "page_said": "第", "of_said": "页 共", "pages_said": "页",
        "state": "" if is_approved else "草稿：尚未批准，不得签署",
        "basics": [
            ["借款人", held.debtor_name], ["贷款人", held.org.name], ["借据号", held.loan_id],
            ["本金余额", f"{money(held.outstanding_cents)} {loan['currency']}"],
            ["原到期日", str(loan["matures_on"])], ["原执行年利率", f"{exact_percent(loan['rate_in_force_e8'])}%"],
            ["变更生效日", str(held.effective_on or "批准后次一营业日")],
            ["变更后到期日", str(offer.figures["ends_on"])],
        ],
        "changes": [[said("decision_kind", kind, "zh"), _terms_said(terms)] for kind, terms in offer.changes],
        "instalments": [
            [str(place), day, money(principal), money(interest), money(fee), money(principal + interest + fee)]
            for place, (day, principal, interest, fee) in enumerate(offer.instalments, 1)
        ],
        "clauses": _clauses(offer),
        "sureties": [
            [each.party_name, "保证" if each.is_guarantee else "抵质押", each.security_id,
             str(each.consent.signed_on) if each.consent else "未签署"]
            for each in parties_asked(held, desk.day)
        ],
        "signatures": [["借款人", ""], ["贷款人", ""], ["保证人、抵押人", ""], ["日期", ""]],
    }  # fmt: skip


def _terms_said(terms: dict[str, Any]) -> str:
    """The terms of a change in words; rates in per cent."""
    told = []
    for name, value in terms.items():
        if name in _TERMS_TOLD:
            continue
        word = said("decision_term", name, "zh") if name in SAID["decision_term"] else name
        told.append(f"{word} {_value_said(name, value)}")
    return "；".join(told) or "按剩余期数"


def _value_said(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_COMPONENT.get(str(each), str(each)) for each in value)
    return _COMPONENT.get(str(value), str(value)) if name == "component" else str(value)


def _clauses(offer: Offer) -> list[str]:
    told = [
        "除本协议变更的内容外，原借款合同的其他条款继续有效。",
        "借款人应按本协议所附还款计划按期足额还款；未按期还款的，贷款人有权依原借款合同采取措施。",
        "保证人、抵押人、出质人在本协议上签字或另行出具书面同意，表示对变更后的债务继续承担担保责任。",
    ]  # fmt: skip
    if any(kind == "waiver" for kind, _terms in offer.changes):
        told.insert(1, "贷款人减免的金额以本协议列明的为限，本金不予减免。")
    return told
