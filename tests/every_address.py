"""Every address of the site, for tests that none may escape."""

import re
import uuid
from collections.abc import Iterator, Mapping

from django.urls import URLPattern, URLResolver, get_resolver


def addresses(
    found: list[URLPattern | URLResolver], prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str, object]]:
    """Every address: its pattern, its name and its view."""
    for each in found:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from addresses(each.url_patterns, prefix + str(each.pattern), inner)
        else:
            yield prefix + str(each.pattern), f"{space}{each.name}", each.callback


EVERY = list(addresses(get_resolver().url_patterns))


def address(pattern: str, filled: Mapping[str, str]) -> str:
    """Fill in the blanks of a pattern; what `filled` does not name gets something that is nowhere."""

    def value(found: re.Match[str]) -> str:
        kind, _, name = found[1].rpartition(":")
        return filled.get(name) or (str(uuid.uuid4()) if kind == "uuid" else "1")

    return "/" + re.sub(r"<([^>]+)>", value, pattern)
