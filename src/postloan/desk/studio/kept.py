"""What takes long is reckoned once: trials, as JSON in files beside the desk.

A page finds them ready or has them made in the background, one after the other, as exports are. They hold nothing that
the facts and the snapshots do not say: whoever deletes them loses the time it takes to reckon again.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from postloan.snapshot.program import code_fingerprint

_background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="studio")
_jobs: dict[Path, Future[None]] = {}


def is_ready(path: Path, make: Callable[[], None]) -> bool:
    """Tell whether a file is there; where it is not, let it be made in the background, once. Raises what kept it."""
    if path.exists():
        return True
    job = _jobs.get(path)
    if job is None:
        _jobs[path] = _background.submit(make)
        return False
    if job.done():
        _jobs.pop(path, None)
        job.result()
        return path.exists()
    return False


def answer_file(home: Path, name: str, asked: Sequence[Any]) -> Path:
    """Where the answer to a question lies."""
    # Answers of an earlier program are not read.
    told = json.dumps([name, *asked, code_fingerprint()], sort_keys=True, default=str)
    return home / "desk" / "trials" / f"{name}-{hashlib.sha256(told.encode()).hexdigest()[:40]}.json"


def answer_write(path: Path, told: object) -> None:
    """Put an answer into place whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(json.dumps(told, ensure_ascii=False))
    part.rename(path)


def answer_read(path: Path) -> Any:
    """Read an answer."""
    return json.loads(path.read_bytes())
