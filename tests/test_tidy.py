"""The house rules that no off-the-shelf linter knows. Each rule carries a line it must refuse and one it must allow."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "postloan"
SITE_SIDE = {"site", "desk", "demo"}
COMPUTES = {"steps", "plan", "night", "snapshot"}
FUNCTION_LINES_MAX, MODULE_LINES_MAX, ROOMS_IMPORTED_MAX = 60, 400, 5

BANNED_NAMES = {"utils", "util", "common", "helpers", "helper", "base", "manager", "data", "info", "service", "misc"}
CLOCK_METHODS = {
    "today", "now", "utcnow", "perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "process_time",
    "time_ns", "localtime", "gmtime",
}  # fmt: skip
CHANCE_MODULES = {"random", "uuid"}
ORM_WRITES = {"save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete"}
# Days and shares of the classification rules, and the day after each: they stand in rulebook/, never in code.
FIGURES_OF_LAW = {90, 91, 270, 271, 360, 361, 0.1, 0.2, 0.5, 0.9}
NEVER_DEFAULTED = {"on", "officer", "policy"}
FLOAT_TYPES = {"Float64", "Float32", "float", "float64", "float32"}
STEP_FIELDS = ("Reads", "Writes", "Source")

MEMBERSHIP = (ast.In, ast.NotIn, ast.Is, ast.IsNot)

Node = TypeVar("Node", bound=ast.AST)
Complaints = Iterator[tuple[int, str]]
Rule = Callable[[ast.AST, str], Complaints]


# Every rule walks through every module.
_parsed = lru_cache(maxsize=1)(ast.parse)


@lru_cache(maxsize=64)
def _nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree))


def _all(tree: ast.AST, kind: type[Node]) -> Iterator[Node]:
    return (node for node in _nodes(tree) if isinstance(node, kind))


def ambiguous_mask(tree: ast.AST, _room: str) -> Complaints:
    for node in _all(tree, ast.Compare):
        sides = (node.left, *node.comparators)
        if any(isinstance(op, MEMBERSHIP) for op in node.ops) or any(_is_set(side) for side in sides):
            continue
        for side in sides:
            if isinstance(side, ast.BinOp) and isinstance(side.op, (ast.BitOr, ast.BitAnd)):
                yield node.lineno, "`a | b < c` compares (a | b) with c; write `a | (b < c)`"


def _is_set(node: ast.AST) -> bool:
    """Sets are joined and compared with the same signs, and there the order is meant."""
    if isinstance(node, ast.BinOp):
        return _is_set(node.left) or _is_set(node.right)
    is_made = isinstance(node, ast.Call) and ast.unparse(node.func) in {"set", "frozenset"}
    return is_made or isinstance(node, (ast.Set, ast.SetComp))


def clock(tree: ast.AST, room: str) -> Complaints:
    if room in SITE_SIDE:
        return
    for node in _nodes(tree):
        if isinstance(node, ast.Attribute):
            is_time = node.attr == "time" and ast.unparse(node.value) == "time"
            if is_time or node.attr in CLOCK_METHODS:
                yield node.lineno, f"{ast.unparse(node)} reads the wall clock; take the business date as `on`"
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield node.lineno, "a name imported from time reads the wall clock; take the business date as `on`"


def chance(tree: ast.AST, room: str) -> Complaints:
    if room in SITE_SIDE:
        return
    for node in _nodes(tree):
        imported = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
        if isinstance(node, ast.ImportFrom):
            imported = {node.module}
        if imported & CHANCE_MODULES:
            yield node.lineno, "the night is a function of its inputs: no chance and no uuid"
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"np.random", "numpy.random"}:
            yield node.lineno, "the night is a function of its inputs: no chance"
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "hash":
            yield node.lineno, "hash() is salted in every process; use hashlib"


def stray_write(tree: ast.AST, room: str) -> Complaints:
    if room != "desk":
        return
    for node in _all(tree, ast.Call):
        # A row is saved by name of its fields; what is saved into something, a picture or a document, is no row.
        if isinstance(node.func, ast.Attribute) and node.func.attr == "save" and node.args:
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in ORM_WRITES:
            yield node.lineno, f".{node.func.attr}() writes; only an actions.py may write"


def long_function(tree: ast.AST, _room: str) -> Complaints:
    for node in (*_all(tree, ast.FunctionDef), *_all(tree, ast.AsyncFunctionDef)):
        if (node.end_lineno or node.lineno) - node.lineno >= FUNCTION_LINES_MAX:
            why = f"{node.name} is longer than {FUNCTION_LINES_MAX} lines; push the branches up, the loops down"
            yield node.lineno, why


def law_in_code(tree: ast.AST, room: str) -> Complaints:
    if room not in COMPUTES:
        return
    for node in _nodes(tree):
        if isinstance(node, ast.Constant) and type(node.value) in {int, float} and node.value in FIGURES_OF_LAW:
            yield node.lineno, f"{node.value} looks like a figure of law; take it from the policy, with its citation"


def float_money(tree: ast.AST, room: str) -> Complaints:
    if room in SITE_SIDE | {"models"}:
        return
    for node in _all(tree, ast.BinOp):
        if isinstance(node.op, ast.Div) and (_names_cents(node.left) or _names_cents(node.right)):
            yield node.lineno, "/ makes a float of cents; use whole products or // with a named rounding"
    for call in _all(tree, ast.Call):
        function, argument = call.func, call.args[0] if call.args else None
        is_cast = isinstance(function, ast.Attribute) and function.attr in {"cast", "astype"}
        to_float = argument is not None and ast.unparse(argument).split(".")[-1] in FLOAT_TYPES
        if is_cast and to_float and _names_cents(function.value):
            yield call.lineno, f".{function.attr}() makes a float of cents"
        if ast.unparse(function) == "float" and argument is not None and _names_cents(argument):
            yield call.lineno, "float() makes a float of cents"


def _names_cents(node: ast.AST) -> bool:
    """The expression is a `_cents` name, an attribute of that name, or a column of that name."""
    if isinstance(node, ast.Name):
        return node.id.endswith("_cents")
    if isinstance(node, ast.Attribute):
        return node.attr.endswith("_cents") or (node.attr == "col" and _names_cents(node.value))
    if isinstance(node, ast.Subscript):
        return _says_cents(node.slice) or _names_cents(node.value)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr != "col":
            return _names_cents(node.func.value)  # pl.col("x_cents").sum() is still cents
        return any(_says_cents(argument) for argument in node.args)
    return False


def _says_cents(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith("_cents")


def guessed_argument(tree: ast.AST, _room: str) -> Complaints:
    """`on` may be left out where that has a meaning of its own: its default is None."""
    for node in (*_all(tree, ast.FunctionDef), *_all(tree, ast.AsyncFunctionDef)):
        placed = [*node.args.posonlyargs, *node.args.args]
        pairs = list(zip(reversed(placed), reversed(node.args.defaults), strict=False))
        pairs += [
            (name, value) for name, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value
        ]
        for argument, default in pairs:
            is_none = isinstance(default, ast.Constant) and default.value is None
            if argument.arg in NEVER_DEFAULTED and not (argument.arg == "on" and is_none):
                why = f"{node.name} guesses `{argument.arg}`; an officer, a date and a policy have no default"
                yield node.lineno, why


def crowded_module(tree: ast.AST, room: str) -> Complaints:
    if room == "site":  # The composition root may import everything.
        return
    rooms = set()
    for node in _nodes(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("postloan."):
            rooms.add(node.module.split(".")[1])
    rooms -= {"errors", room}
    if len(rooms) > ROOMS_IMPORTED_MAX:
        yield 1, f"imports {len(rooms)} rooms ({', '.join(sorted(rooms))}); at most {ROOMS_IMPORTED_MAX}"


def silent_step(tree: ast.AST, room: str) -> Complaints:
    if room != "steps" or not isinstance(tree, ast.Module):
        return
    for node in tree.body:
        is_step = isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _returns_table(node)
        missing = [field for field in STEP_FIELDS if f"\n    {field} " not in _raw_docstring(node)] if is_step else []
        if missing:
            yield node.lineno, f"{node.name} does not say what it {', '.join(missing)}"


def _returns_table(node: ast.FunctionDef) -> bool:
    return node.returns is not None and "dy.DataFrame" in ast.unparse(node.returns)


def _raw_docstring(node: ast.AST) -> str:
    return ast.get_docstring(node, clean=False) or "" if isinstance(node, ast.FunctionDef) else ""


RULES: tuple[Rule, ...] = (
    ambiguous_mask, clock, chance, stray_write, long_function, law_in_code, float_money, guessed_argument,
    crowded_module, silent_step,
)  # fmt: skip

# Writes are what actions.py is for; exact.py carries cents through pairs of doubles without losing one.
EXEMPT: dict[Rule, str] = {stray_write: "actions.py", float_money: "exact.py"}


def long_module(text: str) -> Complaints:
    if text.count("\n") > MODULE_LINES_MAX:
        yield MODULE_LINES_MAX, f"longer than {MODULE_LINES_MAX} lines; it is two modules"


def no_sign(text: str, is_package: bool) -> Complaints:
    sign = ast.get_docstring(_parsed(text), clean=False)
    if sign is None:
        yield 1, "no sign on the door; say in one sentence what this is for"
    elif is_package and ("\n" in sign or not sign.endswith(".")):
        yield 1, "the sign on a package is one line that ends with a full stop"


def nameless_todo(text: str) -> Complaints:
    nameless = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))")
    if not nameless.search(text):
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and nameless.search(token.string):
            yield token.start[0], "a TODO names its issue: TODO(#12)"


def banned_name(path: Path) -> Complaints:
    for part in (*path.parent.parts, path.stem):
        if part in BANNED_NAMES:
            yield 1, f"`{part}` says nothing; name the module for what it is about"


def _importing(*rooms: str) -> str:
    return "\n".join(f"from postloan.{room} import x" for room in rooms)


@pytest.mark.parametrize(
    ("rule", "room", "refused", "allowed"),
    [
        (ambiguous_mask, "steps", "due.is_null() | due < on", "due.is_null() | (due < on)"),
        (ambiguous_mask, "steps", "late & due == on", "set(names) | others <= known"),
        (clock, "steps", "start = date.today()", "start = on"),
        (clock, "intake", "field(default_factory=datetime.now)", "field(default_factory=list)"),
        (clock, "night", "began = time.time()", "paid_at.dt.time()"),
        (clock, "kernels", "from time import perf_counter", "import math"),
        (chance, "intake", "shard = hash(debtor_id) % shards", "shard = blake2b(debtor_id) % shards"),
        (chance, "snapshot", "import uuid", "import hashlib"),
        (chance, "plan", "np.random.default_rng(1)", "np.zeros(1)"),
        (stray_write, "desk", "request.save()", "request.refresh_from_db()"),
        (stray_write, "desk", "request.save(update_fields=['state'])", "picture.save(file, 'JPEG')"),
        (long_function, "steps", "def f():\n" + "    x = 1\n" * 60, "def f():\n" + "    x = 1\n" * 59),
        (law_in_code, "steps", "NON_PERFORMING_DAYS = 90", "FIRST = 0"),
        (law_in_code, "plan", "share = 0.2", "share = policy.tier_law.contamination.own_bank.over_share_e8"),
        (float_money, "steps", "a = pl.col('npl_cents') / pl.col('exposure_cents')", "a = npl_cents * 10 // b_cents"),
        (float_money, "steps", "pl.col('paid_cents').sum().cast(pl.Float64)", "pl.col('paid_cents').cast(pl.Int128)"),
        (float_money, "kernels", "float(owed_cents[3])", "float(pd_ratio)") ,
        (guessed_argument, "steps", "def f(x, *, on=date(2024, 1, 1)): ...", "def f(on, *, folder=None): ..."),
        (guessed_argument, "desk", "def f(officer=None): ...", "def f(*, officer): ..."),
        (
            crowded_module,
            "night",
            _importing("plan", "intake", "steps", "rules", "tables", "kernels"),
            _importing("plan", "intake", "steps", "rules", "tables", "errors"),
        ),
        (
            silent_step,
            "steps",
            "def f(x) -> dy.DataFrame[Y]:\n    '''Do.\n\n    Reads   x.\n    '''",
            "def f(x) -> dy.DataFrame[Y]:\n    '''Do.\n\n    Reads   x.\n    Writes  y.\n    Source  law.\n    '''",
        ),
    ],
)  # fmt: skip
def test_each_rule_refuses_its_example_and_allows_the_cure(rule: Rule, room: str, refused: str, allowed: str) -> None:
    assert list(rule(ast.parse(refused), room))
    assert not list(rule(ast.parse(allowed), room))


def test_the_clock_may_be_read_outside_the_night() -> None:
    assert not list(clock(ast.parse("date.today()"), "desk"))


def test_rules_about_text_refuse_their_examples() -> None:
    assert list(long_module("x = 1\n" * 401))
    assert not list(long_module("x = 1\n" * 400))
    assert list(no_sign("x = 1\n", is_package=False))
    assert list(no_sign('"""One\ntwo."""\n', is_package=True))
    assert list(no_sign('"""No full stop"""\n', is_package=True))
    assert not list(no_sign('"""One line."""\n', is_package=True))
    assert list(nameless_todo("x = 1  # " + "TODO: later\n"))
    assert not list(nameless_todo("x = 1  # " + "TODO(#12): later\n"))
    assert list(banned_name(Path("steps/utils.py")))
    assert list(banned_name(Path("common/loan.py")))
    assert not list(banned_name(Path("steps/database.py")))


def _complaints(path: Path, inside: Path, rules: tuple[Rule, ...]) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    tree, room = _parsed(text), inside.parts[0]
    found = [*long_module(text), *no_sign(text, path.name == "__init__.py"), *nameless_todo(text), *banned_name(inside)]
    for rule in rules:
        if EXEMPT.get(rule) != path.name:
            found += rule(tree, room)
    for line, why in found:
        yield f"{path.relative_to(ROOT)}:{line}: {why}"


def test_the_house_is_tidy() -> None:
    # Migrations are written by Django.
    paths = sorted(path for path in SOURCE.rglob("*.py") if path.parent.name != "migrations")
    assert len(paths) > 20, "the house was not found"
    complaints = [why for path in paths for why in _complaints(path, path.relative_to(SOURCE), RULES)]
    assert not complaints, "\n" + "\n".join(complaints)


@pytest.mark.parametrize("yard", ["tests", "examples", "bench"])
def test_the_yard_is_tidy(yard: str) -> None:
    """What stands around the house need not follow the rules of its rooms, but is short and says what it is."""
    paths = sorted((ROOT / yard).rglob("*.py"))
    if not paths:
        pytest.skip(f"{yard} is empty")
    complaints = [
        why for path in paths for why in _complaints(path, path.relative_to(ROOT), (ambiguous_mask, long_function))
    ]
    assert not complaints, "\n" + "\n".join(complaints)
