"""Pages: the schemas written out as tables in docs/, so that what a reader sees is what the program holds.

A page has two parts. Above the mark people write; below it, `python -m postloan.tables.pages` does.
"""

import argparse
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import dataframely as dy

from postloan.tables.features import FAMILIES
from postloan.tables.inputs import FEED_TABLES
from postloan.tables.inputs.feed import FeedTable, Owner
from postloan.tables.published import PUBLISHED

MARK = "<!-- Written by `make docs` from here to the end; edit what it is made of, not this page. -->"

_KEPT_WITH: dict[Owner, str] = {
    "bank": "the bank",
    "debtor": "the debtor",
    "facility": "the facility's debtor",
    "contract": "the contract's debtor",
    "loan": "the loan's debtor",
    "secured": "the debtor of what is secured",
    "loan_or_facility": "the debtor of the loan or facility",
    "loan_or_contract": "the debtor of the loan or contract",
}

Namer = Callable[[str], str]
Kinder = Callable[[str, dy.Column], str]


@dataclass(frozen=True)
class Page:
    """One page of docs/ and what its lower part says."""

    file: str
    tables: Callable[[], str]


def feed_tables() -> str:
    """Every feed table as people write it: amounts and rates in major units, under the names without a unit."""
    contents = [("table", "中文", "key", "kept with", "one row is")]
    contents += [
        (f"[`{name}`](#{name})", schema.zh, _key(schema, written_name), _KEPT_WITH[schema.owner], _says(schema))
        for name, schema in FEED_TABLES.items()
    ]
    return "\n".join([_table(contents), *(_feed_table(schema) for schema in FEED_TABLES.values())])


def published_tables() -> str:
    """The published rows as they lie in the Parquet files."""
    return "\n".join(
        f"## {name}\n\n{_says(schema)}\n\n{_columns(schema, _same, _stored_kind)}{_rules(schema)}"
        for name, schema in PUBLISHED.items()
    )


def feature_tables() -> str:
    """The features of debtors by family, with the unit and the window of each."""
    return "\n".join(
        f"## {name}\n\n{inspect.getdoc(schema)}\n\n{_features(schema)}" for name, schema in FAMILIES.items()
    )


PAGES = (
    Page("feeds.md", feed_tables), Page("published.md", published_tables), Page("features.md", feature_tables),
)  # fmt: skip


def rewritten(text: str, page: Page) -> str:
    """The page with its lower part made again; the part that people wrote stays."""
    above, mark, _below = text.partition(MARK)
    if not mark:
        message = f"docs/{page.file} has lost its mark: {MARK}"
        raise ValueError(message)
    return f"{above}{MARK}\n\n{page.tables()}"


def written_name(column: str) -> str:
    """The name under which people write a column: `principal` for `principal_cents`."""
    return column.removesuffix("_cents").removesuffix("_e8")


def _feed_table(schema: type[FeedTable]) -> str:
    refers = {
        written_name(name): column.metadata["refers"]
        for name, column in schema.columns().items()
        if column.metadata and "refers" in column.metadata
    }
    lines = [f"## {schema.table}", "", f"**{schema.zh}.** {_says(schema)}", ""]
    lines += [f"Key: {_key(schema, written_name)}. Kept with {_KEPT_WITH[schema.owner]}."]
    if refers:
        points = ", ".join(f"`{name}` to [`{table}`](#{table})" for name, table in refers.items())
        lines += [f"Points: {points}."]
    return "\n".join([*lines, "", _columns(schema, written_name, _written_kind) + _rules(schema)])


def _columns(schema: type[dy.Schema], name_of: Namer, kind_of: Kinder) -> str:
    rows = [("column", "中文", "kind", "needed", "what it is")]
    ordered = sorted(schema.columns().items(), key=lambda item: item[0] == "known_on")
    for name, column in ordered:
        zh = (column.metadata or {}).get("zh", "")
        needed = "" if column.nullable else "yes"
        rows.append((f"`{name_of(name)}`", zh, kind_of(name, column), needed, column.description or ""))
    return _table(rows)


def _features(schema: type[dy.Schema]) -> str:
    rows = [("feature", "中文", "unit", "window", "what it is")]
    rows += [
        (f"`{name}`", told["zh"], told["unit"], told["window"], column.description or "")
        for name, column in schema.columns().items()
        if (told := column.metadata or {}).get("unit")
    ]
    return _table(rows)


def _rules(schema: type[dy.Schema]) -> str:
    """The rules a row must keep, with the names under which quarantine and errors report them."""
    said: dict[str, str] = {}
    for owner in reversed(schema.__mro__):
        for name, rule in vars(owner).items():
            if callable(function := getattr(rule, "validation_fn", None)):
                said[name] = inspect.getdoc(function) or ""
    if not said:
        return ""
    return "\nA row must keep:\n\n" + "".join(f"- `{name}`: {why}\n" for name, why in said.items())


def _written_kind(name: str, column: dy.Column) -> str:
    if isinstance(column, dy.Int64):
        least = column.min if column.min is not None else 0
        if name.endswith("_cents"):
            return "money, may be negative" if least < 0 else "money"
        if name.endswith("_e8"):
            return f"fraction {least // 10**8} to {(column.max or 0) // 10**8}"
        return f"whole number {least} to {column.max}"
    return _kind(column)


def _stored_kind(_name: str, column: dy.Column) -> str:
    return _kind(column) if isinstance(column, (dy.Enum, dy.String)) else str(column.dtype)


def _kind(column: dy.Column) -> str:
    if isinstance(column, dy.Enum):
        return " ".join(f"`{word}`" for word in column.categories)
    if isinstance(column, dy.String):
        return f"text `{column.regex}`" if column.regex else f"text, at most {column.max_length} bytes"
    return {dy.Date: "day", dy.Datetime: "moment", dy.Bool: "yes or no", dy.Float64: "number"}[type(column)]


def _key(schema: type[dy.Schema], name_of: Namer) -> str:
    return ", ".join(f"`{name_of(name)}`" for name in schema.primary_key())


def _same(name: str) -> str:
    return name


def _says(schema: type[dy.Schema]) -> str:
    return (inspect.getdoc(schema) or "").split("\n\n")[0].replace("\n", " ")


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def main() -> int:
    """Write the pages again, or with --check say which are not what the schemas say."""
    parser = argparse.ArgumentParser(prog="python -m postloan.tables.pages", description=main.__doc__)
    parser.add_argument("docs", type=Path, nargs="?", default=Path("docs"), help="the folder of pages")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when a page is out of date")
    asked = parser.parse_args()
    stale = 0
    for page in PAGES:
        path = asked.docs / page.file
        text = path.read_text(encoding="utf-8")
        fresh = rewritten(text, page)
        if text == fresh:
            continue
        stale += 1
        if not asked.check:
            path.write_text(fresh, encoding="utf-8")
        sys.stdout.write(f"{path} {'is out of date: run make docs' if asked.check else 'written'}\n")
    return 1 if asked.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
