"""The words of the reports on movement and of the supervisor's forms, Chinese and English."""

from postloan.desk.report.g11_lines import G11_I, G11_II
from postloan.desk.report.g12_lines import G12

_WAYS = {
    "opening": ("期初不良", "Opening"),
    "new": ("新增不良", "New"),
    "upgraded": ("上调", "Upgraded"),
    "cash": ("现金收回", "Cash"),
    "written_off": ("核销", "Written off"),
    "transferred": ("转让收回", "Transferred"),
    "asset": ("以物抵债", "Assets taken"),
    "other": ("其他", "Other"),
    "regrouped": ("组间划转", "Regrouped"),
    "closing": ("期末不良", "Closing"),
    "recovered": ("备注：核销后收回", "Memo: recovered after write-off"),
}
_FLOWS = {
    "worse": ("恶化", "Worse"),
    "same": ("未变", "Same"),
    "better": ("好转", "Better"),
    "cured": ("归零", "Cured"),
}
_MEASURES = {
    "over_30": ("逾期30天以上", "Over 30"),
    "over_60": ("逾期60天以上", "Over 60"),
    "over_90": ("逾期90天以上", "Over 90"),
    "npl": ("不良", "NPL"),
}
_G11 = {
    "A": ("合计", "All"),
    "B": ("正常资产", "Performing"),
    "C": ("正常类", "Pass"),
    "D": ("关注类", "Special\nmention"),
    "E": ("不良资产", "Non-\nperforming"),
    "F": ("次级类", "Sub-\nstandard"),
    "G": ("可疑类", "Doubtful"),
    "H": ("损失类", "Loss"),
    "I": ("逾期资产", "Overdue"),
}
_G12 = {
    "A": ("年初余额", "Opening"),
    "B": ("本期减少", "Reduced"),
    "C": ("正常类", "Pass"),
    "D": ("关注类", "Special\nmention"),
    "E": ("次级类", "Sub-\nstandard"),
    "F": ("可疑类", "Doubtful"),
    "G": ("损失类", "Loss"),
    "H": ("合计", "Total"),
    "I": ("转入转出", "Turned"),
    "J": ("重组调整", "Restructured"),
    "K": ("非重组调整", "Otherwise"),
    "L": ("次级类处置", "Sub-\nstandard"),
    "M": ("可疑类处置", "Doubtful"),
    "N": ("损失类处置", "Loss"),
}
_COLUMNS = {
    **_FLOWS,
    "way": ("项目", "Way"),
    "balance": ("余额", "Balance"),
    "until": ("至", "Until"),
    "kept": ("期初留存", "Kept"),
    "from_bucket": ("期初账龄", "From"),
    "to_bucket": ("期末账龄", "To"),
    "flow": ("流向", "Flow"),
    "vintage": ("放款月", "Paid out"),
    "months_on_book": ("账龄月数", "Months\non book"),
    "principal": ("放款金额", "Paid out"),
    **{f"ever_{name}": (f"曾{zh}", f"Ever\n{en}") for name, (zh, en) in _MEASURES.items()},
    **{f"now_{name}": (f"现{zh}", f"Now\n{en}") for name, (zh, en) in _MEASURES.items()},
    **{f"ever_{name}_loans": (f"曾{zh}笔数", f"Ever {en}, loans") for name, (zh, en) in _MEASURES.items()},
    **{f"now_{name}_loans": (f"现{zh}笔数", f"Now {en}, loans") for name, (zh, en) in _MEASURES.items()},
    **{f"now_{name}_balance": (f"现{zh}余额", f"Now {en}, balance") for name, (zh, en) in _MEASURES.items()},
    "item": ("项目", "Item"),
    "item_zh": ("报表项目", "Item in Chinese"),
    "cite": ("依据", "Source"),
    "rule": ("核对关系", "Check"),
    "at": ("适用", "At"),
    "left": ("左", "Left"),
    "right": ("右", "Right"),
    "holds": ("是否相符", "Holds"),
    **{f"g11_{letter}": (f"{letter}\n{zh}", f"{letter}\n{en}") for letter, (zh, en) in _G11.items()},
    **{f"g12_{letter}": (f"{letter}\n{zh}", f"{letter}\n{en}") for letter, (zh, en) in _G12.items()},
}
_OWN_COLUMNS = {
    "bridge": _WAYS | {"recovered": ("核销后\n收回", "Recovered")},
    "g11": {"line": ("行次", "Line")},
    "g12": {"line": ("行次", "Line")},
}
_SHEETS = {
    "bridge": ("不良变动", "NPL bridge"),
    "bridge_months": ("不良变动 · 逐期", "NPL bridge by period"),
    "bridge_loans": ("不良变动 · 逐笔", "NPL bridge by loan"),
    "rolls": ("滚动率", "Roll rates"),
    "rolls_loans": ("滚动率 · 笔数", "Rolls · loans"),
    "rolls_balance": ("滚动率 · 期初余额", "Rolls · balance before"),
    "rolls_flows_loans": ("流向占比 · 笔数", "Flows · share of loans"),
    "rolls_flows_balance": ("流向占比 · 余额", "Flows · share of balance"),
    "rolls_worse": ("向下滚动率 · 逐期", "Rolls to a worse bucket by period"),
    "vintages": ("账龄批次", "Vintages"),
    **{
        f"vintages_ever_{name}": (f"账龄批次 · 曾{zh}", f"Vintages · ever {en.lower()}")
        for name, (zh, en) in _MEASURES.items()
    },
    "g11": ("G11 资产质量五级分类", "G11 · asset quality"),
    "g12": ("G12 贷款质量迁徙", "G12 · migration of loans"),
    "g11_part_1": ("G11 第Ⅰ部分 按行业分类的贷款", "G11 part I · loans by industry"),
    "g11_part_2": ("G11 第Ⅱ部分 资产质量", "G11 part II · asset quality"),
    "g11_checks": ("G11 核对关系", "G11 checks"),
    "g12_migration": ("G12 贷款质量迁徙", "G12 · migration"),
    "g12_turned": ("G12 转为不良与转为正常", "G12 · turned non-performing and back"),
    "g12_reduced": ("G12 不良贷款减少与处置", "G12 · reduction and disposal"),
    "g12_rates": ("G12 迁徙率", "G12 · rates of migration"),
    "g12_checks": ("G12 核对关系", "G12 checks"),
}
_TOTAL = ("合计", "Total")
_LINES = {
    **{f"g11_{line}": said for line, said in {**G11_I, **G11_II}.items()},
    **{f"g12_{line}": said for line, said in G12.items()},
}

MOVEMENT_WORDS: dict[str, tuple[str, str]] = {
    **{f"column.{name}": said for name, said in _COLUMNS.items()},
    **{f"{report}.column.{name}": said for report, own in _OWN_COLUMNS.items() for name, said in own.items()},
    **{f"sheet.{name}": said for name, said in _SHEETS.items()},
    **{f"way.{name}": said for name, said in _WAYS.items()},
    **{f"item.{name}": said for name, said in _LINES.items()},
    "holds.yes": ("相符", "yes"),
    "holds.no": ("不符", "NO"),
    "loan_id.total": _TOTAL,
    "until.total": _TOTAL,
    "from_bucket.total": _TOTAL,
    "report.points": (
        "读取 {days} 个时点；两个时点之间进出的不可见",
        "read at {days} days; what came and went between two of them is not seen",
    ),
    "report.failed": ("核对关系不符：{check}", "a check does not hold: {check}"),
}
