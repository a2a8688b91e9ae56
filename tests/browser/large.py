"""An account with 200 domains and 1,000 flows, whose names are as long as names get."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from tests.infra.database import Database

DOMAINS = 200
FLOWS = 1_000
SESSIONS = 4_000
LONG = "a_name_without_a_break_" * 8
"""184 characters, at none of which a line may end: with the number behind it a name of nearly 200."""


@dataclass(frozen=True)
class LargeAccount:
    account: UUID = field(default_factory=uuid4)
    admin: UUID = field(default_factory=uuid4)


def insert_large(database: Database) -> LargeAccount:
    """Its categories, flows and sessions; 60 of its domains have no flow and so are gaps."""
    large = LargeAccount()
    with database.connect() as connection:
        connection.execute("insert into accounts values (%s, %s, 'UTC')", [large.account, LONG])
        connection.execute(
            "insert into users (id, account_id, email, role) values (%s, %s, 'lead@example.com', 'team_admin')",
            [large.admin, large.account],
        )
        connection.execute(
            "insert into tree_categories select gen_random_uuid(), %s, %s || lpad(n::text, 3, '0')"
            " from generate_series(1, %s) n",
            [large.account, LONG, DOMAINS],
        )
        # The first 60 domains get none.
        connection.execute(
            "insert into trees (id, account_id, name, category_id, created_at)"
            " select gen_random_uuid(), %(account)s, %(long)s || 'flow ' || n, category.id, now() - interval '100 days'"
            " from generate_series(1, %(flows)s) n join (select id, row_number() over (order by name) as at"
            "   from tree_categories where account_id = %(account)s) category on category.at = 61 + n %% 140",
            {"account": large.account, "long": LONG, "flows": FLOWS},
        )
        connection.execute(
            "insert into ai_sessions (id, account_id, user_id, problem_domain, status, confidence_tier,"
            " matched_flow_id, psa_ticket_id, created_at, resolved_at)"
            " select gen_random_uuid(), %(account)s, %(admin)s, category.name,"
            " case n %% 5 when 0 then 'escalated' when 1 then 'abandoned' else 'resolved' end,"
            " case n %% 3 when 0 then 'guided' else 'exploring' end, flow.id, 'T-' || n,"
            " now() - n * interval '8 minutes', now() - n * interval '8 minutes' + interval '5 minutes'"
            " from generate_series(1, %(sessions)s) n"
            " join (select name, row_number() over (order by name) as at from tree_categories"
            "   where account_id = %(account)s) category on category.at = 1 + n %% %(domains)s"
            " join (select id, row_number() over (order by name) as at from trees where account_id = %(account)s) flow"
            "   on flow.at = 1 + n %% %(flows)s",
            {
                "account": large.account,
                "admin": large.admin,
                "sessions": SESSIONS,
                "domains": DOMAINS,
                "flows": FLOWS,
            },
        )
    database.wait_for_replica()
    return large
