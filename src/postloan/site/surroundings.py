"""What goes wrong around the program, told as a refusal: a full or read-only disk, a database that does not answer."""

import errno
import re
import sys

from postloan.errors import DatabaseAway, HomeUnwritable, PostloanError

_DISK = {errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO, errno.EACCES, errno.EPERM, errno.EFBIG}
_OF_RUST = re.compile(r"os error (\d+)")
_OF_SQLITE = ("disk is full", "readonly database", "disk I/O error", "unable to open database file")


def told_as_refusal(fault: BaseException | None) -> PostloanError | None:
    """Tell a fault of the surroundings as the refusal that it is; None where the program itself is at fault."""
    said = " ".join(str(fault).split())[:200]
    if _is_of_the_database(fault):
        return _disk(said) if any(each in said for each in _OF_SQLITE) else _away(said)
    number = fault.errno if isinstance(fault, OSError) else None
    if number is None and (match := _OF_RUST.search(said)):
        number = int(match[1])  # Polars says it in its text alone.
    return _disk(said) if number in _DISK else None


def _is_of_the_database(fault: BaseException | None) -> bool:
    """Whether the desk's database raised it. A command that does not touch the desk never loaded one."""
    database = sys.modules.get("django.db")
    return database is not None and isinstance(fault, (database.OperationalError, database.InterfaceError))


def _disk(said: str) -> HomeUnwritable:
    return HomeUnwritable(
        message=f"The disk takes nothing: {said}.",
        hint="Make room or allow writing, and run the same command again; what was published or recorded is unharmed.",
    )


def _away(said: str) -> DatabaseAway:
    return DatabaseAway(
        message=f"The desk's database does not answer: {said}.",
        hint="See that it runs and is reached (DATABASE_URL), and run the same command again: nothing is done twice.",
    )
