"""A real PgBouncer in transaction mode: each transaction may get another server session."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from deploy.embedded.account import unprivileged_account
from deploy.embedded.ports import free_port
from deploy.embedded.roles import LOGIN_ROLES
from tests.infra.database import PASSWORD
from tests.infra.missing import skip_outside_ci
from tests.infra.waiting import wait_until

START_TIMEOUT_S = 10
POOL_SIZE = 2
"""Server sessions of a database and role: fewer than a process has connections, so that they have to share."""
CONFIGURATION = """\
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
logfile = {log}
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = 200
server_round_robin = 1
ignore_startup_parameters = {ignored}
"""


@dataclass(frozen=True)
class PgBouncer:
    """A pooler before one server; it takes the test databases' roles and the superuser."""

    port: int
    log: Path

    def url(self, dsn: str) -> str:
        """The same role and database as `dsn`, through the pooler."""
        parts = conninfo_to_dict(dsn)
        return f"postgresql://{parts['user']}:{parts['password']}@127.0.0.1:{self.port}/{parts['dbname']}"


@contextmanager
def pgbouncer(server_dsn: str, *, pool_size: int = POOL_SIZE, ignored: str = "") -> Iterator[PgBouncer]:
    """A pooler of its own before the server of this URI; `ignored` is its `ignore_startup_parameters`."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        skip_outside_ci("pgbouncer is missing: apt-get install pgbouncer")
    server = conninfo_to_dict(server_dsn)
    with tempfile.TemporaryDirectory(prefix="flowpilot-pgbouncer-") as name:
        folder = Path(name)
        bouncer = PgBouncer(free_port(), folder / "pgbouncer.log")
        users, settings = folder / "users.txt", folder / "pgbouncer.ini"
        passwords = dict.fromkeys(LOGIN_ROLES, PASSWORD) | {str(server["user"]): str(server["password"])}
        users.write_text("".join(f'"{role}" "{password}"\n' for role, password in passwords.items()))
        settings.write_text(
            CONFIGURATION.format(
                host=server["host"],
                port=server["port"],
                listen=bouncer.port,
                users=users,
                log=bouncer.log,
                pool_size=pool_size,
                ignored=ignored,
            )
        )
        process = subprocess.Popen([program, "--quiet", settings], **_as_user(folder, users, settings))
        try:
            _wait_ready(bouncer, process, server_dsn)
            yield bouncer
        finally:
            process.kill()
            process.wait()


def _as_user(*paths: Path) -> dict[str, int]:
    """It does not run as root either."""
    account = unprivileged_account()
    if account is None:
        return {}
    for path in paths:
        account.give(path)
    return {"user": account.uid, "group": account.gid}


def _wait_ready(bouncer: PgBouncer, process: subprocess.Popen[bytes], server_dsn: str) -> None:
    def said() -> str:
        return bouncer.log.read_text() if bouncer.log.exists() else ""

    def answers() -> bool:
        assert process.poll() is None, f"pgbouncer ended: {said()}"
        return _answers(bouncer, server_dsn)

    wait_until(answers, lambda: f"pgbouncer answers: {said()}", START_TIMEOUT_S)


def _answers(bouncer: PgBouncer, server_dsn: str) -> bool:
    try:
        psycopg.connect(bouncer.url(server_dsn), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
