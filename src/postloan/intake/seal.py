"""Seal: personal data is encrypted before it reaches the facts.

AES-SIV is deterministic, so that the same load gives the same bytes; beside it stands a keyed hash (HMAC), by which
two debtors can be compared without opening either. The key is never in the home folder.
"""

import base64
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from postloan.errors import KeyMissing
from postloan.intake.shape import MATCHED_COLUMNS, SEALED_COLUMNS

KEY_BYTES_MIN = 32


class Seal:
    """The key of the personal data, ready to seal and to open.

    fingerprint  tells two keys apart without giving either away; kept in the commit record.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(_derived(key, "postloan seal", 64))
        self._match_key = _derived(key, "postloan match", 32)
        self.fingerprint = _derived(key, "postloan fingerprint", 8).hex()

    def seal(self, column: str, texts: Sequence[str]) -> list[str]:
        """Encrypt texts of a column; the same text gives the same result, in another column another one."""
        purpose = [column.encode()]
        return [base64.b64encode(self._cipher.encrypt(text.encode(), purpose)).decode() for text in texts]

    def open(self, column: str, sealed: str) -> str:
        """Decrypt one value of a column."""
        try:
            return self._cipher.decrypt(base64.b64decode(sealed), [column.encode()]).decode()
        except (InvalidTag, ValueError) as wrong:
            raise _key_missing(f"The key does not open this {column}.") from wrong

    def match(self, texts: Sequence[str]) -> list[str]:
        """Hash texts for comparison; the case of letters and spaces around do not count."""
        return [hmac.digest(self._match_key, text.strip().upper().encode(), "sha256").hex() for text in texts]


def needs_seal(table: str, rows: pl.DataFrame) -> bool:
    """Whether rows hold anything that has to be sealed."""
    held = [name for name in SEALED_COLUMNS.get(table, ()) if name in rows.columns]
    return any(rows[name].null_count() < rows.height for name in held)


def sealed(table: str, rows: pl.DataFrame, seal: Seal) -> pl.DataFrame:
    """Replace personal data by its sealed form, and add the hashes to compare by."""
    for name in SEALED_COLUMNS.get(table, ()):
        if name not in rows.columns:
            continue
        plain = rows.select(name).unique().drop_nulls().to_series()
        told = pl.DataFrame({name: plain, "_sealed": pl.Series(seal.seal(name, plain.to_list()), dtype=pl.String)})
        if name in MATCHED_COLUMNS.get(table, ()):
            told = told.with_columns(pl.Series(f"{name}_hmac", seal.match(plain.to_list()), dtype=pl.String))
        rows = rows.join(told, on=name, how="left", maintain_order="left").drop(name).rename({"_sealed": name})
    return rows


def find_seal(*, fingerprints: set[str], home: Path) -> Seal:
    """Find the key: POSTLOAN_KEY, or the key file, which is made where nothing was sealed before.

    `fingerprints` are those of the keys that sealed earlier loads: the key found must be one of them.
    """
    given = os.environ.get("POSTLOAN_KEY")
    if given is None:
        path = key_file()
        if path.resolve().is_relative_to(home.resolve()):
            raise _key_missing(f"The key file {path} lies in the home folder, next to what it opens.")
        given = _read_or_make(path, may_make=not fingerprints)
    try:
        key = bytes.fromhex(given.strip())
    except ValueError as wrong:
        raise _key_missing("The key is not written in hexadecimal.") from wrong
    if len(key) < KEY_BYTES_MIN:
        raise _key_missing(f"The key has {len(key)} bytes; it needs {KEY_BYTES_MIN}.")
    seal = Seal(key)
    if fingerprints and seal.fingerprint not in fingerprints:
        raise _key_missing("The key is not the one that sealed the facts of this home folder.")
    return seal


def key_file() -> Path:
    """Where the key lies when the environment does not hold it."""
    named = os.environ.get("POSTLOAN_KEY_FILE")
    return Path(named) if named else Path.home() / ".config" / "postloan" / "key"


def _read_or_make(path: Path, *, may_make: bool) -> str:
    if path.exists():
        return path.read_text(encoding="ascii")
    if not may_make:
        raise _key_missing(f"There is no key: POSTLOAN_KEY is not set and {path} does not exist.")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = secrets.token_hex(KEY_BYTES_MIN)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
        opened.write(made + "\n")
    return made


def _derived(key: bytes, purpose: str, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=purpose.encode()).derive(key)


def _key_missing(message: str) -> KeyMissing:
    return KeyMissing(
        message=message,
        hint="Set POSTLOAN_KEY to the key in hexadecimal, or POSTLOAN_KEY_FILE to the file that holds it.",
        where={"key_file": key_file()},
    )
