"""A night on a real Spark cluster publishes the bytes that this machine's own pool does, whatever becomes of a host."""

import os
import shutil
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest
from a_book import ON, SHARDS
from spark_cluster import Cluster, spark_cluster
from test_killed import files

from postloan.errors import ClusterMissing, NightPinned, RequestWrong
from postloan.night.pool import workers_pool
from postloan.night.run import run_night
from postloan.site.engines import Engine, engine_pool
from postloan.snapshot.read import published_run

_MISSING = [
    what for what, there in [("java 17", shutil.which("java")), ("pyspark", find_spec("pyspark"))] if there is None
]
if os.environ.get("POSTLOAN_SPARK") == "required" and _MISSING:
    pytest.fail(f"POSTLOAN_SPARK=required, and there is no {', no '.join(_MISSING)}", pytrace=False)
needs_spark = pytest.mark.skipif(bool(_MISSING), reason=f"no {', no '.join(_MISSING)}: make spark")


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    spec = find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    with spark_cluster(tmp_path / "cluster", Path(spec.origin).parent) as running:
        monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path / "cluster" / "conf"))
        yield running


@pytest.fixture
def local(a_loaded_home: Path, tmp_path: Path) -> dict[str, bytes]:
    """What a night of this machine's own pool publishes."""
    home = tmp_path / "local"
    shutil.copytree(a_loaded_home, home)
    with workers_pool(1) as pool:
        run_night(home, ON, pool=pool)
    return files(home / "snapshots")


@needs_spark
@pytest.mark.slow
def test_two_spark_workers_publish_the_same_bytes_and_one_may_die(
    home: Path, a_loaded_home: Path, tmp_path: Path, cluster: Cluster, local: dict[str, bytes]
) -> None:
    with engine_pool(Engine.SPARK, cluster.url, None) as pool:
        run_night(home, ON, pool=pool)
    assert files(home / "snapshots") == local
    assert [cluster.executors(at) for at in (0, 1)] == [1, 1], "both hosts computed"

    other = tmp_path / "other"
    shutil.copytree(a_loaded_home, other)
    killed = []

    def kill_one(_on: date, done: int, _of: int) -> None:
        if done == 2:
            cluster.kill(0)
            killed.append(done)

    with engine_pool(Engine.SPARK, cluster.url, None) as pool:
        run_night(other, ON, pool=pool, tell=kill_one)
    assert killed, "a host died with shards still to compute"
    assert SHARDS > 2
    assert files(other / "snapshots") == local
    assert list((other / "nights").iterdir()) == []


@needs_spark
@pytest.mark.slow
def test_a_refusal_on_a_host_is_a_refusal_here(home: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hosts read the code for themselves: a host with another version is refused, by the same name."""
    monkeypatch.setattr("postloan.night.pins.code_fingerprint", lambda: "another version")
    with engine_pool(Engine.SPARK, cluster.url, None) as pool, pytest.raises(NightPinned, match="code changed"):
        run_night(home, ON, pool=pool)
    assert published_run(home, ON) is None


@needs_spark
@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_named() -> None:
    with pytest.raises(ClusterMissing) as refused, engine_pool(Engine.SPARK, "spark://127.0.0.1:9", None):
        pass
    assert refused.value.where["master"] == "spark://127.0.0.1:9"


@pytest.mark.parametrize(("engine", "master"), [(Engine.SPARK, None), (Engine.LOCAL, "spark://127.0.0.1:7077")])
def test_the_engine_and_its_cluster_go_together(engine: Engine, master: str | None) -> None:
    with pytest.raises(RequestWrong), engine_pool(engine, master, None):
        pass
