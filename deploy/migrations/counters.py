"""What a migration that changes the counters does: new columns, new functions, and a new version, in one transaction.

From its commit on the triggers count by the new version. Compactors, reconciliations and readers of another version
leave everything alone from that moment (they check in the snapshot they work in), and `upgrade` then counts again.
"""

from collections.abc import Iterable
from pathlib import Path

from alembic import op

from deploy.migrations.guard import guard_triggers


def hold_compactor() -> None:
    """Wait until no compactor and no reconciliation is at work, and keep them out until the migration has ended."""
    op.execute(
        """
        select set_config('analytics.lock_timeout_before', current_setting('lock_timeout'), true);
        set local lock_timeout = '60s';
        select from analytics.job_lock where job = 'compact_rollups' for update;
        select set_config('lock_timeout', current_setting('analytics.lock_timeout_before'), true);
        """
    )


def add_counter(name: str, sql_type: str, tables: Iterable[str]) -> None:
    """Add the counter's column to a pending table and to each rollup that has it: at once, whatever they hold."""
    for table in tables:
        op.execute(f"alter table analytics.{table} add column {name} {sql_type} not null default 0")


def install(sql: Path) -> None:
    """Make the functions, views and trigger functions that lie with the version; as the owner of `analytics`."""
    op.execute((sql / "counting.sql").read_text("utf-8"))
    for path in sorted(sql.glob("*.sql")):
        if path.name not in {"counting.sql", "tables.sql"}:
            op.execute(path.read_text("utf-8"))
    guard_triggers(op.get_bind())


def set_version(version: int) -> None:
    """Say by which version the triggers count from now on; no one has counted what was there before."""
    op.execute(f"update analytics.rollup_state set counters_version = {version}, counters_filled_at = null")  # noqa: S608 -- a number of ours
