"""A rulebook to write into: a copy of the one that comes with Postloan, and an empty folder for the bank's own."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from postloan.rules.rulebook import Rulebook, read_rulebook
from postloan.rules.sources import shipped_rules

# A busy machine is slow, not wrong.
settings.register_profile("patient", deadline=None, max_examples=60)
settings.load_profile("patient")

BANK_TEXT = """
bank-1: {title: Policy, title_zh: 制度, issuer: the bank, number: null, issued: null, in_force: 2023-07-01}
"""


@dataclass(frozen=True)
class Shelf:
    """Two folders of rule files."""

    shipped: Path
    own: Path

    def read(self) -> Rulebook:
        return read_rulebook(self.shipped, self.own)

    def own_file(self, name: str, content: str) -> None:
        """Write a file of the bank; its texts are registered unless it registers its own."""
        self.own.mkdir(exist_ok=True)
        if not (self.own / "texts.yaml").exists():
            (self.own / "texts.yaml").write_text(BANK_TEXT)
        (self.own / name).write_text(content)

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a shipped file. What is to be changed must be there."""
        path = self.shipped / name
        content = path.read_text()
        assert old in content
        path.write_text(content.replace(old, new, 1))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shutil.copytree(shipped_rules(), tmp_path / "rulebook", ignore=shutil.ignore_patterns("cases"))
    return Shelf(tmp_path / "rulebook", tmp_path / "own")
