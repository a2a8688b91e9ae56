from collections.abc import Iterator
from contextlib import contextmanager

from tests.infra.database import Database


@contextmanager
def owner_bypasses_row_security(database: Database, *, bypasses: bool = True) -> Iterator[None]:
    """Whether the views' and triggers' owner sees all rows; as before at the end, since the role is the cluster's."""
    wanted = "bypassrls" if bypasses else "nobypassrls"
    with database.connect() as admin:
        row = admin.execute("select rolbypassrls from pg_roles where rolname = 'analytics_owner'").fetchone()
        before = "bypassrls" if row == (True,) else "nobypassrls"
        admin.execute(f"alter role analytics_owner {wanted}".encode())
        try:
            yield
        finally:
            admin.execute(f"alter role analytics_owner {before}".encode())
