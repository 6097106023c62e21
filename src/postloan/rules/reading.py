"""Reads one YAML file of the rulebook into its shape, and says in which file and place it is wrong."""

import re
from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from postloan.rules.sources import SourceFile, wrong

if TYPE_CHECKING:
    from yaml import SafeLoader
else:
    # The same loader on libyaml is some ten times faster, but is not always built.
    SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

PLAIN_WHOLE = re.compile(r"0|-?[1-9][0-9]*(_[0-9]+)*")
PLAIN_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
PLAIN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PLACES = {"extra_forbidden": "is not a key of this rule", "missing": "is missing", "invalid_key": "a key is a word"}

T = TypeVar("T")


class PlainLoader(SafeLoader):
    """Safe YAML without its surprises: no octal 010, no minutes 1:30, no second value for a key, no floats."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the library's signature
        """Refuse a key that stands twice; YAML itself would keep the last."""
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _plain(loader: PlainLoader, node: yaml.ScalarNode, form: re.Pattern[str], kind: str) -> str:
    written = str(loader.construct_scalar(node))
    if not form.fullmatch(written):
        raise yaml.constructor.ConstructorError(None, None, f"{written} is not a plain {kind}", node.start_mark)
    return written


def _whole(loader: PlainLoader, node: yaml.ScalarNode) -> int:
    return int(_plain(loader, node, PLAIN_WHOLE, "whole number"))


def _decimal(loader: PlainLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(_plain(loader, node, PLAIN_DECIMAL, "decimal"))


def _flag(loader: PlainLoader, node: yaml.ScalarNode) -> bool | str:
    """Only true and false are flags; yes, no, on and off are words, above all where they are keys."""
    written = str(loader.construct_scalar(node))
    return {"true": True, "false": False}.get(written, written)


def _day(loader: PlainLoader, node: yaml.ScalarNode) -> date:
    written = _plain(loader, node, PLAIN_DAY, "day such as 2023-07-01")
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise yaml.constructor.ConstructorError(
            None, None, f"{written} is not in the calendar", node.start_mark
        ) from None


PlainLoader.add_constructor("tag:yaml.org,2002:int", _whole)
PlainLoader.add_constructor("tag:yaml.org,2002:float", _decimal)
PlainLoader.add_constructor("tag:yaml.org,2002:bool", _flag)
PlainLoader.add_constructor("tag:yaml.org,2002:timestamp", _day)


def read_yaml(content: bytes | str) -> object:
    """The plain values of a YAML document: text, whole numbers, decimals, days, yes and no."""
    return yaml.load(content, Loader=PlainLoader)  # noqa: S506 - a safe loader  # nosec B506


def read_shape(source: SourceFile, shape: TypeAdapter[T]) -> T:
    """The file in its shape, or RuleFileWrong with the file and the place."""
    try:
        return shape.validate_python(read_yaml(source.content))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        raise wrong(source.shown, place, error.problem or "cannot be read as YAML") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise wrong(source.shown, "the file", "is not YAML in UTF-8") from None
    except ValidationError as error:
        # A misspelt key is both unknown and missing; the first of the two is what the writer can see.
        found = sorted(error.errors(include_url=False), key=lambda each: each["type"] != "extra_forbidden")
        first = found[0]
        place = _place(first["loc"])
        raise wrong(
            source.shown, place, PLACES.get(first["type"], first["msg"].removeprefix("Value error, "))
        ) from None


def _place(steps: tuple[int | str, ...]) -> str:
    """versions[0].floors[1].over_days, from the steps to it."""
    named = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return named.removeprefix(".") or "the file"
