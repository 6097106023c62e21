"""The words of the reports on the portfolio and on exposures, Chinese and English."""

_COLUMNS = {
    "watched": ("监测项", "Watched"),
    "part": ("维度", "Of"),
    "key": ("对象", "Which"),
    "value": ("数值", "Value"),
    "limit": ("限额", "Limit"),
    "against_limit": ("状态", "Against the limit"),
    "cite": ("依据", "Basis"),
    "npl_share": ("不良率", "NPL ratio"),
    "provisions": ("监管准备", "Provisions"),
    "industry_code": ("行业代码", "Industry code"),
    "region_code": ("地区代码", "Region code"),
}
_SHEETS = {
    "portfolio": ("组合监测", "Portfolio limits"),
    "portfolio_places": ("组合分布", "Where the balance lies"),
    "exposures": ("情景敞口", "Exposure to scenarios"),
    "exposed_debtors": ("敞口客户清单", "Exposed debtors"),
}
_WATCHED = {
    "share": ("集中度占比", "Share of the balance"),
    "evenness": ("集中度指数（HHI）", "Concentration index (HHI)"),
    "vintage": ("账龄批次恶化", "A vintage turns worse"),
    "price": ("价格指数下跌", "A price index falls"),
}
_PARTS = {
    "industry": ("行业", "Industry"),
    "region": ("地区", "Region"),
    "product": ("产品", "Product"),
    "vintage": ("放款月", "Month of paying out"),
    "house_price": ("房价", "House prices"),
    "industry_price": ("行业价格", "Prices of an industry"),
}

PORTFOLIO_WORDS: dict[str, tuple[str, str]] = {
    **{f"column.{name}": said for name, said in _COLUMNS.items()},
    **{f"sheet.{name}": said for name, said in _SHEETS.items()},
    **{f"watched.{name}": said for name, said in _WATCHED.items()},
    **{f"part.{name}": said for name, said in _PARTS.items()},
    "against_limit.passed": ("超限", "Passed"),
    "against_limit.within": ("限额内", "Within"),
    "stress.total": ("全行在账", "The whole book"),
}
