"""What a statement is on the wire: its text and the order of its parameters, compiled once and sent many times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

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
def compiled(select: Select[Any]) -> Compiled:
    """Compile the select; kept by the object, which is built once for all that ask it."""
    made = select.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    names = tuple(made.positiontup or ())
    asked = {name for name, parameter in made.binds.items() if parameter.required}
    constants = {name: made.params[name] for name in names if name not in asked}
    return Compiled(str(made).encode(), names, constants)
