"""A standalone Spark cluster on loopback: a master and two workers of one core each, started as a bank would."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"
_PATIENCE_SECONDS = 90
_SETTINGS = """
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.driver.memory 512m
spark.executor.memory 512m
spark.executor.cores 1
"""


class Cluster:
    """A master at `url`, and its workers; each has a folder in which its executors leave their logs."""

    def __init__(self, url: str, workers: list[tuple[subprocess.Popen[bytes], Path]]) -> None:
        self.url = url
        self._workers = workers

    def executors(self, at: int) -> int:
        """How many executors a worker has run."""
        return len(list(self._workers[at][1].glob("app-*/*/stderr")))

    def kill(self, at: int) -> None:
        """Kill a worker and its executor, as a power cut would."""
        _kill(self._workers[at][0])


@contextmanager
def spark_cluster(folder: Path, spark_home: Path) -> Iterator[Cluster]:
    """Start a cluster, and kill what is left of it in the end."""
    (folder / "conf").mkdir(parents=True)
    (folder / "conf" / "spark-defaults.conf").write_text(_SETTINGS, encoding="utf-8")
    begin = [str(spark_home / "bin" / "spark-class")]
    surroundings = os.environ | {"SPARK_CONF_DIR": str(folder / "conf"), "SPARK_LOCAL_IP": "127.0.0.1"}
    with ExitStack() as ends:

        def started(name: str, *asked: str) -> subprocess.Popen[bytes]:
            log = ends.enter_context((folder / f"{name}.log").open("wb"))
            process = subprocess.Popen(
                [*begin, *asked], stdout=log, stderr=subprocess.STDOUT, env=surroundings, start_new_session=True
            )
            ends.callback(_kill, process)
            return process

        port = _free_port()
        url = f"spark://127.0.0.1:{port}"
        started("master", _MASTER, "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        _wait_for(folder / "master.log", "I have been elected leader", 1)
        workers = []
        for name in ("one", "two"):
            work = folder / name
            process = started(
                name, _WORKER, "--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0",
                "--work-dir", str(work), url,
            )  # fmt: skip
            workers.append((process, work))
        _wait_for(folder / "master.log", "Registering worker", 2)
        yield Cluster(url, workers)


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def _wait_for(log: Path, said: str, times: int) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while log.read_text(encoding="utf-8", errors="replace").count(said) < times:
        assert time.monotonic() < until, f"{said!r} is not in {log}:\n{log.read_text(encoding='utf-8')[-2000:]}"
        time.sleep(0.2)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
