"""A bank without a core system: what tests do where a decision is to hold the next night."""

from pathlib import Path

_RULE = """
rule: book_of_record
says: There is no core system; our own balance is published.

versions:
  - from: 2021-01-01
    holder: {system: postloan, cite: {text: postloan-settings, at: "book of record"}}
"""


def keep_own_book(home: Path) -> None:
    """Let the bank of a home folder publish its own balance."""
    own = home / "rulebook" / "bank"
    own.mkdir(parents=True, exist_ok=True)
    (own / "book_of_record.yaml").write_text(_RULE)
