"""PostgreSQL servers and a broker of the story's own: it makes roles, which are a cluster's, and restores elsewhere."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.account import unprivileged_account
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import Server
from deploy.embedded.postgres_binaries import postgres_binaries
from deploy.embedded.processes import Children


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
