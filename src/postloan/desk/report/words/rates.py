"""The words of the report on rates, Chinese and English."""

_PARTS = {
    "up_to_1m": ("1个月以内（含）", "Up to 1 month"),
    "up_to_3m": ("1至3个月（含）", "1 to 3 months"),
    "up_to_6m": ("3至6个月（含）", "3 to 6 months"),
    "up_to_1y": ("6个月至1年（含）", "6 months to 1 year"),
    "up_to_2y": ("1至2年（含）", "1 to 2 years"),
    "up_to_3y": ("2至3年（含）", "2 to 3 years"),
    "up_to_5y": ("3至5年（含）", "3 to 5 years"),
    "over_5y": ("5年以上", "Over 5 years"),
    "overdue": ("已到期未还", "Fallen due, unpaid"),
    "no_interest": ("不计息", "Bears no interest"),
    "non_performing": ("不良（不敏感）", "Non-performing, not sensitive"),
}
_COLUMNS = {
    "reprices_in": ("距下次重定价", "Reprices in"),
    "floating": ("浮动利率", "Floating"),
    "by_instalments": ("固定利率（按还款计划）", "Fixed, by instalments"),
    "shock": ("基准利率上行", "Prime rates up"),
    "pays_from": ("还款来源", "Pays from"),
    "debtors": ("客户数", "Debtors"),
    "before": ("月还款额\n上行前", "A month,\nbefore"),
    "after": ("月还款额\n上行后", "A month,\nafter"),
    "rise": ("月增加", "Rise\na month"),
    "rise_share": ("增幅", "Rise,\nshare"),
    "over_before": ("原已超限\n客户数", "Beyond the\nbound before"),
    "crosses": ("新超限\n客户数", "Pass\nthe bound"),
    "crosses_exposure": ("新超限\n余额", "Pass it,\nbalance"),
    "unknown": ("来源不明\n客户数", "Not known\nwhat from"),
    "unknown_exposure": ("来源不明\n余额", "Not known,\nbalance"),
    "treatment": ("测算方式", "How it is reached"),
    "ratio_before": ("收入占比或利息保障\n上行前", "Share of income, or\ncover, before"),
    "ratio_after": ("收入占比或利息保障\n上行后", "Share of income, or\ncover, after"),
}
_SHEETS = {
    "rates": ("重定价缺口（资产端）", "Repricing gap (assets)"),
    "rates_products": ("重定价缺口 · 分产品", "Repricing gap by product"),
    "rates_shocks": ("利率冲击与偿付能力", "Rate shock and affordability"),
    "rates_treatments": ("利率冲击 · 测算范围", "Rate shock: which loans"),
    "rates_largest": ("最大冲击下月还款额增加最多的客户", "Largest rises of instalments under the last shock"),
}
_SHOCKS = {"up_50": ("50个基点", "50 bp"), "up_100": ("100个基点", "100 bp"), "up_200": ("200个基点", "200 bp")}
_KINDS = {
    "pays_from_income": ("收入", "Income"),
    "pays_from_earnings": ("息税前利润", "Earnings"),
    "total": ("合计", "Total"),
}
_TREATMENTS = {
    "by_terms": ("按条款重排还款计划", "Schedule made anew by its terms"),
    "by_plan": ("本金按计划，利息重算", "Principals as planned, interest anew"),
    "nothing_due": ("浮动利率，无后续还款，未测算", "Floating, nothing to come: not priced"),
    "no_more": ("浮动利率，到期前不再重定价", "Floating, not repriced again"),
    "fixed": ("固定利率", "Fixed"),
    "no_interest": ("不计息", "Bears no interest"),
    "non_performing": ("不良", "Non-performing"),
    "total": ("合计", "Total"),
}

RATE_WORDS: dict[str, tuple[str, str]] = {
    **{f"column.{name}": said for name, said in _COLUMNS.items()},
    **{f"rates.column.{name}": said for name, said in _PARTS.items()},
    **{f"sheet.{name}": said for name, said in _SHEETS.items()},
    **{f"reprices_in.{name}": said for name, said in _PARTS.items()},
    "reprices_in.sensitive": ("利率敏感合计", "Sensitive to rates"),
    "reprices_in.total": ("合计", "Total"),
    **{f"shock.{name}": said for name, said in _SHOCKS.items()},
    **{f"pays_from.{name}": said for name, said in _KINDS.items()},
    **{f"treatment.{name}": said for name, said in _TREATMENTS.items()},
}
