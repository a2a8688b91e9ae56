"""What an application does to its own tables sooner or later."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("select analytics.detach()")
    op.execute("create type session_status as enum ('active', 'resolved', 'escalated', 'abandoned')")
    op.execute("alter table ai_sessions alter status drop default")
    op.execute("alter table ai_sessions alter status type session_status using status::session_status")
    op.execute("alter table ai_sessions alter status set default 'active'")
    op.execute("alter table ai_sessions alter problem_domain type varchar(200)")
    op.execute("alter table trees alter name type varchar(300)")
    op.execute("select analytics.attach()")
