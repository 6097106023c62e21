"""The words of closed lists of restructuring, Chinese and English side by side; a part of SAID."""

from collections.abc import Mapping

RESTRUCTURE_SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "option_field": {
        "extension": ("展期期数", "Periods added"),
        "rate": ("新年利率（%）", "New yearly rate (%)"),
        "deferral": ("下期延后（月）", "Next due day moved (months)"),
        "capitalise": ("转为本金", "Made principal"),
        "reamortise": ("欠款重新摊还", "Arrears re-amortised"),
        "split": ("拆分至期末的本金", "Principal split off to the end"),
        "waive_fee": ("减免费用", "Fees waived"),
        "waive_penalty": ("减免罚息", "Penalty waived"),
        "waive_compound": ("减免复利", "Compound interest waived"),
        "waive_interest": ("减免利息", "Interest waived"),
        "write_off": ("部分核销本金", "Principal written off"),
    },
    "difficulty": {
        "overdue": ("本息已逾期", "Principal or interest is overdue"),
        "cash_flow_short": ("现金流不足以偿债", "Cash flow falls short of the debt"),
        "non_performing": ("贷款已不良", "The loan is non-performing"),
        "no_fair_financing": ("无法以市场利率再融资", "No financing on fair terms elsewhere"),
        "delisting": ("证券退市或将退市", "Its securities are or will be delisted"),
        "other": ("其他财务困难", "Another difficulty"),
    },
    "bound": {
        "extension": ("展期上限", "Limit of extensions"),
        "restructuring_floor": ("重组分类下限", "Floor of restructured loans"),
        "before_maturity": ("到期前申请", "Agreed before maturity"),
        "write_off": ("可核销本金", "Principal that can be written off"),
        "consent": ("担保人同意", "Consent of sureties"),
        "place": ("计划中无处生效", "No place in the schedule"),
    },
    "restructuring_state": {
        "open": ("谈判中", "Negotiated"),
        "proposed": ("报批中", "Proposed"),
        "approved": ("已批准", "Approved"),
        "refused": ("已否决", "Refused"),
        "dropped": ("已放弃", "Given up"),
    },
    "offer_by": {"bank": ("我行提出", "By the bank"), "borrower": ("借款人提出", "By the borrower")},
    "offer_answer": {
        "waiting": ("待答复", "Waiting"),
        "accepted": ("接受", "Accepted"),
        "declined": ("不接受", "Declined"),
    },
    "keeping": {"kept": ("按约履行", "Kept"), "broken": ("已欠缴", "Instalments missed")},
    "change_state": {
        "in_force": ("可生效", "Takes effect"),
        "pending": ("计划中无处生效", "No place in the schedule"),
        "refused": ("超出法定上限", "Beyond the law"),
        "confirmed": ("已确认", "Confirmed"),
        "withdrawn": ("已撤回", "Withdrawn"),
    },
    "burden": {
        "pays_from_income": ("月供占收入", "Instalments to income"),
        "pays_from_earnings": ("息税前利润对利息", "Earnings to interest"),
    },
}
