"""The demo bank's offices: a head office, eight branches in eight cities, five sub-branches each."""

import numpy as np
import polars as pl

from postloan.demo.draws import Indexes

HEAD = ("100000", "青禾银行总行", "330100")

CITIES = (
    ("330100", "杭州", "浙江"),
    ("320100", "南京", "江苏"),
    ("370100", "济南", "山东"),
    ("410100", "郑州", "河南"),
    ("420100", "武汉", "湖北"),
    ("510100", "成都", "四川"),
    ("610100", "西安", "陕西"),
    ("440100", "广州", "广东"),
)
"""GB/T 2260 code, city, province."""

CITY_HAZARD = (0.75, 0.8, 1.1, 1.5, 1.15, 0.95, 1.2, 0.9)
"""How likely debtors of each city are to stop paying, against the bank's average."""

CITY_SHARE = (0.2, 0.17, 0.11, 0.1, 0.11, 0.13, 0.08, 0.1)

DISTRICTS = (
    (("330106", "西湖"), ("330108", "滨江"), ("330109", "萧山"), ("330110", "余杭"), ("330105", "拱墅")),
    (("320104", "秦淮"), ("320105", "建邺"), ("320106", "鼓楼"), ("320115", "江宁"), ("320111", "浦口")),
    (("370102", "历下"), ("370103", "市中"), ("370104", "槐荫"), ("370105", "天桥"), ("370112", "历城")),
    (("410105", "金水"), ("410102", "中原"), ("410103", "二七"), ("410104", "管城"), ("410108", "惠济")),
    (("420102", "江岸"), ("420103", "江汉"), ("420106", "武昌"), ("420111", "洪山"), ("420105", "汉阳")),
    (("510104", "锦江"), ("510105", "青羊"), ("510106", "金牛"), ("510107", "武侯"), ("510108", "成华")),
    (("610103", "碑林"), ("610104", "莲湖"), ("610112", "未央"), ("610113", "雁塔"), ("610111", "灞桥")),
    (("440106", "天河"), ("440104", "越秀"), ("440105", "海珠"), ("440111", "白云"), ("440113", "番禺")),
)
"""Five districts a city, in the order of CITIES: GB/T 2260 code and name."""

DISTRICTS_EACH = 5
DISTRICT_SHARE = (0.3, 0.25, 0.2, 0.15, 0.1)

REGION_CODES = tuple(code for city in DISTRICTS for code, _ in city)
"""A sub-branch's region by its number, 0 to 39; its city is the number divided by five."""

PLACE_NAMES = tuple(name for city in DISTRICTS for _, name in city)


def branch_id(city: int) -> str:
    """A branch's office number."""
    return f"{CITIES[city][0][:3]}000"


def sub_branch_ids() -> list[str]:
    """The office number of each sub-branch, by its number."""
    return [f"{CITIES[city][0][:3]}{rank + 1:03d}" for city in range(len(CITIES)) for rank in range(DISTRICTS_EACH)]


def org_table() -> pl.DataFrame:
    """The offices as the feed table `org`."""
    rows: list[tuple[str, str | None, str, str, str]] = [(HEAD[0], None, HEAD[1], "head", HEAD[2])]
    for city, (code, name, _) in enumerate(CITIES):
        rows.append((branch_id(city), HEAD[0], f"{name}分行", "branch", code))
        for rank, (district, place) in enumerate(DISTRICTS[city]):
            office = f"{branch_id(city)[:3]}{rank + 1:03d}"
            rows.append((office, branch_id(city), f"{name}{place}支行", "sub_branch", district))
    names = ["org_id", "parent_id", "name", "level", "region_code"]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String()), orient="row").sort("org_id")


def draw_offices(rng: np.random.Generator, size: int) -> Indexes:
    """The sub-branch of each debtor, 0 to 39."""
    shares = np.outer(CITY_SHARE, DISTRICT_SHARE).ravel()
    bounds = np.cumsum(shares) / shares.sum()
    return np.minimum(np.searchsorted(bounds, rng.random(size), side="right"), len(bounds) - 1).astype(np.int32)
