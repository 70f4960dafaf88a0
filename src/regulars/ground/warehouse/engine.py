"""The owner of the DuckDB file: runs SQL, nothing else."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from regulars.ground.kit.deployment import chain
from regulars.ground.warehouse import files
from regulars.ground.warehouse.errors import WarehouseError, WarehouseTooSlow
from regulars.ground.warehouse.statement import Statement

log = logging.getLogger(__name__)
QUERY_SECONDS = 120.0
WRITE_SECONDS = 3600.0
LOOK_SECONDS = 0.05
CHECKPOINT_AT = "64MB"
"""Of log. Whoever commits waits meanwhile: a few tenths of a second for so much."""
DESK_ROWS = 8_192
"""Rows that one thread works on at a time: what lies on the desk is small, and for all cores."""


class Engine:
    """Any number of readers beside one writer. Thread-safe. `end` is called when another engine
    must take over, on the file as it then is."""

    end: Callable[[], None] = staticmethod(lambda: None)

    def __init__(self, path: Path | None = None, memory_limit: str = "6GB") -> None:
        self._path = path
        self._database = duckdb.connect(
            str(path) if path else ":memory:",
            config={
                "memory_limit": memory_limit,
                "preserve_insertion_order": False,
                "checkpoint_threshold": CHECKPOINT_AT,
            },
        )
        # Naive moments are the chain's. The setting needs ICU, which comes with connecting.
        zone = exp.Literal.string(chain().time_zone)
        self._database.execute(f"SET GLOBAL TimeZone = {zone.sql('duckdb')}")
        desk = f"ATTACH IF NOT EXISTS ':memory:' AS desk (ROW_GROUP_SIZE {DESK_ROWS})"
        self._database.execute(desk)
        self._writing = threading.Lock()

    def query(
        self,
        statement: Statement,
        is_abandoned: Callable[[], bool] = lambda: False,
        seconds: float = QUERY_SECONDS,
    ) -> pa.Table:
        """Answer one question. Interrupted after `seconds` (raises WarehouseTooSlow), or when
        `is_abandoned()` says so."""
        with self._cursor() as cursor, _watched(cursor, is_abandoned, seconds):
            return cursor.sql(statement.sql, params=dict(statement.parameters)).to_arrow_table()

    def run(self, statements: Sequence[Statement], is_rehearsal: bool = False) -> pa.Table:
        """Run all in one transaction, or none; the last statement's rows are returned.

        A rehearsal runs everything and then takes it back.
        """
        with (
            self._writing,
            self._cursor() as cursor,
            _watched(cursor, lambda: False, WRITE_SECONDS),
        ):
            cursor.execute("BEGIN")
            try:
                answer = pa.table({})
                for statement in statements:
                    if not statement.when or _is_true(cursor, statement.when):
                        answer = _executed(cursor, statement)
            except BaseException:
                with suppress(duckdb.Error):
                    cursor.execute("ROLLBACK")
                raise
            cursor.execute("ROLLBACK" if is_rehearsal else "COMMIT")
            return answer

    def stage(self, name: str, table: pa.Table) -> None:
        """Put rows into table `name`, made anew; `desk.name` lies in memory and is not kept."""
        with self._writing, self._cursor() as cursor:
            cursor.register("arriving", table)
            target = exp.to_table(name, dialect="duckdb").sql("duckdb", identify=True)
            cursor.execute(f"CREATE OR REPLACE TABLE {target} AS FROM arriving")

    def checkpoint(self) -> None:
        with self._writing:
            self._write_out()

    def copy_to(self, target: Path) -> None:
        """Copy the file as it stands between two writes, which wait meanwhile."""
        with self._writing:
            self._write_out()
            files.copy(self._path_of_file(), target)

    def give_way_to(self, successor: Path) -> None:
        """Put another file in the place of ours. Nothing is written from now on: this process is
        to end, and the next one opens the new file."""
        self._writing.acquire()
        try:
            self._write_out()
        except WarehouseError:
            log.exception("what is about to be replaced could not be written out")
        files.replace(self._path_of_file(), successor)

    def _write_out(self) -> None:
        with self._cursor() as cursor:
            cursor.execute("CHECKPOINT")

    def _path_of_file(self) -> Path:
        if self._path is None:
            raise WarehouseError("a warehouse in memory has no file")
        return self._path

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._database.cursor()
        try:
            yield cursor
        except duckdb.Error as error:
            self._look_whether_it_is_us(error)
            raise WarehouseError(str(error)) from error
        finally:
            cursor.close()

    def _look_whether_it_is_us(self, error: duckdb.Error) -> None:
        """A broken file is set aside; then, and where DuckDB wants to be opened anew, we end."""
        if self._path and files.is_broken(self._path, error) and self._path.exists():
            files.set_aside(self._path, error)
            self.end()
        elif files.INVALID in str(error):
            self.end()


def _executed(cursor: duckdb.DuckDBPyConnection, statement: Statement) -> pa.Table:
    relation = cursor.sql(statement.sql, params=dict(statement.parameters))
    return pa.table({}) if relation is None else relation.to_arrow_table()


def _is_true(cursor: duckdb.DuckDBPyConnection, question: str) -> bool:
    return all(answer for (answer,) in cursor.execute(question).fetchall())


@contextmanager
def _watched(
    cursor: duckdb.DuckDBPyConnection, is_abandoned: Callable[[], bool], seconds: float
) -> Iterator[None]:
    """Interrupt the cursor when its time is up or nobody waits for the answer any more."""
    finished = threading.Event()
    deadline = time.monotonic() + seconds

    def watch() -> None:
        while not finished.wait(LOOK_SECONDS):
            if time.monotonic() > deadline or is_abandoned():
                cursor.interrupt()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except duckdb.InterruptException as error:
        if time.monotonic() > deadline:
            raise WarehouseTooSlow(f"no answer within {seconds:.0f} s") from error
        raise
    finally:
        finished.set()
        watcher.join()
