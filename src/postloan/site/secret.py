"""The secret that signs sessions: from the environment, or a file outside the home folder that is made once."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

_BYTES = 50


def secret_file() -> Path:
    """Where the secret lies when the environment does not hold it."""
    named = os.environ.get("POSTLOAN_SECRET_FILE")
    return Path(named) if named else Path.home() / ".config" / "postloan" / "secret"


def secret_key() -> str:
    """POSTLOAN_SECRET, or what the file holds; two processes that begin at once agree on one."""
    given = os.environ.get("POSTLOAN_SECRET")
    if given:
        return given
    path = secret_file()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
            opened.write(secrets.token_urlsafe(_BYTES))
        with suppress(FileExistsError):
            path.hardlink_to(part)
        part.unlink()
    return path.read_text(encoding="ascii")
