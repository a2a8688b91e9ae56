"""One transaction on one connection, in as few round trips as it has questions that wait for an answer.

A statement is compiled once, to its text and the order of its parameters, and sent many times.
"""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import Any

import psycopg
from psycopg import errors, generators
from psycopg.abc import Buffer
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from shared_queries.plan import Rows
from shared_queries.sql.release_0_1 import on_release_0_1
from shared_queries.statement import Statement

# PostgreSQL's own `$1`: psycopg has no text to read for placeholders then.
_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy's


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement's text, with what stands at each `$n`."""

    text: bytes
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    """Values that the statement itself gives; every other must be asked with."""

    def parameters(self, values: Mapping[str, Any]) -> Sequence[Any]:
        """Put the values in the text's order; `KeyError` where one is missing."""
        constants = self.constants
        if not constants:
            return [values[name] for name in self.names]
        return [constants[name] if name in constants else values[name] for name in self.names]


@lru_cache(maxsize=512)
def compiled(select: Select[Any], *, is_older: bool = False) -> Compiled:
    """Compile the select; kept by the object, which is built once for all that ask it."""
    made = (on_release_0_1(select) if is_older else select).compile(
        dialect=_DIALECT, compile_kwargs={"render_postcompile": True}
    )
    names = tuple(made.positiontup or ())
    asked = {name for name, parameter in made.binds.items() if parameter.required}
    constants = {name: made.params[name] for name in names if name not in asked}
    return Compiled(str(made).encode(), names, constants)


Observe = Callable[[str, int, int, BaseException | None], None]
"""Takes a statement's text, when it began and ended (nanoseconds since 1970), and its error."""

ANSWER_SECONDS = 8.0
"""How long a server may take: one that is frozen rather than gone answers nothing at all."""

_BEGIN = Compiled(b"begin isolation level repeatable read read only", (), {})
_PLAN_ONCE = Compiled(b"set local plan_cache_mode = force_generic_plan", (), {})
_COMMIT = Compiled(b"commit", (), {})


@dataclass(frozen=True, slots=True)
class _Command:
    compiled: Compiled
    values: Mapping[str, Any] = field(default_factory=dict)
    place: int = -1
    """Among what was asked; -1 for what is ours."""
    plan_once: bool = False


class Connection(psycopg.AsyncConnection[Any]):
    """A connection that remembers what is prepared on its server session."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  passed on as they are
        super().__init__(*args, **kwargs)
        self.prepared: dict[object, bytes] | None = None
        """The name of each statement; None where a pooler stands between, whose sessions change."""
        self.numbers = count()
        """For their names: none is given twice."""


class Snapshot:
    """A connection that reads: what is asked of it together sees the same rows."""

    def __init__(self, connection: Connection, observe: Observe | None = None, *, is_older: bool = False) -> None:
        self._connection = connection
        self._is_older = is_older
        self._transformer = Transformer(connection)
        self._observe = observe
        self._is_held = False

    async def hold(self) -> None:
        """Begin a transaction for all that follows; whoever gave the connection ends it."""
        await self._connection.wait(self._round_trip([_Command(_BEGIN)]), timeout=ANSWER_SECONDS)
        self._is_held = True

    async def rows(self, select: Select[Any], values: Mapping[str, Any] | None = None) -> Rows:
        """Read all rows of one select."""
        return (await self.run(Statement(select, values or {})))[0]

    async def run(self, *asked: Statement) -> Sequence[Rows]:
        """Read the rows of each statement in one round trip, in one REPEATABLE READ READ ONLY transaction.

        Those that are planned once come last, whatever their place.
        """
        commands = self._commands(asked)
        results = await self._connection.wait(self._round_trip(commands), timeout=ANSWER_SECONDS)
        rows: list[Rows] = [()] * len(asked)
        for command, result in zip(commands, results, strict=True):
            if command.place >= 0:
                rows[command.place] = self._loaded(result)
        return rows

    def _commands(self, asked: Sequence[Statement]) -> Sequence[_Command]:
        prepares = self._connection.prepared is not None and not self._is_held
        commands = [
            _Command(compiled(each.select, is_older=self._is_older), each.values, place, each.plan_once and prepares)
            for place, each in enumerate(asked)
        ]
        if len(commands) == 1 or self._is_held:
            # One statement is a snapshot by itself.
            return commands
        own = [command for command in commands if not command.plan_once]
        once = [command for command in commands if command.plan_once]
        mode = [_Command(_PLAN_ONCE)] if once else []
        return [_Command(_BEGIN), *own, *mode, *once, _Command(_COMMIT)]

    def _round_trip(self, commands: Sequence[_Command]) -> Generator[Any, Any, Sequence[PGresult]]:
        """Send all, then wait for all: psycopg's pipeline mode, without a wait between two statements."""
        pgconn = self._connection.pgconn
        names = dict(self._connection.prepared or {})
        messages = [self._message(command, names) for command in commands]
        pgconn.enter_pipeline_mode()
        for message in messages:
            message.send(pgconn)
        pgconn.pipeline_sync()
        yield from generators.send(pgconn)
        results: list[PGresult] = []
        error: BaseException | None = None
        for command, message in zip(commands, messages, strict=True):
            begun = time.time_ns()
            if message.prepares:
                (result,) = yield from generators.fetch_many(pgconn)
                error = error or self._error_of(result)
            (result,) = yield from generators.fetch_many(pgconn)
            results.append(result)
            failed = self._error_of(result) if error is None else None
            error = error or failed
            if error is None and message.prepares:
                self._connection.prepared[message.key] = message.name  # type: ignore[index]  # it prepares
            if self._observe is not None:
                self._observe(command.compiled.text.decode(), begun, time.time_ns(), failed)
        yield from generators.fetch_many(pgconn)
        pgconn.exit_pipeline_mode()
        if error is not None:
            raise error
        return results

    def _message(self, command: _Command, names: dict[object, bytes]) -> "_Message":
        parameters = command.compiled.parameters(command.values)
        transformer = self._transformer
        # As text, the 90 instants of a period's days would take ten times as long (320 us).
        values = transformer.dump_sequence(parameters, [PyFormat.BINARY] * len(parameters))
        types, formats = (transformer.types or (), transformer.formats) if parameters else ((), None)
        if not command.plan_once:
            return _Message(command.compiled.text, values, types, formats)
        key = (command.compiled.text, types)
        if (name := names.get(key)) is not None:
            return _Message(command.compiled.text, values, types, formats, name)
        names[key] = b"s%d" % next(self._connection.numbers)
        return _Message(command.compiled.text, values, types, formats, names[key], key)

    def _error_of(self, result: PGresult) -> BaseException | None:
        if result.status == ExecStatus.FATAL_ERROR:
            return errors.error_from_result(result, encoding=self._connection.info.encoding)
        return None

    def _loaded(self, result: PGresult) -> Rows:
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)


@dataclass(frozen=True, slots=True)
class _Message:
    """A statement on its way; results come as text."""

    text: bytes
    values: Sequence[Buffer | None]
    types: tuple[int, ...]
    formats: Sequence[Format] | None
    name: bytes = b""
    """Under which it is prepared; none where it is not."""
    key: object = None
    """Under which the name is kept, where it is prepared on this way."""

    @property
    def prepares(self) -> bool:
        """Whether preparing it has a result of its own."""
        return self.key is not None

    def send(self, pgconn: PGconn) -> None:
        """Hand it to libpq."""
        if self.prepares:
            pgconn.send_prepare(self.name, self.text, self.types)
        if self.name:
            pgconn.send_query_prepared(self.name, self.values, self.formats)
        else:
            pgconn.send_query_params(self.text, self.values, self.types, self.formats)
