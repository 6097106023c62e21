"""Names in a text, held against those of debtors: whole, without legal form and place, by alias, and by likeness.

What one debtor alone is called is sure. A name of a person, one that several share, one that stands in the text with
another place or legal form, and one that is only alike are put before somebody.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import polars as pl
from rapidfuzz import fuzz, process

from postloan.rules.news import Names

How = Literal["posted", "exact", "alias", "fuzzy", "named"]
"""Named by the source, by its text in three ways, or by a person."""
_LONGEST = 30
_RUN = re.compile(r"[^\s，。；：！？、,;:!?“”\"'《》〈〉【】\[\]…—|]+")
_BEFORE_SUFFIX = 18
"""Letters before a legal form among which a name is looked for by likeness."""


@dataclass(frozen=True)
class Found:
    """A debtor that a text may tell of.

    at, found  where the name begins in the text, and how it stands there.
    score      likeness in per cent.
    is_sure    whether nobody has to be asked.
    """

    debtor_id: str
    found: str
    at: int
    how: How
    score: int
    is_sure: bool


def known_names(debtors: pl.DataFrame, rules: Names) -> pl.DataFrame:
    """The names of debtors as they are looked for.

    debtors  debtor_id, name, legal_form. Returns debtor_id, name, core, place, form and is_person; one row a debtor.
    """
    forms = "|".join(map(re.escape, sorted(rules.suffixes, key=len, reverse=True)))
    places = "|".join(map(re.escape, sorted(rules.regions, key=len, reverse=True)))
    is_person = pl.col("legal_form") == "person"
    parts = pl.col("name").str.extract_groups(f"^((?:{places})?)(.+?)((?:{forms})?)$")
    core = pl.when(~is_person).then(parts.struct.field("2"))
    return debtors.drop_nulls("name").select(
        "debtor_id", "name", is_person=is_person, place=parts.struct.field("1"), form=parts.struct.field("3"),
        core=pl.when(core.str.len_chars() >= rules.bounds.alias_letters).then(core),
    )  # fmt: skip


def names_found(text: str, known: pl.DataFrame, aliases: pl.DataFrame, rules: Names) -> list[Found]:
    """Find debtors in a text: each once, as surely as it can be told; sure ones first.

    known  of known_names. aliases  alias, debtor_id: what the bank itself calls them.
    """
    pieces = _pieces(text)
    most = rules.bounds.fuzzy_most
    exact = _said(pieces, known.select("debtor_id", "is_person", says="name"), most)
    called = _said(pieces, aliases.select("debtor_id", says="alias", is_person=pl.lit(value=False)), most)
    cores = _said(pieces, known.drop_nulls("core").select("debtor_id", "place", "form", says="core"), most)
    taken: list[tuple[int, int]] = []
    found = [*_of_rows(exact, "exact", taken), *_of_rows(called, "alias", taken)]
    found += _of_cores(text, cores, rules, taken)
    found += _alike(text, known, rules, taken)
    best: dict[str, Found] = {}
    for each in sorted(found, key=lambda one: (not one.is_sure, -one.score, one.at)):
        best.setdefault(each.debtor_id, each)
    return list(best.values())


def _pieces(text: str) -> pl.DataFrame:
    """Every stretch of letters of a text that may be a name: says, at."""
    rows = [
        (run[0][begin:end], run.start() + begin)
        for run in _RUN.finditer(text)
        for begin in range(len(run[0]))
        for end in range(begin + 2, min(begin + _LONGEST, len(run[0])) + 1)
    ]
    return pl.DataFrame(rows, schema={"says": pl.String, "at": pl.Int64}, orient="row").unique(
        "says", keep="first", maintain_order=True
    )


def _said(pieces: pl.DataFrame, names: pl.DataFrame, most: int) -> pl.DataFrame:
    """The names that stand in a text, the longest first, with how many debtors share each; what many share is none."""
    found = names.join(pieces, on="says").with_columns(shared=pl.len().over("says")).filter(pl.col("shared") <= most)
    return found.sort(pl.col("says").str.len_chars(), "at", "debtor_id", descending=[True, False, False])


def _of_rows(rows: pl.DataFrame, how: How, taken: list[tuple[int, int]]) -> Iterator[Found]:
    for (says, at), group in rows.group_by("says", "at", maintain_order=True):
        if _is_free(at, len(says), taken):
            taken.append((at, at + len(says)))
            for row in group.iter_rows(named=True):
                yield Found(row["debtor_id"], says, at, how, 100, row["shared"] == 1 and not row["is_person"])


def _of_cores(text: str, rows: pl.DataFrame, rules: Names, taken: list[tuple[int, int]]) -> Iterator[Found]:
    """Names without place and legal form: sure where the text gives them no other place and no other form."""
    for (says, at), group in rows.group_by("says", "at", maintain_order=True):
        if not _is_free(at, len(says), taken):
            continue
        place = _ends_with(text[:at], rules.regions)
        form = _begins_with(text[at + len(says) :], rules.suffixes)
        taken.append((at - len(place), at + len(says) + len(form)))
        for row in group.iter_rows(named=True):
            fits = place in {"", row["place"]} and form in {"", row["form"]}
            is_sure = fits and row["shared"] == 1 and len(says) >= rules.bounds.sure_letters
            score = 100 if fits else round(fuzz.ratio(f"{place}{says}{form}", f"{row['place']}{says}{row['form']}"))
            yield Found(row["debtor_id"], f"{place}{says}{form}", at - len(place), "alias", score, is_sure)


def _alike(text: str, known: pl.DataFrame, rules: Names, taken: list[tuple[int, int]]) -> Iterator[Found]:
    """Names that are alike to what stands before a legal form in the text."""
    firms = known.drop_nulls("core")
    for end, form in _forms_in(text, rules.suffixes):
        begin = max(0, end - len(form) - _BEFORE_SUFFIX)
        stretch = max((run[0] for run in _RUN.finditer(text[begin:end])), key=len, default="")
        own = stretch.removesuffix(form)
        if len(own) < rules.bounds.alias_letters or not _is_free(end - len(form), len(form), taken):
            continue
        pairs = [own[at : at + 2] for at in range(len(own) - 1)]
        # A name much longer than what stands there would be alike by its trade alone.
        near = firms.filter(pl.col("core").str.contains_any(pairs) & (pl.col("core").str.len_chars() <= len(own) + 1))
        # A name ends where its legal form begins; before it any word of the text may stand.
        ends = [own[-len(core) :] for core in near["core"]]
        likeness = process.cpdist(ends, near["core"].to_list(), scorer=fuzz.ratio)
        scored = near.select("debtor_id", score=pl.Series(likeness, dtype=pl.Float64))
        alike = scored.filter(pl.col("score") >= rules.bounds.fuzzy_score).sort("score", "debtor_id", descending=True)
        for debtor_id, score in alike.head(rules.bounds.fuzzy_most).iter_rows():
            yield Found(debtor_id, stretch, end - len(stretch), "fuzzy", int(score), is_sure=False)


def _forms_in(text: str, suffixes: Sequence[str]) -> Iterator[tuple[int, str]]:
    for hit in _form_pattern(tuple(suffixes)).finditer(text):
        yield hit.end(), hit[0]


@lru_cache(maxsize=4)
def _form_pattern(suffixes: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(suffixes, key=len, reverse=True))))


def _ends_with(text: str, words: Sequence[str]) -> str:
    return max((word for word in words if text.endswith(word)), key=len, default="")


def _begins_with(text: str, words: Sequence[str]) -> str:
    return max((word for word in words if text.startswith(word)), key=len, default="")


def _is_free(at: int, length: int, taken: Sequence[tuple[int, int]]) -> bool:
    return all(at + length <= begin or at >= end for begin, end in taken)
