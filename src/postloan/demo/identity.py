"""Identity numbers with right check characters: 居民身份证 (GB 11643) and 统一社会信用代码 (GB 32100, GB 11714)."""

import numpy as np
import polars as pl

from postloan.demo.dates import Days, day_of_month, month_of, year_of
from postloan.demo.draws import Bools, Indexes, Ints

PERSON_CHECKS = "10X98765432"
CREDIT_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODE_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ORGANISATION_X = 10
ORGANISATION_VALUES = tuple(int(letter, 36) for letter in CREDIT_CODE_LETTERS)

UNASSIGNED_COUNTY = 97
"""No county has this code, so no number made here can be a living person's."""


def person_numbers(city_codes: Ints, born_on: Days, is_female: Bools, serial: Indexes) -> pl.Series:
    """Eighteen characters: city, unassigned county, birthday, an order number odd for men, check character."""
    order = (serial % 499 * 2 + 1 + is_female).astype(np.int64)
    birthday = year_of(born_on).astype(np.int64) * 10_000 + (month_of(born_on) % 12 + 1) * 100 + day_of_month(born_on)
    county = city_codes // 100 * 100 + UNASSIGNED_COUNTY
    number = (county * 10**8 + birthday) * 1000 + order
    total = np.zeros(len(number), dtype=np.int64)
    for place in range(17):
        # GB 11643: the weight of a place is 2 to its distance from the check character, modulo 11.
        total += number // 10**place % 10 * pow(2, place + 1, 11)
    checks = pl.Series(list(PERSON_CHECKS)).gather(total % 11)
    return pl.select(pl.concat_str(pl.Series(number).cast(pl.String), checks)).to_series()


def credit_codes(kind: Indexes, region_codes: Ints, rng: np.random.Generator) -> pl.Series:
    """Eighteen characters: registry and kind of body, region, organisation code with its check, check character.

    kind is 1 for a company, 2 for a sole trader, both in the market registry (9), or 0 for a public body (11).
    """
    size = len(kind)
    letters = np.zeros((17, size), dtype=np.int64)
    letters[0] = np.where(kind == 0, 1, 9)
    letters[1] = np.where(kind == 0, 1, kind)
    for place in range(6):
        letters[2 + place] = region_codes // 10 ** (5 - place) % 10
    letters[8], letters[9] = CREDIT_CODE_LETTERS.index("M"), CREDIT_CODE_LETTERS.index("A")
    letters[10:16] = rng.integers(0, len(CREDIT_CODE_LETTERS), (6, size))
    values = np.asarray(ORGANISATION_VALUES)[letters[8:16]]
    rest = 11 - np.asarray(ORGANISATION_WEIGHTS) @ values % 11
    letters[16] = np.where(rest == ORGANISATION_X, CREDIT_CODE_LETTERS.index("X"), rest % 11)
    last = (31 - np.asarray(CREDIT_CODE_WEIGHTS) @ letters % 31) % 31
    alphabet = pl.Series(list(CREDIT_CODE_LETTERS))
    return pl.select(pl.concat_str([alphabet.gather(row) for row in (*letters, last)])).to_series()
