"""The words of the tie-out, of corrections and of group alerts, Chinese and English."""

from postloan.tables.said import SAID

_COLUMNS = {
    "account": ("科目", "Account"),
    "ledger": ("总账", "Ledger"),
    "not_stated": ("总账\n未列", "Not\nstated"),
    "group_id": ("集团号", "Group"),
    "bad_member": ("不良成员", "Bad member"),
    "since_on": ("起始日", "Since"),
    "other_member": ("待评估成员", "To be assessed"),
    "other_tier": ("其分类", "Its tier"),
    "exposure": ("贷款余额", "Exposure"),
}
_CORRECTIONS = {
    "loans_before": ("前版\n笔数", "Loans\nbefore"),
    "loans_change": ("变动\n笔数", "Loans\nchange"),
    "loans_after": ("本版\n笔数", "Loans\nafter"),
    "outstanding_before": ("前版\n余额", "Balance\nbefore"),
    "outstanding_change": ("变动\n余额", "Balance\nchange"),
    "outstanding_after": ("本版\n余额", "Balance\nafter"),
    "provisions_before": ("前版\n准备", "Provisions\nbefore"),
    "provisions_change": ("变动\n准备", "Provisions\nchange"),
    "provisions_after": ("本版\n准备", "Provisions\nafter"),
    "npl_before": ("前版\n不良", "NPL\nbefore"),
    "npl_change": ("变动\n不良", "NPL\nchange"),
    "npl_after": ("本版\n不良", "NPL\nafter"),
    "allowance_before": ("前版\n减值准备", "Allowance\nbefore"),
    "allowance_change": ("变动\n减值准备", "Allowance\nchange"),
    "allowance_after": ("本版\n减值准备", "Allowance\nafter"),
    "tier_before": ("前版\n分类", "Tier\nbefore"),
    "tier_after": ("本版\n分类", "Tier\nafter"),
    "stage_before": ("前版\n阶段", "Stage\nbefore"),
    "stage_after": ("本版\n阶段", "Stage\nafter"),
    "days_past_due_before": ("前版\n逾期天数", "Days past due\nbefore"),
    "days_past_due_after": ("本版\n逾期天数", "Days past due\nafter"),
    "org_id_before": ("前版\n机构", "Office\nbefore"),
    "org_id_after": ("本版\n机构", "Office\nafter"),
    "tiers_moved": ("分类\n变动", "Tiers\nmoved"),
    "causes": ("原因", "Cause"),
    "source_table": ("数据表", "Table"),
    "key": ("行", "Row"),
    "change": ("变动", "Change"),
    "field": ("字段", "Field"),
    "before": ("前版", "Before"),
    "after": ("本版", "After"),
    "known_on": ("获知日", "Known on"),
}
_SHEETS = {
    "tieout": ("总账核对", "Tie-out with the general ledger"),
    "corrections": ("版本差异", "Difference of versions"),
    "corrections_loans": ("版本差异 · 逐笔", "Difference of versions · loans"),
    "corrections_causes": ("版本差异 · 数据行", "Difference of versions · what differs in the feeds"),
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

_CHANGES = {
    "added": ("新增", "Added"),
    "removed": ("删除", "Removed"),
    "changed": ("更改", "Changed"),
    "elsewhere": ("由其他数据引起", "Follows from other rows"),
}

CLOSING_REPORT_WORDS: dict[str, tuple[str, str]] = {
    **{f"column.{name}": said for name, said in _COLUMNS.items()},
    **{f"corrections.column.{name}": said for name, said in _CORRECTIONS.items()},
    **{f"sheet.{name}": said for name, said in _SHEETS.items()},
    "break_kind.tieout": _SHEETS["tieout"],
    **{f"account.{name}": said for name, said in _ACCOUNTS.items()},
    **{f"change.{name}": said for name, said in _CHANGES.items()},
    **{f"stage_{side}.{stage}": said for side in ("before", "after") for stage, said in SAID["stage"].items()},
    **{f"result.{name}": said for name, said in _RESULTS.items()},
}
