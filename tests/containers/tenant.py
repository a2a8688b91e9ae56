"""An account with flows and sessions, as the main application would have written them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt
import psycopg

from tests.containers.compose import JWT_SECRET


@dataclass(frozen=True)
class Tenant:
    account_id: UUID
    user_id: UUID
    flow_ids: list[UUID]
    session_ids: list[UUID]

    def token(self) -> str:
        expires = datetime.now(UTC) + timedelta(hours=1)
        return jwt.encode({"sub": str(self.user_id), "exp": expires}, JWT_SECRET, algorithm="HS256")


def make_tenant(dsn: str, *, flows: int, sessions: int) -> Tenant:
    tenant = Tenant(uuid4(), uuid4(), [uuid4() for _ in range(flows)], [uuid4() for _ in range(sessions)])
    category = uuid4()
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("insert into accounts (id, name) values (%s, 'Compose')", [tenant.account_id])
        cursor.execute(
            "insert into users (id, account_id, email, role) values (%s, %s, 'lead@example.com', 'team_admin')",
            [tenant.user_id, tenant.account_id],
        )
        cursor.execute(
            "insert into tree_categories (id, account_id, name) values (%s, %s, 'Network')",
            [category, tenant.account_id],
        )
        cursor.executemany(
            "insert into trees (id, account_id, name, category_id) values (%s, %s, %s, %s)",
            [(flow, tenant.account_id, f"Flow {n}", category) for n, flow in enumerate(tenant.flow_ids)],
        )
        cursor.executemany(
            "insert into ai_sessions (id, account_id, problem_domain, created_at) values (%s, %s, 'Network', now())",
            [(session, tenant.account_id) for session in tenant.session_ids],
        )
    return tenant
