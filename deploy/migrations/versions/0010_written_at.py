"""A row of the outbox says when it was written, not when its transaction began: `as_of` is measured by it."""

from alembic import op

from deploy.migrations.locks import lock

revision = "0010_written_at"
down_revision = "0009_gone_columns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local role analytics_owner")
    lock(op.get_bind(), "lock table analytics.outbox in access exclusive mode")
    op.execute("alter table analytics.outbox alter column created_at set default clock_timestamp()")
    op.execute("reset role")
