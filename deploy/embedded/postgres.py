"""One PostgreSQL server of the stack: made once, its settings written again at each start."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from deploy.embedded.account import Account
from deploy.embedded.errors import StackError
from deploy.embedded.processes import Child, Children

SUPERUSER = "postgres"
REPLICATION_USER = "replicator"
START_TIMEOUT_S = 60

_HBA = """\
# Written at each start by the local stack.
host all         all                 127.0.0.1/32 scram-sha-256
host replication {replication_user}  127.0.0.1/32 scram-sha-256
"""

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    # No sockets: their path is limited to 107 bytes, which a state directory's may exceed.
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "hot_standby_feedback": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # Bounds what a replica that stays away can make the primary keep; see Replica.
    "max_slot_wal_keep_size": "1GB",
}


@dataclass(frozen=True)
class Server:
    """Where one server lives and how it is reached."""

    name: str
    data: Path
    port: int
    binaries: Path
    account: Account | None
    superuser_password: str = field(repr=False)

    @property
    def exists(self) -> bool:
        return self.data.is_dir()

    def dsn(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        secret = self.superuser_password if password is None else password
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.dsn(database), autocommit=True, connect_timeout=5)

    def make(self, fill: Callable[[Path], None]) -> None:
        """Let `fill` make the data directory in a temporary folder, which is then renamed into place."""
        part = Path(tempfile.mkdtemp(prefix=f"{self.name}.part-", dir=self.data.parent))
        try:
            if self.account:
                self.account.give(part)
            fill(part)
            part.rename(self.data)
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def initdb(self, children: Children) -> None:
        def fill(part: Path) -> None:
            password = part.with_name(part.name + ".password")
            password.touch(mode=0o600)
            password.write_text(self.superuser_password + "\n")
            if self.account:
                self.account.give(password)
            try:
                # On standard input's place: the unprivileged user may be unable to reach the file by its path.
                with password.open("rb") as secret:
                    children.run(
                        f"initdb-{self.name}",
                        [
                            self.binaries / "initdb",
                            f"--pgdata={self.data_argument(part)}",
                            f"--username={SUPERUSER}",
                            "--pwfile=/dev/stdin",
                            "--auth=scram-sha-256",
                            "--encoding=UTF8",
                            # This build has no ICU; plain C would know no letter beyond ASCII.
                            "--locale-provider=builtin",
                            "--builtin-locale=C.UTF-8",
                            "--locale=C",
                        ],
                        folder=part,
                        account=self.account,
                        environment=clean_environment(),
                        stdin=secret,
                    )
            finally:
                password.unlink()

        self.make(fill)

    def data_argument(self, folder: Path) -> str:
        """How a program that runs as the unprivileged user, in `folder`, names it.

        By its path it may be out of reach: a folder above it can belong to root alone, as pytest's and `mktemp -d` do.
        """
        return "/proc/self/cwd" if self.account else str(folder)

    def start(self, children: Children, extra: Mapping[str, str] | None = None) -> Child:
        """Start the server; `extra` are settings of this server alone. Does not wait until it answers."""
        self.write_settings({"port": str(self.port), **(extra or {})})
        return children.start(
            self.name,
            [self.binaries / "postgres", "-D", self.data_argument(self.data)],
            folder=self.data,
            account=self.account,
            environment=clean_environment(),
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
            death_signal=signal.SIGQUIT,  # "immediate": recovers at the next start
        )

    def write_settings(self, settings: Mapping[str, str]) -> None:
        """Write postgresql.conf and pg_hba.conf whole, so that a moved or half-written one does not matter."""
        lines = (f"{name} = {quote(value)}" for name, value in {**_SETTINGS, **settings}.items())
        self.write("postgresql.conf", "# Written at each start by the local stack.\n" + "\n".join(lines) + "\n")
        self.write("postgresql.auto.conf", "")
        self.write("pg_hba.conf", _HBA.format(replication_user=REPLICATION_USER))

    def write(self, name: str, text: str) -> None:
        part = self.data / f"{name}.part"
        part.touch(mode=0o600)
        part.write_text(text)
        if self.account:
            self.account.give(part)
        part.replace(self.data / name)

    def wait_ready(self, child: Child) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            if child.process.poll() is not None:
                raise StackError(f"{self.name} ended at its start {child.ending()}")
            try:
                self.connect().close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise StackError(f"{self.name} does not answer on port {self.port}: {error}") from error
                time.sleep(0.05)
            else:
                return


def quote(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def clean_environment() -> dict[str, str]:
    """Ours without what would change where PostgreSQL's programs connect to or how they speak."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
