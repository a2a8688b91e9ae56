"""The counters have a version, and the rollups are made anew from their registry: wider, by user, by domain's effects.

Nothing of release 0.1.0 can lose or spoil what is counted here: its tables stay as they are, and nothing reads them any
more (`deploy.migrations.retired`). It finds its rollups not filled, and they stay so: its API answers from facts, its
reconciliation waits, and its `refill` fails.
"""

from pathlib import Path

from alembic import op

from deploy.migrations.counters import hold_compactor, install, set_version

revision = "0007_counters"
down_revision = "0006_signals"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql" / "0007_counters"


def upgrade() -> None:
    op.execute("set local role analytics_owner")
    hold_compactor()
    op.execute((SQL / "tables.sql").read_text("utf-8"))
    op.execute(
        """
        alter table analytics.rollup_state
          add column counters_version integer,
          add column counters_filled_at timestamptz;
        comment on column analytics.rollup_state.filled_at
          is 'Of release 0.1.0 alone, which finds its rollups never filled.';
        comment on column analytics.rollup_state.counters_version is 'Of the counters that the triggers count.';
        comment on column analytics.rollup_state.counters_filled_at
          is 'Null until what was there before the triggers is counted.';
        update analytics.rollup_state set filled_at = null;
        alter table analytics.rollup_state
          add constraint ck_rollup_state_release_0_1_0_must_not_fill check (filled_at is null);
        """
    )
    install(SQL)
    set_version(2)
    op.execute("reset role")
