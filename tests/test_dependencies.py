"""What is installed beside Postloan: named exactly, checked by hash, and under a licence that a bank may run."""

import importlib.metadata
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

LOCK: dict[str, Any] = tomllib.loads((Path(__file__).parents[1] / "uv.lock").read_text(encoding="utf-8"))
PACKAGES = {each["name"]: each for each in LOCK["package"]}
OPTIONAL = {"django-auth-ldap", "python-ldap", "pyasn1", "pyasn1-modules", "pyspark", "py4j"}
"""Of extras that make setup does not install."""
HASH = re.compile(r"sha256:[0-9a-f]{64}")
_VIRAL = re.compile(r"\bA?GPL|(?<!Lesser )(?<!Library or Lesser )General Public License|Affero", re.IGNORECASE)


def run_time() -> set[str]:
    """The packages that Postloan runs with, its extras among them."""
    own = PACKAGES["postloan"]
    wanted = [*own["dependencies"], *(each for extra in own["optional-dependencies"].values() for each in extra)]
    found: set[str] = set()
    while wanted:
        each = wanted.pop()
        package = PACKAGES[each["name"]]
        extras = [
            more for name in each.get("extra", []) for more in package.get("optional-dependencies", {}).get(name, [])
        ]
        if each["name"] not in found or extras:
            wanted += [more for more in (*package.get("dependencies", []), *extras) if more["name"] not in found]
        found.add(each["name"])
    return found


def licence_of(name: str) -> str:
    """What a package says of its licence: its expression, else its classifiers, its field, or how its text begins."""
    told = importlib.metadata.metadata(name)
    classified = [each for each in told.get_all("Classifier", []) if each.startswith("License")]
    texts = [each for each in importlib.metadata.files(name) or [] if each.name.upper().startswith("LICEN")]
    written = (told.get("License") or (texts[0].read_text() if texts else "")).strip().partition("\n")[0]
    return told.get("License-Expression") or "; ".join(classified) or written


def is_forbidden(licence: str) -> bool:
    """Whether a licence lets nobody run what it covers beside a program that is not free; LGPL and choices do."""
    choices = re.split(r"\bOR\b|;", licence)
    return all(_VIRAL.search(each) for each in choices)


@pytest.mark.parametrize(
    ("licence", "forbidden"),
    [
        ("GPL-3.0-only", True), ("AGPL-3.0-or-later", True), ("GNU General Public License v2", True),
        ("License :: OSI Approved :: GNU Affero General Public License v3", True), ("MIT AND GPL-2.0", True),
        ("LGPL-3.0-only", False), ("GNU Lesser General Public License v3 (LGPLv3)", False), ("MIT", False),
        ("MIT OR GPL-2.0-or-later", False), ("Apache-2.0 AND BSD-3-Clause", False),
    ],
)  # fmt: skip
def test_a_licence_is_read_for_what_it_asks(licence: str, forbidden: bool) -> None:
    assert is_forbidden(licence) is forbidden


def test_nothing_that_postloan_runs_with_is_under_gpl_or_agpl() -> None:
    names = run_time()
    assert {"django", "polars", "psycopg-binary", "lxml", "lightgbm"} <= names, "the lock is walked to its end"
    told = {name: licence_of(name) for name in sorted(names - OPTIONAL) if is_installed(name)}
    assert len(told) > len(names - OPTIONAL) * 0.8, "most is installed here; the rest is another system's"
    assert [name for name, licence in told.items() if not licence] == []
    assert {name: licence for name, licence in told.items() if is_forbidden(licence)} == {}


def is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def test_every_package_is_named_by_version_and_hash_and_comes_from_the_index() -> None:
    others = [each for each in LOCK["package"] if each["name"] != "postloan"]
    assert len(others) > 100
    for each in others:
        assert each["source"] == {"registry": "https://pypi.org/simple"}, each["name"]
        assert each["version"]
        files = [*each.get("wheels", []), *([each["sdist"]] if "sdist" in each else [])]
        assert files, each["name"]
        assert all(HASH.fullmatch(file["hash"]) for file in files), each["name"]


def test_what_pages_load_is_named_by_hash_too() -> None:
    lock = json.loads((Path(__file__).parents[1] / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    held = {name: each for name, each in lock["packages"].items() if name}
    assert held
    for name, each in held.items():
        assert each["integrity"].startswith("sha512-"), name
        assert not re.search(r"\bA?GPL", each.get("license", "")), name
