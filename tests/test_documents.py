"""The documents say what the program does: generated pages, refusals, words, commands, links, and no foreign paths."""

import importlib
import pkgutil
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import dataframely as dy
import pytest
import typer

import postloan
from postloan import tables
from postloan.errors import PostloanError
from postloan.site.cli import app
from postloan.tables import pages
from postloan.tables.inputs import FEED_TABLES
from postloan.tables.published import PUBLISHED
from postloan.tables.said import SAID

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN_TERMS = re.compile(r"^[A-Z]{2,5}\b")
NOT_YET = "—"

# Paths of whoever developed or ran this. Written in pieces, so that this file does not name them.
FOREIGN_PATH = re.compile(
    # The desk's own addresses of work, of an item by its number or a pattern for one, are no paths.
    "|".join(
        rf"(?<![\w.~$}}]){re.escape('/' + place)}/(?!\d|\\d|{{core\.|urge\"|transfer\")"
        for place in ("work", "tmp", "root", "home")
    )
)


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        yield importlib.import_module(found.name)


def _cells(text: str) -> list[list[str]]:
    """Every row of every table, without heads and rules."""
    lines = text.splitlines()
    rules = {at for at, line in enumerate(lines) if re.fullmatch(r"\|(?: -+ \|)+", line)}
    skipped = rules | {at - 1 for at in rules}
    rows = [line for at, line in enumerate(lines) if line.startswith("|") and at not in skipped]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def _subclasses(kind: type[PostloanError]) -> Iterator[type[PostloanError]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("postloan."):
            yield below
            yield from _subclasses(below)


def _repo_files() -> list[Path]:
    """What git holds or would add; in a tree without git, everything that is not hidden."""
    asked = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(asked, capture_output=True, check=True).stdout.decode()
        names = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [
            path for path in ROOT.rglob("*") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        ]
    return [path for path in names if path.is_file()]


# Generated pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.file)
def test_a_generated_page_is_what_the_schemas_say(page: pages.Page) -> None:
    text = (DOCS / page.file).read_text(encoding="utf-8")
    assert text == pages.rewritten(text, page), "run: make docs"


def test_every_feed_table_and_column_has_its_heading_and_row() -> None:
    text = (DOCS / "feeds.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    for table, schema in FEED_TABLES.items():
        first_cells = {row[0] for row in _cells(sections[table])}
        assert first_cells == {f"`{pages.written_name(name)}`" for name in schema.columns()}, table


def test_a_page_keeps_what_people_wrote_above_the_mark() -> None:
    page = pages.Page("feeds.md", lambda: "new\n")
    assert pages.rewritten(f"by hand\n{pages.MARK}\nold\n", page) == f"by hand\n{pages.MARK}\n\nnew\n"


def test_a_page_without_its_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="lost its mark"):
        pages.rewritten("by hand\n", pages.Page("feeds.md", lambda: "new\n"))


@pytest.mark.parametrize("check", [True, False])
def test_the_page_maker_tells_or_mends_a_stale_page(
    check: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for page in pages.PAGES:
        (tmp_path / page.file).write_text(f"by hand\n{pages.MARK}\nold\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["pages", str(tmp_path), *(["--check"] if check else [])])
    assert pages.main() == (1 if check else 0)
    assert "feeds.md" in capsys.readouterr().out
    stale = [page.file for page in pages.PAGES if (tmp_path / page.file).read_text(encoding="utf-8").endswith("old\n")]
    assert stale == ([page.file for page in pages.PAGES] if check else [])


@pytest.mark.parametrize("schema", [*FEED_TABLES.values(), *PUBLISHED.values()], ids=lambda s: s.__name__)
def test_every_column_says_what_it_is_in_both_languages(schema: type[dy.Schema]) -> None:
    assert schema.__doc__
    for name, column in schema.columns().items():
        assert column.description, f"{name} has no English description"
        assert CHINESE.search((column.metadata or {}).get("zh", "")), f"{name} has no Chinese name"


@pytest.mark.parametrize("table", FEED_TABLES)
def test_every_feed_table_has_a_chinese_name(table: str) -> None:
    assert CHINESE.search(FEED_TABLES[table].zh)


def test_a_column_points_only_to_tables_there_are() -> None:
    for schema in FEED_TABLES.values():
        for name, column in schema.columns().items():
            assert (column.metadata or {}).get("refers", "org") in FEED_TABLES, f"{schema.table}.{name}"


# Refusals ----------------------------------------------------------------------------------------------------------


def test_every_refusal_has_a_code_of_its_own_and_a_line_with_cause_and_cure() -> None:
    list(_modules(postloan))
    kinds = list(_subclasses(PostloanError))
    codes = [kind.code for kind in kinds]
    assert len(codes) >= 20
    assert len(set(codes)) == len(codes), "two refusals have one code"
    written = {row[0]: row for row in _cells((DOCS / "errors.md").read_text(encoding="utf-8"))}
    assert set(written) == set(codes)
    for kind in kinds:
        _code, name, cause, cure = written[kind.code]
        assert name == kind.__name__
        assert cause.endswith(".")
        assert cure.endswith(".")


# Words -------------------------------------------------------------------------------------------------------------


def _glossary() -> tuple[list[list[str]], list[list[str]]]:
    rows = _cells((DOCS / "glossary.md").read_text(encoding="utf-8"))
    return [row for row in rows if len(row) == 4], [row for row in rows if len(row) == 3]


def test_every_term_is_there_once_with_its_chinese_word_and_columns_that_exist() -> None:
    known = {
        column
        for module in _modules(tables)
        for schema in vars(module).values()
        if isinstance(schema, type) and issubclass(schema, dy.Schema)
        for column in schema.columns()
    }
    terms, _items = _glossary()
    assert len(terms) > 80
    assert len({row[0] for row in terms}) == len(terms)
    for term, chinese, columns, meaning in terms:
        assert CHINESE.search(chinese), term
        assert meaning.endswith("."), term
        assert columns == NOT_YET or set(re.findall(r"`(\w+)`", columns)) <= known, term


def test_every_statement_item_has_a_code_and_both_names() -> None:
    _terms, items = _glossary()
    assert len({row[0] for row in items}) == len(items) > 30
    for code, english, chinese in items:
        assert re.fullmatch(r"`[a-z_]+`", code)
        assert english
        assert CHINESE.search(chinese), code


def test_every_tier_is_in_the_glossary_under_its_chinese_name() -> None:
    terms, _items = _glossary()
    chinese_of = {row[0]: row[1] for row in terms}
    for tier, (chinese, _english) in SAID["tier"].items():
        assert chinese_of[tier.replace("_", " ")] == chinese


# The two READMEs ---------------------------------------------------------------------------------------------------


def _readme(name: str) -> tuple[list[int], list[str], list[str]]:
    """Levels of the headings, the code blocks, and the places linked to."""
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return (
        [len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)],
        blocks,
        re.findall(r"\]\(([^)]+)\)", prose),
    )


def _commands(blocks: list[str]) -> list[str]:
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if re.match(r"(make|postloan|python|git|cd)\b", line)]


def test_the_two_readmes_have_the_same_shape_and_the_same_commands() -> None:
    english, chinese = _readme("README.md"), _readme("README.zh.md")
    assert english[0] == chinese[0]
    assert _commands(english[1]) == _commands(chinese[1])
    assert len(_commands(english[1])) >= 6
    others = {"README.md", "README.zh.md", "docs/guide.en.md", "docs/guide.zh.md"}
    others |= {f"docs/img/{each.name}" for each in (DOCS / "img").iterdir()}
    assert [link for link in english[2] if link not in others] == [link for link in chinese[2] if link not in others]


def test_every_command_and_option_of_the_readmes_is_one() -> None:
    commands: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
    options = {name: {word for each in command.params for word in each.opts} for name, command in commands.items()}
    for readme in ("README.md", "README.zh.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        asked = re.findall(r"postloan ([a-z][a-z-]*)((?: [^`\n|]|\\\||[^`\n|])*)", text)
        told = [(name, word) for name, rest in asked for word in re.findall(r"--[a-z-]+", rest)]
        assert {name for name, _rest in asked} == set(commands)
        assert len(told) > 20
        assert [(name, word) for name, word in told if word not in options[name]] == []


def test_the_first_screen_has_the_two_commands() -> None:
    for name in ("README.md", "README.zh.md"):
        screen = "\n".join((ROOT / name).read_text(encoding="utf-8").splitlines()[:40])
        assert "make demo" in screen
        assert "make test" in screen


# Architecture and decisions ----------------------------------------------------------------------------------------


def test_the_rooms_are_those_of_the_import_contract_in_its_order() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    rows = _cells((DOCS / "architecture.md").read_text(encoding="utf-8"))
    rooms = [re.findall(r"`(\w+)`", row[0]) for row in rows if row[0].startswith("`")]
    assert rooms == [re.findall(r"\w+", layer) for layer in layers]


def test_every_decision_is_listed_and_says_its_price() -> None:
    pages_there = sorted(path.name for path in (DOCS / "decisions").glob("[0-9]*.md"))
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\(([0-9][^)]+)\)", index) == pages_there
    for name in pages_there:
        text = (DOCS / "decisions" / name).read_text(encoding="utf-8")
        assert text.startswith(f"# {int(name[:4])}. "), name
        for heading in ("Context.", "Decision.", "Price.", "What would change our mind."):
            assert f"**{heading}**" in text, f"{name}: {heading}"


def test_every_make_command_in_the_documents_is_a_target() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for path in [path for path in _repo_files() if path.suffix == ".md"]:
        commands = re.findall(r"(?:^|`)make (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(commands) <= targets, path.name


# Places ------------------------------------------------------------------------------------------------------------


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_relative_link_leads_somewhere() -> None:
    broken = []
    for page in [path for path in _repo_files() if path.suffix == ".md"]:
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", link):
                continue
            place, _, anchor = link.partition("#")
            target = (page.parent / place).resolve() if place else page
            if not target.exists():
                broken.append(f"{page.relative_to(ROOT)}: {link}")
            elif anchor and anchor not in _anchors(target.read_text(encoding="utf-8")):
                broken.append(f"{page.relative_to(ROOT)}: {link} (no such heading)")
    assert not broken, "\n" + "\n".join(broken)


@pytest.mark.parametrize(
    ("text", "is_foreign"),
    [
        ("open('/" + "work/main/x')", True),
        ("cp a /" + "tmp/b", True),
        ("at /" + "home/zhang/x", True),
        ("see network/" + "work/plan", False),
        ("https://example.org/" + "home/", False),
        ("$XDG/" + "tmp/b", False),
        ("get('/" + "work/17/done')", False),
    ],
)
def test_foreign_paths_are_recognised(text: str, is_foreign: bool) -> None:
    assert bool(FOREIGN_PATH.search(text)) is is_foreign


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    found = []
    for path in _repo_files():
        if path.name == "uv.lock" or path.suffix in {".png", ".parquet", ".xlsx"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if FOREIGN_PATH.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not found, "\n" + "\n".join(found)
