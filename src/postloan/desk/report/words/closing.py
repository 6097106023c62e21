"""The words of the tie-out, of corrections and of group alerts, Chinese and English."""

_COLUMNS = {
    "account": ("科目", "Account"),
    "ledger": ("总账", "Ledger"),
    "not_stated": ("总账\n未列", "Not\nstated"),
    "loans_filed": ("结账\n笔数", "Loans\nfiled"),
    "loans_now": ("本版\n笔数", "Loans\nnow"),
    "tiers_moved": ("分类\n变动", "Tiers\nmoved"),
    "outstanding_filed": ("结账\n余额", "Balance\nfiled"),
    "outstanding_now": ("本版\n余额", "Balance\nnow"),
    "provisions_filed": ("结账\n准备", "Provisions\nfiled"),
    "provisions_now": ("本版\n准备", "Provisions\nnow"),
    "npl_filed": ("结账\n不良", "NPL\nfiled"),
    "npl_now": ("本版\n不良", "NPL\nnow"),
    "tier_filed": ("结账\n分类", "Tier\nfiled"),
    "tier_now": ("本版\n分类", "Tier\nnow"),
    "group_id": ("集团号", "Group"),
    "bad_member": ("不良成员", "Bad member"),
    "since_on": ("起始日", "Since"),
    "other_member": ("待评估成员", "To be assessed"),
    "other_tier": ("其分类", "Its tier"),
    "exposure": ("贷款余额", "Exposure"),
}
_SHEETS = {
    "tieout": ("总账核对", "Tie-out with the general ledger"),
    "corrections": ("结账后更正", "Corrected since filing"),
    "corrections_loans": ("结账后更正 · 逐笔", "Corrected since filing · loans"),
    "groups": ("集团预警", "Group alerts"),
}
_ACCOUNTS = {
    "loans_principal": ("贷款本金", "Principal of loans"),
    "interest_receivable": ("表内应收利息", "Interest receivable"),
    "off_balance_interest": ("表外欠息", "Interest off balance sheet"),
    "loan_loss_provisions": ("贷款损失准备", "Loan-loss provisions"),
}
_RESULTS = {
    "ties": ("一致", "Ties"),
    "differs": ("不一致", "Differs"),
}

CLOSING_REPORT_WORDS: dict[str, tuple[str, str]] = {
    **{f"column.{name}": said for name, said in _COLUMNS.items()},
    **{f"sheet.{name}": said for name, said in _SHEETS.items()},
    "break_kind.tieout": _SHEETS["tieout"],
    **{f"account.{name}": said for name, said in _ACCOUNTS.items()},
    **{f"result.{name}": said for name, said in _RESULTS.items()},
}
