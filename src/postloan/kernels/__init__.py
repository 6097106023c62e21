"""Kernels: loops over arrays where a row needs the row before; arrays in, arrays out."""

import hashlib
import os
from pathlib import Path


def _compiled_folder() -> Path:
    """Name the folder of compiled kernels by their sources: numba does not see an edit in an imported kernel."""
    sources = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        sources.update(path.read_bytes())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "postloan" / f"kernels-{sources.hexdigest()[:16]}"


os.environ.setdefault("NUMBA_CACHE_DIR", str(_compiled_folder()))
