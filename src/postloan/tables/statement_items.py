"""The items of statements that ratios use (CAS 30 and 31): code, Chinese and English; docs/glossary.md tells them too.

An item that is not listed may be delivered in a feed: it is kept and not used.
"""

BALANCE: dict[str, tuple[str, str]] = {
    "cash": ("货币资金", "Cash and bank balances"),
    "trading_assets": ("交易性金融资产", "Financial assets held for trading"),
    "notes_receivable": ("应收票据", "Notes receivable"),
    "receivables": ("应收账款", "Accounts receivable"),
    "prepayments": ("预付款项", "Prepayments"),
    "other_receivables": ("其他应收款", "Other receivables"),
    "inventory": ("存货", "Inventories"),
    "current_assets": ("流动资产合计", "Total current assets"),
    "long_term_investments": ("长期股权投资", "Long-term equity investments"),
    "fixed_assets": ("固定资产", "Fixed assets"),
    "construction_in_progress": ("在建工程", "Construction in progress"),
    "intangible_assets": ("无形资产", "Intangible assets"),
    "goodwill": ("商誉", "Goodwill"),
    "total_assets": ("资产总计", "Total assets"),
    "short_term_borrowings": ("短期借款", "Short-term borrowings"),
    "notes_payable": ("应付票据", "Notes payable"),
    "payables": ("应付账款", "Accounts payable"),
    "advances_received": ("合同负债及预收款项", "Contract liabilities and advances received"),
    "taxes_payable": ("应交税费", "Taxes payable"),
    "other_payables": ("其他应付款", "Other payables"),
    "current_portion_of_long_term_debt": ("一年内到期的非流动负债", "Non-current liabilities due within one year"),
    "current_liabilities": ("流动负债合计", "Total current liabilities"),
    "long_term_borrowings": ("长期借款", "Long-term borrowings"),
    "bonds_payable": ("应付债券", "Bonds payable"),
    "total_liabilities": ("负债合计", "Total liabilities"),
    "paid_in_capital": ("实收资本", "Paid-in capital"),
    "retained_earnings": ("未分配利润", "Undistributed profit"),
    "equity": ("所有者权益合计", "Total owners' equity"),
}
"""Of the balance sheet, on the last day of the period."""

INCOME: dict[str, tuple[str, str]] = {
    "revenue": ("营业收入", "Operating revenue"),
    "cost_of_sales": ("营业成本", "Operating cost"),
    "taxes_and_surcharges": ("税金及附加", "Taxes and surcharges"),
    "selling_expense": ("销售费用", "Selling expenses"),
    "administrative_expense": ("管理费用", "Administrative expenses"),
    "research_expense": ("研发费用", "Research and development expenses"),
    "finance_expense": ("财务费用", "Finance expenses"),
    "interest_expense": ("利息费用", "Interest expense, within finance expenses"),
    "asset_impairment": ("资产减值及信用减值损失", "Impairment of assets and credit"),
    "investment_income": ("投资收益", "Investment income"),
    "operating_profit": ("营业利润", "Operating profit"),
    "total_profit": ("利润总额", "Profit before income tax"),
    "income_tax": ("所得税费用", "Income tax expense"),
    "net_profit": ("净利润", "Net profit"),
}
"""Of the income statement, since the beginning of the year."""

CASH_FLOW: dict[str, tuple[str, str]] = {
    "operating_cash_inflow": ("经营活动现金流入小计", "Cash inflows from operating activities"),
    "operating_cash_flow": ("经营活动产生的现金流量净额", "Net cash flow from operating activities"),
    "capital_expenditure": ("购建长期资产支付的现金", "Cash paid for fixed, intangible and other long-term assets"),
    "investing_cash_flow": ("投资活动产生的现金流量净额", "Net cash flow from investing activities"),
    "financing_cash_flow": ("筹资活动产生的现金流量净额", "Net cash flow from financing activities"),
}
"""Of the cash-flow statement, since the beginning of the year."""

NOTES: dict[str, tuple[str, str]] = {
    "annual_income": ("个人年收入", "A person's income of a year, as it was evidenced"),
    "depreciation_and_amortisation": ("折旧与摊销", "Depreciation and amortisation, from the notes"),
    "ebitda": ("息税折旧摊销前利润", "Total profit, interest expense, depreciation and amortisation"),
    "contingent_guarantees": ("对外担保余额", "Guarantees given to others, from the notes"),
    "vat_revenue": ("增值税申报收入", "Revenue by the returns of value-added tax"),
    "related_party_revenue": ("关联方销售收入", "Revenue from related parties, from the notes"),
}
"""From the notes, tax returns and evidence of income."""

PARTS: dict[str, dict[str, tuple[str, str]]] = {
    "balance": BALANCE, "income": INCOME, "cash_flow": CASH_FLOW, "notes": NOTES,
}  # fmt: skip
ITEMS: dict[str, tuple[str, str]] = {code: words for part in PARTS.values() for code, words in part.items()}
"""Every item, in the order in which statements show them."""

FLOWS = frozenset({
    *INCOME, *CASH_FLOW, "depreciation_and_amortisation", "ebitda", "vat_revenue", "related_party_revenue",
})  # fmt: skip
"""Items that run from the beginning of the year; all others stand on the last day of the period."""
