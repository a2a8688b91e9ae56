"""Settings from environment variables: read once, at the start, and refused in one line that names the variable.

@dataclass(frozen=True, slots=True)
class Settings:
    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        variables = Variables(environ)
        return cls(poll_ms=variables.integer("OUTBOX_POLL_MS", default=100, at_least=1))

settings = settings_or_exit(Settings.from_env)
"""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

EXIT_CODE = 2
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")

Settings = TypeVar("Settings")


class SettingsError(Exception):
    """A variable that is missing or malformed. The text is one line and holds no secret."""

    def __init__(self, variable: str, problem: str) -> None:
        self.variable = variable
        super().__init__(f"{variable} {problem}")


class Variables:
    """Reads and checks single variables. An empty one counts as missing.

    Raises:
        SettingsError: from every method, for a required variable that is missing and for any malformed one.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def optional(self, name: str) -> str | None:
        """Return the text, or None where it is missing."""
        return self._environ.get(name) or None

    def text(self, name: str, *, needed_for: str = "this process") -> str:
        """Return a required text; `needed_for` ends the sentence that a missing one gets."""
        value = self.optional(name)
        if value is None:
            raise SettingsError(name, f"is not set; it is required for {needed_for}")
        return value

    def integer(self, name: str, *, default: int, at_least: int, at_most: int) -> int:
        """Return a whole number within bounds."""
        value = self.optional(name)
        if value is None:
            return default
        try:
            number = int(value)
        except ValueError:
            raise SettingsError(name, f"is {value!r}, not a whole number") from None
        if not at_least <= number <= at_most:
            raise SettingsError(name, f"is {number}, not within {at_least} to {at_most}")
        return number

    def port(self, name: str, *, default: int | None) -> int | None:
        """Return a TCP port to listen on."""
        if self.optional(name) is None:
            return default
        return self.integer(name, default=0, at_least=1, at_most=65_535)

    def choice(self, name: str, options: Sequence[str], *, default: str) -> str:
        """One of the options, which are upper case; any case is accepted."""
        value = (self.optional(name) or default).upper()
        if value not in options:
            raise SettingsError(name, f"is {value!r}, not one of {', '.join(options)}")
        return value

    def file(self, name: str) -> Path | None:
        """Return a readable file's path."""
        value = self.optional(name)
        if value is None:
            return None
        path = Path(value)
        if not (path.is_file() and os.access(path, os.R_OK)):
            raise SettingsError(name, f"is {value!r}, which is no readable file")
        return path

    def database_url(self, name: str, *, reads_main_app: bool = False) -> str:
        """Return a libpq URI, checked by libpq itself. It may hold a password, so no message repeats it.

        With `reads_main_app`, unqualified names are those of MAIN_APP_SCHEMA, where that is set.
        """
        value = self.text(name)
        if not value.startswith(("postgresql://", "postgres://")):
            raise SettingsError(name, "is no libpq URI (postgresql://user:password@host:port/database)")
        from psycopg import ProgrammingError  # noqa: PLC0415  the event contracts' settings need no database driver
        from psycopg.conninfo import conninfo_to_dict, make_conninfo  # noqa: PLC0415  the same

        try:
            given = conninfo_to_dict(value)
        except ProgrammingError:
            raise SettingsError(
                name, "is a URI that libpq cannot read; is a special character not %-encoded?"
            ) from None
        schema = self.main_app_schema() if reads_main_app else None
        if schema is None:
            return value
        return make_conninfo(value, options=f"{given.get('options', '')} -c search_path={schema}".strip())

    def main_app_schema(self) -> str | None:
        """Return MAIN_APP_SCHEMA, where the main application's tables are; None for the role's own search path."""
        schema = self.optional("MAIN_APP_SCHEMA")
        if schema is not None and _PLAIN_NAME.fullmatch(schema) is None:
            raise SettingsError("MAIN_APP_SCHEMA", f"is {schema!r}, no name of lower-case letters, digits and _")
        return schema

    def traces(self) -> bool:
        """Whether OTEL_EXPORTER_OTLP_ENDPOINT is set, which the exporter reads by itself."""
        name = "OTEL_EXPORTER_OTLP_ENDPOINT"
        if self.optional(name) is None:
            return False
        if find_spec("opentelemetry") is None:
            raise SettingsError(name, "is set, but the extra `telemetry` is not installed")
        return True

    def log_level(self) -> str:
        """LOG_LEVEL, `INFO` where it is missing."""
        return self.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), default="INFO")


def settings_or_exit(from_env: Callable[[Mapping[str, str]], Settings]) -> Settings:
    """Return the process's settings; where they are wrong, one line on stderr and exit code 2."""
    try:
        return from_env(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(EXIT_CODE) from None
