"""Who the sessions' engineers are, and what the account is called: two more views for the read-only role."""

from alembic import op

revision = "0004_people"
down_revision = "0003_rollups"
branch_labels = None
depends_on = None

TENANT = "(select nullif(current_setting('app.current_account_id', true), '')::uuid)"


def upgrade() -> None:
    op.execute("set local role analytics_owner")
    op.execute(
        f"""
        create view analytics.engineers with (security_barrier) as
        select id, account_id, email::text, coalesce(is_active, false) as is_active
        from public.users where account_id = {TENANT};

        create view analytics.account with (security_barrier) as
        select id as account_id, name::text from public.accounts where id = {TENANT};

        grant select on analytics.engineers, analytics.account to analytics_reader;
        """
    )
    op.execute("reset role")
