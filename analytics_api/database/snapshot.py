"""One transaction on one connection, in as few round trips as it has questions that wait for an answer."""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import errors, generators
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Select

from analytics_api.database.compiled import Compiled, compiled
from shared_queries.plan import Rows
from shared_queries.statement import Statement

Observe = Callable[[str, int, int, BaseException | None], None]
"""Takes a statement's text, when it began and ended (nanoseconds since 1970), and its error."""

Command = tuple[Compiled, Mapping[str, Any]]

ANSWER_SECONDS = 8.0
"""How long a server may take: one that is frozen rather than gone answers nothing at all."""

_BEGIN = Compiled(b"begin isolation level repeatable read read only", (), {})
_COMMIT = Compiled(b"commit", (), {})


class Snapshot:
    """A connection that reads: what is asked of it together sees the same rows."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], observe: Observe | None = None) -> None:
        self._connection = connection
        self._transformer = Transformer(connection)
        self._observe = observe
        self._is_held = False

    async def hold(self) -> None:
        """Begin a transaction for all that follows; whoever gave the connection ends it."""
        await self._connection.wait(self._round_trip([(_BEGIN, {})]), timeout=ANSWER_SECONDS)
        self._is_held = True

    async def rows(self, select: Select[Any], values: Mapping[str, Any] | None = None) -> Rows:
        """Read all rows of one select."""
        return (await self.run(Statement(select, values or {})))[0]

    async def run(self, *asked: Statement) -> Sequence[Rows]:
        """Read the rows of each statement in one round trip, in one REPEATABLE READ READ ONLY transaction."""
        commands: list[Command] = [(compiled(each.select), each.values) for each in asked]
        # One statement is a snapshot by itself.
        in_transaction = len(commands) > 1 and not self._is_held
        if in_transaction:
            commands = [(_BEGIN, {}), *commands, (_COMMIT, {})]
        results = await self._connection.wait(self._round_trip(commands), timeout=ANSWER_SECONDS)
        return [self._loaded(result) for result in (results[1:-1] if in_transaction else results)]

    def _round_trip(self, commands: Sequence[Command]) -> Generator[Any, Any, Sequence[PGresult]]:
        """Send all, then wait for all: psycopg's pipeline mode, without a wait between two statements."""
        pgconn = self._connection.pgconn
        messages = [self._message(command, values) for command, values in commands]
        pgconn.enter_pipeline_mode()
        for message in messages:
            pgconn.send_query_params(*message)
        pgconn.pipeline_sync()
        yield from generators.send(pgconn)
        results: list[PGresult] = []
        error: BaseException | None = None
        for command, _ in commands:
            begun = time.time_ns()
            (result,) = yield from generators.fetch_many(pgconn)
            results.append(result)
            failed = self._error_of(result) if error is None else None
            error = error or failed
            if self._observe is not None:
                self._observe(command.text.decode(), begun, time.time_ns(), failed)
        yield from generators.fetch_many(pgconn)
        pgconn.exit_pipeline_mode()
        if error is not None:
            raise error
        return results

    def _message(self, command: Compiled, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Make the arguments of libpq's PQsendQueryParams; results come as text."""
        parameters = command.parameters(values)
        if not parameters:
            return (command.text, None)
        transformer = self._transformer
        # As text, the 90 instants of a period's days would take ten times as long (320 us).
        dumped = transformer.dump_sequence(parameters, [PyFormat.BINARY] * len(parameters))
        return (command.text, dumped, transformer.types, transformer.formats)

    def _error_of(self, result: PGresult) -> BaseException | None:
        if result.status == ExecStatus.FATAL_ERROR:
            return errors.error_from_result(result, encoding=self._connection.info.encoding)
        return None

    def _loaded(self, result: PGresult) -> Rows:
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)
