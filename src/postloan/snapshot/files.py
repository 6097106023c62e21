"""Files that appear whole or not at all."""

import hashlib
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

_ROW_GROUP = 65_536
"""Rows in a group: chunking changes bytes, so it is fixed."""


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file to disk, through the cache."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def commit_json(path: Path, content: object) -> None:
    """Put a JSON file into place by renaming it there."""
    part = path.with_name(f".{path.name}.part")
    write_bytes(part, (json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode())
    part.rename(path)
    sync_folder(path.parent)


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object."""
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


def hash_of(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(path: Path, said: Mapping[str, Any]) -> bool:
    """Tell whether a file is what was said of it when it was written: it is there, and its sha256 is that."""
    try:
        return hash_of(path) == str(said["sha256"])
    except (OSError, KeyError):
        return False


def write_table(path: Path, frame: pl.DataFrame) -> dict[str, object]:
    """Write a table as Parquet, the same rows giving the same bytes; return its rows, bytes and sha256."""
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(
        buffer, compression="zstd", compression_level=1, row_group_size=_ROW_GROUP, statistics=False
    )
    content = buffer.getbuffer()
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return {"rows": frame.height, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
