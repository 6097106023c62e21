"""The words of reports: names of sheets, columns, tiers, buckets, moves and industries, Chinese and English."""

_TIERS = {
    "pass": ("正常", "Pass"),
    "special_mention": ("关注", "Special mention"),
    "substandard": ("次级", "Substandard"),
    "doubtful": ("可疑", "Doubtful"),
    "loss": ("损失", "Loss"),
}
_EXITS = {
    "settled": ("结清", "Settled"),
    "written_off": ("核销", "Written off"),
    "gone": ("不在账", "Not in the book"),
}
_LINES = {
    "total": ("合计", "Total"),
    "non_performing": ("不良", "Non-performing"),
    "npl_ratio": ("不良率", "NPL ratio"),
    "overdue": ("逾期合计", "Overdue"),
    "over_90": ("逾期90天以上", "Over 90 days"),
    "over_90_to_npl": ("逾期90天以上/不良", "Over 90 / NPL"),
}
_MOVES = {
    "unchanged": ("未变", "Unchanged"),
    "downgraded": ("下调", "Downgraded"),
    "upgraded": ("上调", "Upgraded"),
    **_EXITS,
    "new": ("新增", "New"),
    "pass_rate": ("正常类迁徙率", "Pass migration rate"),
    "special_mention_rate": ("关注类迁徙率", "Special-mention migration rate"),
    "substandard_rate": ("次级类迁徙率", "Substandard migration rate"),
    "doubtful_rate": ("可疑类迁徙率", "Doubtful migration rate"),
    "performing_rate": ("正常贷款迁徙率", "Performing migration rate"),
}
_COLUMNS = {
    "tier": ("五级分类", "Tier"),
    "bucket": ("逾期账龄", "Bucket"),
    "from_tier": ("期初", "From"),
    "to_tier": ("期末", "To"),
    "move": ("变动", "Move"),
    "org_id": ("机构号", "Office no."),
    "org_name": ("机构", "Office"),
    "product": ("产品", "Product"),
    "industry": ("行业", "Industry"),
    "loans": ("笔数", "Loans"),
    "outstanding": ("本金余额", "Outstanding"),
    "share": ("占比", "Share"),
    "overdue_principal": ("逾期本金", "Overdue\nprincipal"),
    "overdue_interest": ("逾期利息", "Overdue\ninterest"),
    "balance_from": ("期初余额", "Balance\nbefore"),
    "balance_to": ("期末余额", "Balance\nafter"),
    "change": ("余额净变动", "Change"),
    **_TIERS,
    **_LINES,
    **_MOVES,
    "special_mention": ("关注", "Special\nmention"),
    "substandard": ("次级", "Sub-\nstandard"),
    "non_performing": ("不良", "Non-\nperforming"),
    "over_90": ("逾期\n90天以上", "Over\n90 days"),
    "over_90_to_npl": ("90天以上\n/不良", "Over 90\n/ NPL"),
    "downgraded": ("下调", "Down"),
    "upgraded": ("上调", "Up"),
    "written_off": ("核销", "Written\noff"),
    "gone": ("不在账", "Not in\nthe book"),
    **{bucket: (bucket, bucket) for bucket in ("M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+")},
}
_BEGINNINGS = {**_TIERS, "new": _MOVES["new"], "change": _COLUMNS["change"], "total": _LINES["total"]}
# The sections of GB/T 4754.
_INDUSTRIES = {
    "A": ("农、林、牧、渔业", "Agriculture and fishing"),
    "B": ("采矿业", "Mining"),
    "C": ("制造业", "Manufacturing"),
    "D": ("电力、热力、燃气及水", "Power, gas and water"),
    "E": ("建筑业", "Construction"),
    "F": ("批发和零售业", "Wholesale and retail"),
    "G": ("交通运输、仓储和邮政", "Transport and post"),
    "H": ("住宿和餐饮业", "Hotels and catering"),
    "I": ("信息传输、软件", "IT and software"),
    "J": ("金融业", "Finance"),
    "K": ("房地产业", "Real estate"),
    "L": ("租赁和商务服务业", "Leasing and business"),
    "M": ("科研和技术服务业", "Research"),
    "N": ("水利、环境和公共设施", "Water and environment"),
    "O": ("居民服务、修理", "Household services"),
    "P": ("教育", "Education"),
    "Q": ("卫生和社会工作", "Health"),
    "R": ("文化、体育和娱乐业", "Culture and sports"),
    "S": ("公共管理、社会组织", "Public bodies"),
    "T": ("国际组织", "International bodies"),
}
_ENDS = {**_TIERS, **_EXITS}


def _under(kind: str, words: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {f"{kind}.{name}": said for name, said in words.items()}


REPORT_WORDS: dict[str, tuple[str, str]] = {
    **_under("column", _COLUMNS),
    **_under("tier", _TIERS | _LINES),
    **_under("from_tier", _BEGINNINGS),
    **_under("to_tier", _ENDS),
    **_under("bucket", _LINES),
    **_under("move", _MOVES | {"total": _LINES["total"]}),
    **{f"industry.{letter}": (f"{letter} {zh}", f"{letter} {en}") for letter, (zh, en) in _INDUSTRIES.items()},
    "industry.none": ("未填", "not given"),
    "industry.total": _LINES["total"],
    "product.total": _LINES["total"],
    "org_name.total": _LINES["total"],
    "sheet.tiers": ("五级分类", "Tiers"),
    "sheet.overdue": ("逾期账龄", "Overdue"),
    "sheet.migration": ("分类迁徙", "Migration"),
    "sheet.migration_loans": ("分类迁徙 · 笔数", "Migration · loans"),
    "sheet.migration_balance": ("分类迁徙 · 期初余额", "Migration · balance before"),
    "sheet.migration_moves": ("分类迁徙 · 变动", "Migration · moves"),
    "sheet.by_org": ("{sheet} · 按机构", "{sheet} by office"),
    "sheet.by_product": ("{sheet} · 按产品", "{sheet} by product"),
    "sheet.by_industry": ("{sheet} · 按行业", "{sheet} by industry"),
    "report.between": ("{sheet}  {before} 至 {on}", "{sheet}  {before} to {on}"),
    "report.on": ("{sheet}  {on}", "{sheet}  {on}"),
    "report.source": (
        "业务日期 {on}  获知日 {known_on}  批次 {run}",
        "business date {on}  known on {known_on}  run {run}",
    ),
    "unit.count": ("笔", ""),
    "unit.share": ("%", "%"),
}
