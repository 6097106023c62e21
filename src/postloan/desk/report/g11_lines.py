"""The lines of form G11 by number, in the form's Chinese and in English, and the sections of GB/T 4754-2017."""

SECTION_FROM = {
    "A": 1, "B": 6, "C": 13, "D": 44, "E": 47, "F": 51, "G": 53, "H": 61, "I": 63, "J": 66, "K": 70, "L": 71, "M": 73,
    "N": 76, "O": 80, "P": 83, "Q": 84, "R": 86, "S": 91, "T": 97,
}  # fmt: skip
"""The first division of two digits of each section; the sections are lines 2.1 to 2.20 in their order."""

_INDUSTRIES = (
    ("农、林、牧、渔业", "Agriculture, forestry, livestock and fishing"),
    ("采矿业", "Mining"),
    ("制造业", "Manufacturing"),
    ("电力、热力、燃气及水的生产和供应业", "Power, heat, gas and water"),
    ("建筑业", "Construction"),
    ("批发和零售业", "Wholesale and retail"),
    ("交通运输、仓储和邮政业", "Transport, storage and post"),
    ("住宿和餐饮业", "Hotels and catering"),
    ("信息传输、软件和信息技术服务业", "Information transmission, software and IT"),
    ("金融业", "Finance"),
    ("房地产业", "Real estate"),
    ("租赁和商务服务业", "Leasing and business services"),
    ("科学研究和技术服务业", "Research and technical services"),
    ("水利、环境和公共设施管理业", "Water, environment and public facilities"),
    ("居民服务、修理和其他服务业", "Household services, repair and others"),
    ("教育", "Education"),
    ("卫生和社会工作", "Health and social work"),
    ("文化、体育和娱乐业", "Culture, sports and entertainment"),
    ("公共管理、社会保障和社会组织", "Public administration and social organisations"),
    ("国际组织", "International organisations"),
)
PERSONAL, CARDS = "2.21", "2.21.1"
UNPLACED, MOVED = "2.99", "5.99"
"""Two lines of our own, told as such: what finds no industry, and restructured loans whose tier moved."""

G11_I: dict[str, tuple[str, str]] = {
    "1": ("各项贷款", "All loans"),
    "2": ("对境内贷款", "Loans at home"),
    **{f"2.{at}": said for at, said in enumerate(_INDUSTRIES, start=1)},
    PERSONAL: ("个人贷款（不含个人经营性贷款）", "Personal loans, not for business"),
    CARDS: ("信用卡", "Credit cards"),
    UNPLACED: ("（非报表行）未填投向行业", "(not of the form) No industry given"),
    "7": ("个人经营性贷款", "Personal loans for business"),
    "4": ("逾期贷款", "Overdue loans"),
    "4.1": ("逾期30天以内的贷款", "Overdue up to 30 days"),
    "4.2": ("逾期31天到60天贷款", "Overdue 31 to 60 days"),
    "4.3": ("逾期61天到90天贷款", "Overdue 61 to 90 days"),
    "4.4": ("逾期91天到180天贷款", "Overdue 91 to 180 days"),
    "4.5": ("逾期181天到270天贷款", "Overdue 181 to 270 days"),
    "4.6": ("逾期271天到360天贷款", "Overdue 271 to 360 days"),
    "4.7": ("逾期361天以上贷款", "Overdue 361 days and more"),
    "5.1": ("年初重组贷款", "Restructured at the start"),
    "5.2": ("加：期间新重组方案", "Plus: newly restructured"),
    "5.3": ("减：不再认定为重组贷款", "Less: no longer restructured"),
    "5.4": ("减：重组贷款收回现金、以物抵债、核销、其他", "Less: cash, assets, write-offs, others"),
    MOVED: ("（非报表行）期间分类变化", "(not of the form) Moved between tiers"),
    "5.5": ("期末重组贷款", "Restructured at the end"),
    "5.5.1": ("其中：逾期超过90天", "Of these: overdue more than 90 days"),
    "5.6": ("多次重组后未计入不良贷款的余额", "Restructured again, not non-performing"),
    "6": ("展期贷款", "Extended loans"),
}
G11_II: dict[str, tuple[str, str]] = {"II.1": ("各项贷款", "All loans")}
