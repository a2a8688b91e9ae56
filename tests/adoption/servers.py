"""PostgreSQL servers and a broker of the story's own: it makes roles, which are a cluster's, and restores elsewhere."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.account import unprivileged_account
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import Server
from deploy.embedded.postgres_binaries import postgres_binaries
from deploy.embedded.processes import Children


@dataclass(frozen=True)
class Servers:
    """Where the application lives, the cluster that its dump goes to, and the broker."""

    database: Server
    elsewhere: Server
    kafka: str


def empty(server: Server) -> None:
    """Leave no database and no role of an application behind."""
    with server.connect() as admin:
        admin.execute(b"drop database if exists app with (force)")
        roles = admin.execute("select quote_ident(rolname) from pg_roles where rolname !~ '^(pg_|postgres$)'")
        for (role,) in roles.fetchall():
            admin.execute(f"drop owned by {role} cascade".encode())
        for (role,) in admin.execute(
            "select quote_ident(rolname) from pg_roles where rolname !~ '^(pg_|postgres$)'"
        ).fetchall():
            admin.execute(f"drop role {role}".encode())


@contextmanager
def postgres(folder: Path, name: str) -> Iterator[Server]:
    """A new cluster, with the write-ahead log that a change data capture reads."""
    account = unprivileged_account()
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    server = Server(name, folder / name, port, postgres_binaries(account), account, secrets.token_hex(8))
    children = Children(folder / "run", folder / "logs")
    try:
        server.initdb(children)
        server.wait_ready(server.start(children, {"wal_level": "logical"}))
        yield server
    finally:
        children.stop_all()
