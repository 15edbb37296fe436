"""The columnar steps on Apache Spark: the rows that DuckDB gives, also when an executor is killed in the middle.

Spark runs as a small cluster on this machine (`local-cluster`: a master, workers and executors in processes of their
own), started once. Where PySpark or Java is missing the tests are skipped by name.
"""

from __future__ import annotations

import importlib.util
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg import bulk, store
from kg.columns import engines, steps
from kg.columns.intake import Intake
from kg.columns.layouts import Layout, layout
from kg.feeds import codes, files, gdelt
from kg.feeds.records import Window

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="pip install 'diplokg[spark]'"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java: apt-get install default-jre-headless"),
]
EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"
TIMES = 400


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[engines.Spark]:
    """A cluster of two workers with an executor each; its files lie in a folder of the test."""
    import pyspark

    home = tmp_path_factory.mktemp("spark-home")  # Spark writes below it, and would write into site-packages
    for part in Path(pyspark.__file__).parent.iterdir():
        (home / part.name).symlink_to(part)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_HOME", str(home))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        options = {
            "spark.executor.memory": "1g",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.shuffle.partitions": "4",
            "spark.default.parallelism": "4",
        }
        made = engines.Spark(tmp_path_factory.mktemp("scratch"), "local-cluster[2,1,1024]", options)
        yield made
        made.close()


@pytest.fixture
def duckdb(tmp_path: Path) -> Iterator[engines.DuckDB]:
    made = engines.DuckDB(tmp_path)
    yield made
    made.close()


def events(number: int) -> list[str]:
    """Rows of a feed with few parties, some copies, some that are not plain."""
    chance = random.Random(number)
    known = [code for code in codes.table().values() if len(code.cameo) > 2]
    names = [("USA", "UNITED STATES"), ("COL", "COLOMBIA"), ("COLGOV", "BOGOTA"), ("VEN", "VENEZUELA"), ("", "")]
    rows = []
    for _ in range(number):
        (one, first), (other, second) = chance.choice(names), chance.choice(names)
        code = chance.choice(known)
        told = {
            "GLOBALEVENTID": str(chance.randrange(number * 9)),
            "SQLDATE": f"2018{chance.randrange(1, 4):02}{chance.randrange(1, 29):02}",
            "Actor1Code": one, "Actor1Name": first, "Actor1CountryCode": one[:3],
            "Actor2Code": other, "Actor2Name": second, "Actor2CountryCode": other[:3],
            "EventCode": code.cameo, "EventRootCode": code.cameo[:2], "QuadClass": str(chance.randrange(1, 5)),
            "GoldsteinScale": codes.decimal(chance.choice([code.gdelt] * 20 + ["x", "3.25"])),
            "NumMentions": str(chance.randrange(50)), "NumSources": "1", "NumArticles": "1",
            "SOURCEURL": f"http://example.org/{chance.randrange(99)}",
        }  # fmt: skip
        rows.append("\t".join(told.get(name, "") for name in gdelt.EVENTS[61]))
    return rows


def taken(engine: Any, file: Path, folder: Path) -> tuple[Intake, dict[str, Any]]:
    (source,) = files.sources([file])
    made = Intake("gdelt", gdelt.read, Window(), engine, folder)
    made.take([source])
    source.tally.check()
    return made, dict(source.tally.as_dict())


def rows(engine: Any, table: Any) -> Counter[tuple[Any, ...]]:
    """The rows of a table in any order, values as Python has them."""
    return Counter(engine.rows(table.select(*sorted(table.columns))))


def summed(engine: Any, own: Layout, events: Path) -> list[Counter[tuple[Any, ...]]]:
    """What every step gives."""
    read = engine.parquet(events)
    cube = steps.counted(read, own)
    parties = [(c0, c1, beside, c0 or c1, f"<{c0}>") for c0, c1, beside, _ in engine.rows(steps.parties(cube, own))]
    words = [(code.cameo, f"p{code.quad}", code.quad % 2, code.quad) for code in codes.table().values()]
    known = engine.table(parties, steps.PARTY)
    told = steps.told(cube, own, known, engine.table(words, steps.CODES))
    usa, colombia = (
        engine.table([each for each in parties if each[0] == code], steps.PARTY) for code in ("USA", "COL")
    )
    tables = [
        read, cube, known, told, steps.dyads(told), steps.edges(told), steps.copies(read.union(read), own),
        steps.between(read, own, usa, colombia), steps.standing_for(read, own, (usa, None), known, 3),
    ]  # fmt: skip
    return [rows(engine, each) for each in tables]


def test_every_step_gives_the_same_rows_on_both_engines(
    spark: engines.Spark, duckdb: engines.DuckDB, tmp_path: Path
) -> None:
    file = tmp_path / "events.csv"
    file.write_text("".join(f"{line}\n" for line in events(600)), encoding="utf-8")
    one, told = taken(duckdb, file, tmp_path / "one")
    other, again = taken(spark, file, tmp_path / "other")
    assert told == again
    assert told["duplicates"] > 9 < told["rejected"]
    own = layout("gdelt", "")
    mine, theirs = summed(duckdb, own, one.events), summed(spark, own, other.events)
    assert mine == theirs
    assert all(sum(each.values()) > 1 for each in mine)
    first, second = (
        list(engine.rows(steps.parties(steps.counted(engine.parquet(made.events), own), own)))
        for engine, made in ((duckdb, one), (spark, other))
    )
    assert first == second, "not in the same order"


def test_an_executor_that_is_killed_in_the_middle_changes_nothing(
    spark: engines.Spark, duckdb: engines.DuckDB, tmp_path: Path
) -> None:
    file = tmp_path / "events.csv"
    file.write_text("".join(f"{line}\n" for line in events(2000)), encoding="utf-8")
    one, _ = taken(duckdb, file, tmp_path / "one")
    own = layout("gdelt", "")
    before = executors()
    assert len(before) == 2
    killed: list[int] = []
    blow = threading.Thread(target=strike, args=(spark, killed), daemon=True)
    blow.start()
    found = rows(spark, steps.counted(many_times(spark, one.events), own))
    blow.join(90)
    assert killed, "no executor was killed while the job ran"
    assert killed[0] in before
    assert found == rows(duckdb, steps.counted(many_times(duckdb, one.events), own))
    deadline = time.monotonic() + 90
    while len(executors() - set(killed)) < 2:
        assert time.monotonic() < deadline, "no new executor took the place of the killed one"
        time.sleep(0.2)


def many_times(engine: Any, events: Path) -> Any:
    """The same events many times over, so that the job is still at work when the blow falls."""
    numbers = engine.table([(n,) for n in range(TIMES)], {"n": "int64"})
    return engine.parquet(events).cross_join(numbers).drop("n")


def executors() -> set[int]:
    """The processes of our executors; they run from the cluster's own home."""
    found = subprocess.run(["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    ours = (line for line in found.splitlines() if EXECUTOR in line and f"{os.environ['SPARK_HOME']}/" in line)
    return {int(line.split()[0]) for line in ours}


def strike(spark: engines.Spark, killed: list[int]) -> None:
    """Kill one executor with -9 while tasks run."""
    tracker = spark.session.sparkContext.statusTracker()
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            if info and info.numActiveTasks:
                victim = min(executors())
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)
                return
        time.sleep(0.005)


def test_a_batch_made_by_spark_is_the_batch_that_duckdb_makes(
    spark: engines.Spark, small_build: Path, tmp_path: Path
) -> None:
    file = tmp_path / "events.csv"
    file.write_text("".join(f"{line}\n" for line in events(200)), encoding="utf-8")
    found = []
    for name in ("duckdb", "spark"):
        folder = Path(shutil.copytree(small_build, tmp_path / name, symlinks=True))
        made = bulk.import_columns("gdelt", [file], folder, engine=name)
        graph = f"https://w3id.org/diplokg/graph/feed/gdelt/{made.batch}"
        answer = store.open_store(str(folder)).query(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
        assert isinstance(answer, store.Rows)
        found.append((made.counts, made.files, sorted(tuple(map(str, each)) for each in answer.rows)))
    assert found[0] == found[1]
