"""The command line in a process of its own, that can stop itself at an instant and can carry a planted defect.

    product.py HOME DEFECT MODE AT SAYS_TO -- ARGUMENTS

HOME     what happens below it, and every statement to a database, is an instant; they are counted from 1.
DEFECT   a name of `defects`, or `-` for the product as it is.
MODE     list: tell every instant · hold: stop at AT · pass: tell AT and go on · worker: kill a worker at its AT ·
         `-`: nothing.
SAYS_TO  an open file descriptor.

Workers of a pool begin by running this module again, and so carry the same defect.
"""

import os
import signal
import sys
from pathlib import Path

HOME, DEFECT, MODE = sys.argv[1], sys.argv[2], sys.argv[3]
AT, SAYS_TO = int(sys.argv[4]), int(sys.argv[5])
CHANGES = {"open", "os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree"}
IS_WORKER = __name__ == "__mp_main__"
seen = 0


def instant(event: str, what: str) -> None:
    """Count an instant, and do what was asked for at it."""
    global seen  # noqa: PLW0603 - there is one count in a process
    seen += 1
    if MODE == "list":
        os.write(SAYS_TO, f"{seen}\t{event}\t{what}\n".encode())
    elif seen == AT and MODE == "worker":
        os.kill(os.getpid(), signal.SIGKILL)
    elif seen == AT and MODE in {"hold", "pass"}:
        os.write(SAYS_TO, b"here\n")
        if MODE == "hold":
            os.kill(os.getpid(), signal.SIGSTOP)


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Take a change of a file below the home folder for an instant."""
    if event in CHANGES and arguments and isinstance(arguments[0], (str, bytes, Path)):
        path = os.fsdecode(arguments[0])
        if path.startswith(HOME):
            instant(event, path[len(HOME) + 1 :])


def watch_database() -> None:
    """Take every statement, and the end of every transaction, for an instant."""
    from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: PLC0415
    from django.db.backends.utils import CursorWrapper  # noqa: PLC0415

    real_execute, real_commit = CursorWrapper._execute, BaseDatabaseWrapper._commit

    def execute(self: object, sql: object, *given: object) -> object:
        instant("sql", str(sql)[:60].replace("\n", " "))
        return real_execute(self, sql, *given)

    def commit(self: object) -> object:
        instant("sql", "COMMIT")
        done = real_commit(self)
        instant("sql", "COMMITTED")
        return done

    CursorWrapper._execute, BaseDatabaseWrapper._commit = execute, commit  # type: ignore[method-assign]


def begin() -> None:
    """Plant the defect, and begin to watch."""
    if DEFECT != "-":
        import defects  # noqa: PLC0415

        getattr(defects, DEFECT)()
    if IS_WORKER is (MODE == "worker") and MODE != "-":
        sys.addaudithook(watch)
        if not IS_WORKER:
            watch_database()


def main() -> None:
    """Run the command line."""
    # Static files and the schema are as the fixture left them: looking them through takes most of a command's time.
    from django.core import management  # noqa: PLC0415

    management.call_command = lambda *_args, **_more: None
    from postloan.site.cli import app  # noqa: PLC0415

    # The arguments of this process stay: workers take them over.
    app(args=sys.argv[sys.argv.index("--") + 1 :], prog_name="postloan")


begin()
if __name__ == "__main__":
    main()
