"""The streaming replica: cloned from the primary, followed through a slot, cloned again when it cannot follow."""

import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.embedded import procfs
from deploy.embedded.errors import StackError
from deploy.embedded.postgres import REPLICATION_USER, Server, clean_environment
from deploy.embedded.processes import Child, Children

SLOT = "replica"
# A replica that neither streams nor replays for so long never will: its WAL is gone, or it is another cluster's.
NO_PROGRESS_S = 10

_DROP_SLOT = "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = %s"
_FOLLOWING = """
select pg_last_wal_replay_lsn() >= %s::pg_lsn,
       (select status from pg_stat_wal_receiver),
       pg_last_wal_replay_lsn()::text
"""


@dataclass(frozen=True)
class Replica:
    """The replica's server beside the primary that it follows."""

    server: Server
    primary: Server
    replication_password: str = field(repr=False)

    def start(self, children: Children) -> Child:
        """Start it, following the primary; the primary must answer."""
        if self.server.exists and self.is_cut_off():
            shutil.rmtree(self.server.data)
        if not self.server.exists:
            self._clone(children)
        child = self._launch(children)
        if self._follows(child):
            return child
        children.stop(child)
        shutil.rmtree(self.server.data)
        self._clone(children)
        child = self._launch(children)
        if not self._follows(child):
            raise StackError(f"the replica cannot follow the primary; it ended {child.ending()}")
        return child

    def give_up(self) -> None:
        """Let the primary forget a replica that is left out, and the WAL that it kept for it."""
        with self.primary.connect() as connection:
            connection.execute(_DROP_SLOT, [SLOT])

    def _launch(self, children: Children) -> Child:
        self.server.write("standby.signal", "")
        following = {"primary_conninfo": self._conninfo(), "primary_slot_name": SLOT}
        return self.server.start(children, following)

    def _conninfo(self) -> str:
        return psycopg.conninfo.make_conninfo(
            host="127.0.0.1",
            port=self.primary.port,
            user=REPLICATION_USER,
            password=self.replication_password,
            application_name=SLOT,
        )

    def is_cut_off(self) -> bool:
        """Whether the primary has removed WAL that the replica has not had, or knows no replica."""
        with self.primary.connect() as connection:
            row = connection.execute(
                "select wal_status = 'lost' or invalidation_reason is not null from pg_replication_slots"
                " where slot_name = %s",
                [SLOT],
            ).fetchone()
        return row is None or bool(row[0])

    def _clone(self, children: Children) -> None:
        self._make_slot()

        def fill(part: Path) -> None:
            children.run(
                "pg_basebackup",
                [
                    self.server.binaries / "pg_basebackup",
                    f"--pgdata={self.server.data_argument(part)}",
                    "--host=127.0.0.1",
                    f"--port={self.primary.port}",
                    f"--username={REPLICATION_USER}",
                    "--wal-method=stream",
                    f"--slot={SLOT}",
                    "--checkpoint=fast",
                    "--no-password",
                ],
                folder=part,
                account=self.server.account,
                environment={**clean_environment(), "PGPASSWORD": self.replication_password},
            )

        self.server.make(fill)

    def _make_slot(self) -> None:
        with self.primary.connect() as connection:
            deadline = time.monotonic() + NO_PROGRESS_S
            while True:
                try:
                    connection.execute(_DROP_SLOT, [SLOT])
                except psycopg.errors.ObjectInUse:  # its reader has only just gone
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.1)
                else:
                    break
            connection.execute(sql.SQL("select pg_create_physical_replication_slot({}, true)").format(SLOT))

    def _follows(self, child: Child) -> bool:
        """Wait until the replica has replayed what the primary holds now; False if it makes no progress."""
        with self.primary.connect() as primary:
            (target,) = primary.execute("select pg_current_wal_flush_lsn()::text").fetchone() or ("",)
        seen: object = None
        deadline = time.monotonic() + NO_PROGRESS_S
        while child.process.poll() is None and time.monotonic() < deadline:
            row: tuple[object, ...] | None = None
            try:
                with self.server.connect() as replica:
                    row = replica.execute(_FOLLOWING, [target]).fetchone()
            except psycopg.OperationalError:
                pass  # it replays what it has, and takes no connections yet
            if row and row[0] and row[1] == "streaming":
                return True
            # While it takes no connections its startup process tells in its title which segment it is at.
            progress = row or procfs.titles_of_children(child.process.pid)
            if progress != seen:
                seen, deadline = progress, time.monotonic() + NO_PROGRESS_S
            time.sleep(0.05)
        return False
