"""The engine over Arrow Flight: the server that owns the file, and its client."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import flight

from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.errors import WarehouseAway, WarehouseError, WarehouseTooSlow
from regulars.ground.warehouse.statement import Statement, pack, unpack

# Rows that came over the wire may start anywhere; Arrow warns of it in every later join.
os.environ.setdefault("ACERO_ALIGNMENT_HANDLING", "reallocate")
# Left alone, a client that has found nobody waits up to two minutes before it tries again.
CHANNEL = [
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.use_local_subchannel_pool", 1),  # a new client connects anew, and waits for no other's
]
RUN, REHEARSE, CHECKPOINT = "run", "rehearse", "checkpoint"
COPY, REPLACE = "copy", "replace"


class Server(flight.FlightServerBase):  # type: ignore[misc]
    """`do_get` answers a query, `do_action` runs a transaction, `do_put` stages rows."""

    def __init__(self, address: str, engine: Engine) -> None:
        super().__init__(address)
        self._engine = engine

    def do_get(self, context: Any, ticket: flight.Ticket) -> flight.RecordBatchStream:
        (statement,) = unpack(ticket.ticket)
        with _as_flight_error():
            return flight.RecordBatchStream(self._engine.query(statement, context.is_cancelled))

    def do_put(self, context: Any, descriptor: Any, reader: Any, writer: Any) -> None:
        with _as_flight_error():
            self._engine.stage(descriptor.path[0].decode(), reader.read_all())

    def do_action(self, context: Any, action: flight.Action) -> list[bytes]:
        with _as_flight_error():
            if action.type == CHECKPOINT:
                self._engine.checkpoint()
                return []
            if action.type == COPY:
                self._engine.copy_to(_to_path(action))
                return []
            if action.type == REPLACE:
                self._engine.give_way_to(_to_path(action))
                self._engine.end()
                return []
            answer = self._engine.run(unpack(action.body.to_pybytes()), action.type == REHEARSE)
            return [_to_bytes(answer)]


class Client:
    """Speaks to a `Server`; safe to share between threads."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._flight = self._connected()

    def query(self, statement: Statement) -> pa.Table:
        ticket = flight.Ticket(pack([statement]))
        with _as_warehouse_error():
            try:
                return self._flight.do_get(ticket).read_all()
            except flight.FlightUnavailableError:
                # A server that is back is found now, not when the old channel next looks for it.
                self._flight = self._connected()
                return self._flight.do_get(ticket).read_all()

    def run(self, statements: Sequence[Statement], is_rehearsal: bool = False) -> pa.Table:
        action = flight.Action(REHEARSE if is_rehearsal else RUN, pack(statements))
        with _as_warehouse_error():
            (result,) = self._flight.do_action(action)
        return pa.ipc.open_stream(result.body).read_all()

    def stage(self, name: str, table: pa.Table) -> None:
        with _as_warehouse_error():
            writer, _ = self._flight.do_put(flight.FlightDescriptor.for_path(name), table.schema)
            with writer:
                writer.write_table(table)

    def checkpoint(self) -> None:
        with _as_warehouse_error():
            list(self._flight.do_action(flight.Action(CHECKPOINT, b"")))

    def copy_to(self, target: Path) -> None:
        with _as_warehouse_error():
            list(self._flight.do_action(flight.Action(COPY, bytes(target))))

    def give_way_to(self, successor: Path) -> None:
        with _as_warehouse_error():
            list(self._flight.do_action(flight.Action(REPLACE, bytes(successor))))

    def _connected(self) -> flight.FlightClient:
        return flight.FlightClient(self._address, generic_options=CHANNEL)


AS_WAREHOUSE_ERROR: dict[type, type[WarehouseError]] = {
    flight.FlightUnavailableError: WarehouseAway,
    flight.FlightTimedOutError: WarehouseTooSlow,
}


class _as_flight_error:  # noqa: N801 - reads as the context it is
    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, WarehouseTooSlow):
            raise flight.FlightTimedOutError(str(error)) from error
        if isinstance(error, WarehouseError):
            raise flight.FlightServerError(str(error)) from error


class _as_warehouse_error:  # noqa: N801
    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, pa.ArrowException):
            raise AS_WAREHOUSE_ERROR.get(type(error), WarehouseError)(str(error)) from error


def _to_path(action: flight.Action) -> Path:
    return Path(os.fsdecode(action.body.to_pybytes()))


def _to_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]
