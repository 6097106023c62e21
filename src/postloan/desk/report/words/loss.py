"""The words of the reports on expected losses, Chinese and English."""

from postloan.tables.said import SAID

_WAYS = {
    "opening": ("期初准备", "Opening"),
    "new": ("新发放", "New loans"),
    "repaid": ("结清转出", "Repaid"),
    "worsened": ("阶段恶化", "To a worse stage"),
    "improved": ("阶段好转", "To a better stage"),
    "paid_down": ("余额下降", "Paid down"),
    "unwinding": ("折现回拨", "Unwinding"),
    "model": ("模型与参数变更", "Model"),
    "scenarios": ("情景与权重变更", "Scenarios"),
    "risk": ("信用风险变化", "Credit risk"),
    "overlay": ("管理层叠加", "Overlays"),
    "written_off": ("核销使用", "Written off"),
    "closing": ("期末准备", "Closing"),
    "recovered": ("备注：核销后收回", "Memo: recovered after write-off"),
    "charge": ("备注：计入损益", "Memo: charged to profit or loss"),
    "transferred_in": ("阶段转入", "Transferred in"),
    "transferred_out": ("阶段转出", "Transferred out"),
}
_STAGES = dict(SAID["stage"])
_COLUMNS = {
    **_STAGES,
    "stage": ("减值阶段", "Stage"),
    "movement": ("变动", "Movement"),
    "cause": ("阶段成因", "Ground"),
    "claim": ("风险暴露", "Claim"),
    "ecl_year": ("12个月\n预期损失", "12-month\nloss"),
    "ecl_lifetime": ("存续期\n预期损失", "Lifetime\nloss"),
    "ecl_least": ("最优情景", "Mildest\nscenario"),
    "ecl_most": ("最差情景", "Harshest\nscenario"),
    "ecl_model": ("模型计量", "By models"),
    "ecl_overlay": ("管理层叠加", "Overlays"),
    "ecl": ("减值准备", "Allowance"),
    "cover": ("准备率", "Cover"),
    "entry": ("分录", "Entry"),
    "account": ("科目", "Account"),
    "debit": ("借方", "Debit"),
    "credit": ("贷方", "Credit"),
}
_SHEETS = {
    "losses": ("预期信用损失", "Expected losses"),
    "losses_stages": ("预期信用损失 · 阶段", "Expected losses by stage"),
    "losses_causes": ("预期信用损失 · 阶段成因", "Expected losses by ground"),
    "losses_beside": ("预期信用损失 · 与监管准备对照", "Expected losses beside regulatory provisions"),
    "allowance": ("减值准备变动", "Allowance"),
    "allowance_stages": ("减值准备变动 · 分阶段", "Allowance by stage"),
    "allowance_months": ("减值准备变动 · 逐期", "Allowance by period"),
    "journal": ("记账分录", "Journal"),
    "journal_lines": ("记账分录 · 逐机构", "Journal by office"),
    "allowance_loans": ("减值准备变动 · 逐笔", "Allowance by loan"),
}
_ENTRIES = {
    "accrual": ("计提利息", "Interest accrued"),
    "interest_received": ("收息", "Interest received"),
    "capitalised": ("欠息转本", "Interest made principal"),
    "non_accrual": ("转非应计冲回", "Reversed on non-accrual"),
    "off_balance": ("表外欠息", "Interest off the balance sheet"),
    "charge": ("计提减值准备", "Allowance charged"),
    "write_off": ("核销", "Write-off"),
    "recovery": ("核销后收回", "Recovered after write-off"),
    "sale": ("转让收回", "Sold"),
    "debt_for_asset": ("以物抵债", "Asset taken for debt"),
    "left_office": ("准备划出", "Allowance to another office"),
    "came_to_office": ("准备划入", "Allowance from another office"),
    "total": ("合计", "Total"),
}
_LINES = {
    "allowance": ("减值准备（预期信用损失）", "Loss allowance (expected loss)"),
    "asked": ("监管应提合计", "Asked for by the regulator"),
    "short": ("低于监管应提", "Short of it"),
}

LOSS_WORDS: dict[str, tuple[str, str]] = {
    **{f"column.{name}": said for name, said in _COLUMNS.items()},
    **{f"allowance.column.{name}": said for name, said in _WAYS.items()},
    "allowance.column.balance": ("金额", "Amount"),
    "allowance.column.recovered": ("核销后\n收回", "Recovered"),
    **{f"sheet.{name}": said for name, said in _SHEETS.items()},
    **{f"movement.{name}": said for name, said in _WAYS.items()},
    **{f"stage.{name}": said for name, said in {**_STAGES, "total": ("合计", "Total")}.items()},
    **{f"cause.{name}": said for name, said in {**dict(SAID["stage_cause"]), "total": ("合计", "Total")}.items()},
    **{f"line.{name}": said for name, said in _LINES.items()},
    **{f"entry.{name}": said for name, said in _ENTRIES.items()},
}
