"""Where columnar steps run: DuckDB inside this process, or Apache Spark. Both take the same Ibis expressions.

Only this room names DuckDB, Spark and their ways of reading and writing files. Results are the same row for row; what
could differ (order, types of partition columns, time zones) is settled here.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from kg.errors import StorageError, UsageError

MEMORY = "400MB"  # what DuckDB may hold before it spills to the disk
LARGE = 10_000  # rows in one block of an answer


class Engine(Protocol):
    """What the steps ask of an engine; tables and expressions are those of Ibis."""

    name: str
    keeps_order: bool
    refusals: tuple[type[Exception], ...]

    def text(self, path: Path, names: Sequence[str]) -> Any:
        """A table of strings (null where empty) from a file of lines with tabs."""

    def parquet(self, folder: Path) -> Any:
        """A table of all Parquet files below a folder, with the columns that its folders are named by."""

    def file(self, path: Path) -> Any:
        """A table of one Parquet file."""

    def table(self, rows: Sequence[Sequence[Any]], types: Mapping[str, str]) -> Any:
        """A small table of rows made here."""

    def write(self, table: Any, folder: Path, stem: str, by: Sequence[str] = ()) -> None:
        """Write a table as Parquet files below a folder, in folders by the values of `by`; add to what is there."""

    def rows(self, table: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a table, in its order where it has one; to be read to the end before anything else is asked."""

    def close(self) -> None:
        """Let go of memory and processes."""


class DuckDB:
    """The engine by default."""

    name = "duckdb"
    keeps_order = True

    def __init__(self, scratch: Path, memory: str = MEMORY, threads: int | None = None) -> None:
        """Open a database in memory that spills to `scratch`."""
        ibis = _ibis()
        import duckdb

        self.refusals = (duckdb.InvalidInputException, duckdb.ConversionException)
        self._db = ibis.duckdb.connect(
            threads=threads or os.cpu_count() or 1, memory_limit=memory, temp_directory=str(scratch / "spill")
        )
        self._db.raw_sql("SET enable_progress_bar = false")  # standard output is for what was asked for
        self._scratch = scratch

    def text(self, path: Path, names: Sequence[str]) -> Any:
        """A table of strings (null where empty) from a file of lines with tabs."""
        return self._db.read_csv(
            str(path), auto_detect=False, columns=dict.fromkeys(names, "VARCHAR"), delim="\t", quote="", escape="",
            header=False, new_line="\\n", max_line_size=2 << 20,
        )  # fmt: skip

    def parquet(self, folder: Path) -> Any:
        """A table of all Parquet files below a folder, with the columns that its folders are named by."""
        found = sorted(str(path) for path in folder.rglob("*.parquet") if path.is_file())
        return self._db.read_parquet(found, hive_partitioning=True, hive_types_autocast=False)

    def file(self, path: Path) -> Any:
        """A table of one Parquet file."""
        return self._db.read_parquet(str(path))

    def table(self, rows: Sequence[Sequence[Any]], types: Mapping[str, str]) -> Any:
        """A small table of rows made here."""
        return self.parquet(_made(self._scratch, rows, types))

    def write(self, table: Any, folder: Path, stem: str, by: Sequence[str] = ()) -> None:
        """Write a table as Parquet files below a folder, in folders by the values of `by`; add to what is there."""
        folder.mkdir(parents=True, exist_ok=True)
        options = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
        target = folder / f"{stem}.parquet"
        if by:
            options += f", PARTITION_BY ({', '.join(by)}), OVERWRITE_OR_IGNORE, FILENAME_PATTERN '{stem}-{{i}}'"
            target = folder
        self._db.raw_sql(f"COPY ({self._db.compile(table)}) TO {_quoted(str(target))} ({options})")

    def rows(self, table: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a table, in its order where it has one."""
        connection = self._db.con.execute(self._db.compile(table))
        while block := connection.fetchmany(LARGE):
            yield from block

    def close(self) -> None:
        """Let go of memory."""
        self._db.disconnect()


class Spark:
    """Apache Spark, for what outgrows a machine: `master` is as Spark names it, by default all cores of this one."""

    name = "spark"
    keeps_order = False

    def __init__(self, scratch: Path, master: str = "", options: Mapping[str, str] | None = None) -> None:
        """Start a session, or join the one that runs.

        Raises:
            UsageError: Spark or Java is missing.
        """
        ibis = _ibis()
        with _quiet():
            from pyspark.errors import PySparkException

            self.refusals = (PySparkException,)
            self.session = _session(scratch, master or os.environ.get("SPARK_MASTER", "local[*]"), options or {})
            self._db = ibis.pyspark.connect(self.session)
        self._scratch = scratch

    def text(self, path: Path, names: Sequence[str]) -> Any:
        """A table of strings (null where empty) from a file of lines with tabs."""
        schema = ", ".join(f"`{name}` STRING" for name in names)
        return self._db.read_csv(
            str(path), schema=schema, sep="\t", quote="", escape="", header=False, lineSep="\n", mode="FAILFAST"
        )

    def parquet(self, folder: Path) -> Any:
        """A table of all Parquet files below a folder, with the columns that its folders are named by."""
        flat = any(folder.glob("*.parquet"))
        return self._db.read_parquet(str(folder / "*.parquet") if flat else str(folder))

    def file(self, path: Path) -> Any:
        """A table of one Parquet file."""
        return self._db.read_parquet(str(path))

    def table(self, rows: Sequence[Sequence[Any]], types: Mapping[str, str]) -> Any:
        """A small table of rows made here."""
        return self.parquet(_made(self._scratch, rows, types))

    def write(self, table: Any, folder: Path, stem: str, by: Sequence[str] = ()) -> None:
        """Write a table as Parquet files below a folder, in folders by the values of `by`; add to what is there."""
        frame = self.session.sql(self._db.compile(table))
        writer = frame.repartition(*by) if by else frame
        target = folder if by else folder / f"{stem}.parquet"
        writer.write.mode("append").option("compression", "zstd").partitionBy(*by).parquet(str(target))

    def rows(self, table: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a table, in its order where it has one."""
        for row in self.session.sql(self._db.compile(table)).toLocalIterator(prefetchPartitions=True):
            yield tuple(row)

    def close(self) -> None:
        """Stop the session and its executors."""
        self.session.stop()


ENGINES = {"duckdb": DuckDB, "spark": Spark}


def named(name: str) -> str:
    """The name of an engine, if there is one that is called so.

    Raises:
        UsageError: there is no such engine.
    """
    if name not in ENGINES:
        raise UsageError(f"'{name}' is no engine.", hint=f"Use one of: {', '.join(ENGINES)}.")
    return name


@contextmanager
def started(name: str, folder: Path) -> Iterator[Engine]:
    """Start an engine by its name, with a folder for what it spills, and let go of both in the end.

    Raises:
        UsageError: there is no such engine, or it is not installed.
    """
    name = named(name)
    folder.mkdir(parents=True, exist_ok=True)
    made: Engine = ENGINES[name](folder)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kg-columns-") as name:
        yield Path(name)


def _ibis() -> Any:
    try:
        import ibis
    except ImportError as error:
        raise UsageError("Columns need Ibis and DuckDB.", hint="pip install 'diplokg[columns]'") from error
    return ibis


def _session(scratch: Path, master: str, options: Mapping[str, str]) -> Any:
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UsageError("Spark is missing.", hint="pip install 'diplokg[spark]'; it needs Java 17.") from error
    settings = {
        "spark.master": master,
        "spark.app.name": "diplokg",
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
        "spark.sql.ansi.enabled": "true",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        **options,
    }
    builder = SparkSession.builder
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except (PySparkRuntimeError, FileNotFoundError) as error:
        told = str(error).splitlines()[0]
        raise StorageError(
            f"Spark does not start: {told}", hint="It needs Java 17 or newer: apt-get install default-jre-headless."
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return session


def write_rows(path: Path, rows: Sequence[Sequence[Any]], types: Mapping[str, str]) -> None:
    """Write rows made here as one Parquet file, in their order."""
    import pyarrow as pa
    from pyarrow import parquet

    known = {"string": pa.string(), "int64": pa.int64(), "int32": pa.int32(), "date": pa.date32()}
    columns: list[Sequence[Any]] = [*zip(*rows, strict=True)] or [[] for _ in types]
    fields = [pa.field(name, known[kind]) for name, kind in types.items()]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    parquet.write_table(pa.table(arrays, pa.schema(fields)), path, compression="zstd")


def _made(scratch: Path, rows: Sequence[Sequence[Any]], types: Mapping[str, str]) -> Path:
    """Put a small table where every engine reads: in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="made-", dir=scratch))
    write_rows(folder / "made.parquet", rows, types)
    return folder


class _quiet(warnings.catch_warnings):  # noqa: N801
    """Without what PySpark says of the newest pandas, which we do not use."""

    def __enter__(self) -> Any:
        found = super().__enter__()
        warnings.simplefilter("ignore", FutureWarning)
        return found


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
