"""The words of closed lists, Chinese and English side by side: what a screen, a report and a file say for a value."""

from collections.abc import Mapping

SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "tier": {
        "pass": ("正常", "Pass"),
        "special_mention": ("关注", "Special mention"),
        "substandard": ("次级", "Substandard"),
        "doubtful": ("可疑", "Doubtful"),
        "loss": ("损失", "Loss"),
    },
    "status": {
        "active": ("在账", "On the book"),
        "settled": ("结清", "Settled"),
        "written_off": ("核销", "Written off"),
    },
    "legal_form": {
        "person": ("自然人", "Person"),
        "sole_trader": ("个体工商户", "Sole trader"),
        "company": ("企业", "Company"),
        "financial": ("金融机构", "Financial institution"),
        "government": ("政府机构", "Government"),
    },
    "size_class": {
        "large": ("大型", "Large"),
        "medium": ("中型", "Medium"),
        "small": ("小型", "Small"),
        "micro": ("微型", "Micro"),
        "none": ("不划分", "Not sized"),
    },
    "security_kind": {
        "credit": ("信用", "Unsecured"),
        "guarantee": ("保证", "Guarantee"),
        "mortgage": ("抵押", "Mortgage"),
        "pledge": ("质押", "Pledge"),
    },
    "exposure_kind": {
        "loan": ("贷款", "Loan"),
        "card": ("信用卡", "Card"),
        "acceptance": ("承兑", "Acceptance"),
        "guarantee_issued": ("保函", "Guarantee issued"),
        "letter_of_credit": ("信用证", "Letter of credit"),
        "advance": ("垫款", "Advance"),
        "undrawn": ("未提用", "Undrawn"),
    },
    "method": {
        "level_instalment": ("等额本息", "Level instalment"),
        "equal_principal": ("等额本金", "Equal principal"),
        "flat_rate": ("等本等息", "Flat rate"),
        "interest_only": ("按期付息到期还本", "Interest only, principal at maturity"),
        "bullet": ("到期一次还本付息", "All at maturity"),
        "scheduled": ("按计划还款", "By schedule"),
        "balloon": ("气球贷", "Balloon"),
        "step_arithmetic": ("阶梯等额", "Arithmetic steps"),
        "step_geometric": ("阶梯等比", "Geometric steps"),
        "daily_interest": ("按日计息等额还款", "Level amount, interest by the day"),
    },
    "org_level": {
        "head": ("总行", "Head office"),
        "branch": ("分行", "Branch"),
        "sub_branch": ("支行", "Sub-branch"),
    },
    "collateral_kind": {
        "cash": ("现金及存单", "Cash and deposits"),
        "precious_metal": ("贵金属", "Precious metal"),
        "bond": ("债券", "Bond"),
        "bill": ("票据", "Bill"),
        "equity_listed": ("上市股权", "Listed equity"),
        "equity_unlisted": ("非上市股权", "Unlisted equity"),
        "fund": ("基金", "Fund"),
        "policy": ("保单", "Insurance policy"),
        "asset_product": ("资产管理产品", "Asset management product"),
        "financial_other": ("其他金融质押品", "Other financial pledge"),
        "receivable": ("交易类应收账款", "Trade receivable"),
        "fee_right": ("收费权", "Right to fees"),
        "receivable_other": ("其他应收账款", "Other receivable"),
        "residential": ("居住用房地产", "Residential property"),
        "commercial_property": ("商用房地产", "Commercial property"),
        "residential_land": ("居住用土地使用权", "Residential land"),
        "commercial_land": ("商用土地使用权", "Commercial land"),
        "construction": ("在建工程", "Construction in progress"),
        "real_estate_other": ("其他房地产", "Other real estate"),
        "stock": ("存货仓单和提单", "Stock and warrants"),
        "machinery": ("机器设备", "Machinery"),
        "vehicle": ("交通运输设备", "Vehicle"),
        "resource_right": ("资源资产", "Resource right"),
        "intellectual_property": ("知识产权", "Intellectual property"),
        "other": ("其他", "Other"),
    },
    "collateral_status": {
        "held": ("在押", "Held"),
        "released": ("已解押", "Released"),
        "seized": ("查封", "Seized"),
        "sold": ("已处置", "Sold"),
    },
    "relation": {
        "legal_representative": ("法定代表人", "Legal representative"),
        "shareholder": ("股东", "Shareholder"),
        "spouse": ("配偶", "Spouse"),
        "invests": ("投资", "Invests in"),
        "controls": ("控制", "Controls"),
        "trades_with": ("交易往来", "Trades with"),
        "parent": ("母公司", "Parent"),
        "subsidiary": ("子公司", "Subsidiary"),
    },
    "work_state": {
        "open": ("未办", "Open"),
        "done": ("已办", "Done"),
        "gone": ("已消除", "Gone"),
    },
    "work_kind": {},
    "flag": {"true": ("是", "Yes"), "false": ("否", "No")},
}  # fmt: skip


def said(list_name: str, value: str, language: str) -> str:
    """Say a value of a closed list in a language, zh or en; what is on no list is said as it is."""
    held = SAID.get(list_name, {}).get(value)
    return held[0 if language.startswith("zh") else 1] if held else value
