"""How the migrations meet the database: with settings of their own, and in the main application's schema."""

from dataclasses import dataclass, field

import psycopg

SETTINGS = {
    # A role, a database or a client may have set any of these, and each would change what a migration does.
    "row_security": "on",
    "default_transaction_read_only": "off",
    "default_transaction_isolation": "read committed",
    "default_transaction_deferrable": "off",
    "standard_conforming_strings": "on",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "check_function_bodies": "on",
    "default_table_access_method": "heap",
    "default_tablespace": "",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "transaction_timeout": "0",  # from PostgreSQL 17 on
}


_SET = """
    select set_config(name, ours.value, false)
    from unnest(%s::text[], %s::text[]) as ours (name, value) join pg_catalog.pg_settings using (name)
"""


@dataclass(frozen=True, slots=True)
class Target:
    """The database to migrate."""

    dsn: str = field(repr=False)
    """Its libpq URI, as the owner of the main application's tables."""
    schema: str = "public"
    """Where those tables are."""

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection:
        """Connect with `SETTINGS`; unqualified names are the main application's.

        Raises:
            psycopg.Error: it cannot be reached.
        """
        connection = psycopg.connect(self.dsn, autocommit=autocommit)
        settings = SETTINGS | {"search_path": self.schema}
        connection.execute(_SET, [list(settings), list(settings.values())])
        connection.commit()
        return connection

    def in_schema(self, statement: str) -> str:
        """Write `public.` as the schema: the frozen migrations say `public`."""
        return statement if self.schema == "public" else statement.replace("public.", f"{self.schema}.")
