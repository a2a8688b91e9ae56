"""Fresh databases, cloned from a template that has the main app's tables and our migrations."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import deploy.embedded
from deploy.embedded.roles import LOGIN_ROLES, OWNER, close_database, join_groups, make_database, make_login_roles
from tests.infra.servers import Infra
from tests.infra.waiting import wait_until

PASSWORD = "test"
"""Of every login role, on every test server."""

REPLICA_TIMEOUT_S = 30
_MAIN_APP_TABLES = Path(deploy.embedded.__file__).with_name("main_app.sql")
# Roles are the cluster's, and several test runs may share one.
_ROLES_LOCK = 7_315_401


@dataclass(frozen=True)
class Database:
    """One database of the primary, which the replica has too."""

    name: str
    infra: Infra

    @property
    def dsn(self) -> str:
        """The superuser's, on the primary."""
        return _uri(self.infra.primary_dsn, dbname=self.name)

    @property
    def replica_dsn(self) -> str:
        return _uri(self.infra.replica_dsn, dbname=self.name)

    def dsn_for(self, role: str) -> str:
        """One of the login roles', on the primary."""
        return _uri(self.infra.primary_dsn, dbname=self.name, user=role, password=PASSWORD)

    def replica_dsn_for(self, role: str) -> str:
        return _uri(self.infra.replica_dsn, dbname=self.name, user=role, password=PASSWORD)

    def connect(self, role: str | None = None) -> psycopg.Connection:
        """A connection to the primary in autocommit, as superuser unless a role is named."""
        return psycopg.connect(self.dsn_for(role) if role else self.dsn, autocommit=True)

    def wait_for_replica(self) -> None:
        """Returns once the replica has replayed all that the primary has committed until now."""
        wait_for_replica(self.infra)


def wait_for_replica(infra: Infra) -> None:
    with psycopg.connect(infra.primary_dsn, autocommit=True) as primary:
        # The insert position: of an asynchronous commit not all is flushed, and so not all is sent.
        (target,) = primary.execute("select pg_current_wal_insert_lsn()::text").fetchone() or (None,)
    with psycopg.connect(infra.replica_dsn, autocommit=True) as replica:
        wait_until(
            lambda: replica.execute("select pg_last_wal_replay_lsn() >= %s::pg_lsn", [target]).fetchone() == (True,),
            f"the replica reaches {target}",
            REPLICA_TIMEOUT_S,
            pause=0.002,
        )


@contextmanager
def template_database(infra: Infra) -> Iterator[str]:
    """The name of a database with the main app's tables and the migrations to head, and no rows."""
    name = f"template_{secrets.token_hex(6)}"
    with _admin(infra) as admin:
        admin.execute("select pg_advisory_lock(%s)", [_ROLES_LOCK])
        make_login_roles(admin, dict.fromkeys(LOGIN_ROLES, PASSWORD))
        make_database(admin, name)
        owner = _uri(infra.primary_dsn, dbname=name, user=OWNER, password=PASSWORD)
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(_MAIN_APP_TABLES.read_bytes())
        if find_spec("deploy.migrations.run") is not None:
            from deploy.migrations.run import upgrade  # noqa: PLC0415  written at the same time as this file

            upgrade(owner)
            join_groups(admin)
        admin.execute("select pg_advisory_unlock(%s)", [_ROLES_LOCK])
    yield name
    _drop(infra, name)


@contextmanager
def cloned_database(infra: Infra, template: str) -> Iterator[Database]:
    """A database of its own for the caller, which the replica has as well; dropped at the end."""
    database = Database(f"test_{secrets.token_hex(6)}", infra)
    with _admin(infra) as admin:
        admin.execute(
            sql.SQL("create database {} template {} owner {}").format(
                sql.Identifier(database.name), sql.Identifier(template), sql.Identifier(OWNER)
            )
        )
        close_database(admin, database.name)  # a template's rights are not copied
    database.wait_for_replica()
    try:
        yield database
    finally:
        _drop(infra, database.name)


def _admin(infra: Infra) -> psycopg.Connection:
    return psycopg.connect(infra.primary_dsn, autocommit=True)


def _drop(infra: Infra, name: str) -> None:
    with _admin(infra) as admin:
        admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _uri(dsn: str, **changes: str) -> str:
    """The same server as `dsn`, with other parts, as a URI."""
    parts = conninfo_to_dict(make_conninfo(dsn, **changes))
    return f"postgresql://{parts['user']}:{parts['password']}@{parts['host']}:{parts['port']}/{parts['dbname']}"
