"""The tables as they were before anybody thought of analytics."""

import os

from alembic import op
from app.models import Base

revision = "0001"
down_revision = None

TENANT = "nullif(current_setting('app.current_account_id', true), '')::uuid"


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind())
    for table in Base.metadata.sorted_tables:
        op.execute(f"grant select, insert, update, delete on {table.name} to main_app")
        if "ROW_SECURITY" not in os.environ:
            continue
        column = "id" if table.name == "accounts" else "account_id"
        op.execute(f"alter table {table.name} enable row level security")
        op.execute(f"alter table {table.name} force row level security")
        op.execute(f"create policy tenant on {table.name} using ({column} = {TENANT})")
