"""Names of people and firms, put together from character lists; nobody in particular is meant."""

import numpy as np
import polars as pl

from postloan.demo.draws import Bools, Indexes, pick
from postloan.demo.industries import INDUSTRIES, SHOP_WORDS
from postloan.demo.offices import CITIES, PLACE_NAMES

SURNAMES = (
    ("王", 7.2), ("李", 7.1), ("张", 6.8), ("刘", 5.4), ("陈", 4.6), ("杨", 3.1), ("黄", 2.2), ("赵", 2.1), ("吴", 2.0),
    ("周", 2.0), ("徐", 1.5), ("孙", 1.5), ("马", 1.3), ("朱", 1.3), ("胡", 1.2), ("郭", 1.2), ("何", 1.1), ("林", 1.1),
    ("高", 1.1), ("罗", 1.0), ("郑", 0.9), ("梁", 0.9), ("谢", 0.8), ("宋", 0.8), ("唐", 0.7), ("许", 0.7), ("邓", 0.6),
    ("冯", 0.6), ("韩", 0.6), ("曹", 0.6), ("曾", 0.6), ("彭", 0.5), ("萧", 0.1), ("蔡", 0.5), ("潘", 0.5), ("田", 0.5),
    ("董", 0.5), ("袁", 0.5), ("于", 0.5), ("余", 0.5), ("叶", 0.5), ("蒋", 0.5), ("杜", 0.5), ("苏", 0.4), ("魏", 0.4),
    ("程", 0.4), ("吕", 0.4), ("丁", 0.4), ("沈", 0.4), ("任", 0.4), ("姚", 0.4), ("卢", 0.4), ("傅", 0.3), ("钟", 0.3),
    ("姜", 0.3), ("崔", 0.3), ("谭", 0.3), ("廖", 0.3), ("范", 0.3), ("汪", 0.3), ("陆", 0.3), ("金", 0.3), ("石", 0.3),
    ("戴", 0.3), ("贾", 0.3), ("韦", 0.2), ("夏", 0.2), ("邱", 0.2), ("方", 0.2), ("侯", 0.2), ("邹", 0.2), ("熊", 0.2),
    ("孟", 0.2), ("秦", 0.2), ("白", 0.2), ("江", 0.2), ("阎", 0.2), ("薛", 0.2), ("尹", 0.2), ("段", 0.2), ("雷", 0.2),
    ("黎", 0.2), ("史", 0.2), ("龙", 0.2), ("陶", 0.2), ("贺", 0.2), ("顾", 0.2), ("毛", 0.2), ("郝", 0.2), ("龚", 0.2),
    ("邵", 0.2), ("万", 0.2), ("钱", 0.2), ("严", 0.2), ("覃", 0.2), ("武", 0.2), ("莫", 0.1), ("孔", 0.1),
    ("欧阳", 0.1),
)  # fmt: skip
"""Surnames and their rough share of the population in per cent."""

MEN = "伟强磊军勇杰涛明超辉鹏刚平波斌宇浩凯健俊帆帅旭宁龙林华飞鑫亮建国志文海东峰飞翔嘉博文昊泽瑞轩晨阳康毅成栋德宏"
WOMEN = "芳娜敏静丽艳娟霞玲燕红梅莉琳萍颖婷雪倩慧洁琴云英兰凤洋欣怡佳雨晨思琪雅芝蓉媛薇梦瑶月珍悦涵彤菲嘉慧秀淑玉"
GENERATION = "建国志文晓小海春玉永德明家金光世俊子思雨一佳嘉宏振立景学正新"

FIRM_FIRST = (
    "德华中宏远瑞嘉众诚达恒永兴方盛天金鑫泰丰顺广联海新亿万嘉正信立安博创润祥和东润智科凯鼎弘源佳美光启卓越腾荣康"
)
FIRM_SECOND = "达盛远兴泰丰联诚信华鑫源隆昌顺通和安润康利宏辉腾翔博创科美嘉佳荣祥凯瑞海江星辰阳明光峰林森泽川鼎"
"""A firm's own word takes one character of each, and one in three firms takes a third."""

COMPANY_ENDINGS = ("有限公司", "有限责任公司", "股份有限公司")

LONG_GIVEN_NAMES = 0.82
"""Share of given names with two characters."""


def _letters(alphabet: str, choice: Indexes) -> pl.Series:
    return pl.Series(list(alphabet)).gather(choice)


def person_names(rng: np.random.Generator, is_female: Bools) -> pl.Series:
    """Surname and given name."""
    size = len(is_female)
    surnames = pl.Series([name for name, _ in SURNAMES]).gather(pick(rng, size, tuple(s for _, s in SURNAMES)))
    alphabet = MEN + WOMEN
    first = rng.integers(0, len(MEN), size).astype(np.int32)
    second = (len(MEN) + rng.integers(0, len(WOMEN), size)).astype(np.int32)
    given = _letters(alphabet, np.where(is_female, second, first).astype(np.int32))
    middle = _letters(GENERATION, rng.integers(0, len(GENERATION), size).astype(np.int32))
    is_long = rng.random(size) < LONG_GIVEN_NAMES
    middle = middle.zip_with(pl.Series(is_long), pl.Series([""]).new_from_index(0, size))
    return pl.select(pl.concat_str(surnames, middle, given)).to_series()


def _own_words(rng: np.random.Generator, size: int) -> pl.Series:
    first = _letters(FIRM_FIRST, rng.integers(0, len(FIRM_FIRST), size).astype(np.int32))
    second = _letters(FIRM_SECOND, rng.integers(0, len(FIRM_SECOND), size).astype(np.int32))
    third = _letters(FIRM_SECOND, rng.integers(0, len(FIRM_SECOND), size).astype(np.int32))
    has_third = pl.Series(rng.random(size) < 1 / 3)
    third = third.zip_with(has_third, pl.Series([""]).new_from_index(0, size))
    return pl.select(pl.concat_str(first, second, third)).to_series()


def company_names(rng: np.random.Generator, office: Indexes, industry: Indexes, *, is_listed: Bools) -> pl.Series:
    """区域 + 字号 + 行业 + 有限公司."""
    size = len(office)
    places = pl.Series([name for _, name, _ in CITIES]).gather(office // 5)
    trades = pl.Series([word for _, _, words in INDUSTRIES for word in words])
    trade = trades.gather(industry * 2 + rng.integers(0, 2, size))
    ending = pick(rng, size, (0.8, 0.2))
    endings = pl.Series(COMPANY_ENDINGS).gather(np.where(is_listed, 2, ending))
    return pl.select(pl.concat_str(places, _own_words(rng, size), trade, endings)).to_series()


def shop_names(rng: np.random.Generator, office: Indexes, shop: Indexes) -> pl.Series:
    """区 + 字号 + 店."""
    places = pl.Series([f"{name}区" for name in PLACE_NAMES]).gather(office)
    words = pl.Series(SHOP_WORDS).gather(shop)
    return pl.select(pl.concat_str(places, _own_words(rng, len(office)), words)).to_series()


def public_names(rng: np.random.Generator, office: Indexes) -> pl.Series:
    """A district's own body that borrows."""
    bodies = ("园林绿化管理处", "水务管理处", "公路养护中心", "交通建设管理处")
    places = pl.Series([f"{CITIES[n // 5][1]}市{name}区" for n, name in enumerate(PLACE_NAMES)]).gather(office)
    return pl.select(pl.concat_str(places, pl.Series(bodies).gather(pick(rng, len(office), (1, 1, 1, 1))))).to_series()
