"""An account's numbers get a version, by which a reader knows that nothing has changed without asking for them."""

from pathlib import Path

from alembic import op

from deploy.migrations.counters import hold_compactor
from deploy.migrations.locks import lock

revision = "0011_versions"
down_revision = "0010_written_at"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql" / "0011_versions"


def upgrade() -> None:
    op.execute("set local role analytics_owner")
    hold_compactor()
    lock(
        op.get_bind(),
        "lock table analytics.pending_session, analytics.pending_activity, analytics.pending_entry_gap"
        " in access exclusive mode",
    )
    for name in ("versions.sql", "statistics.sql"):
        op.execute((SQL / name).read_text("utf-8"))
    op.execute("reset role")
