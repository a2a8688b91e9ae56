"""Stays out of the way of the main application's own migrations, dumps and restores.

Triggers that give way, views and triggers that can be taken away and put back, tables that their owner may dump.
"""

from pathlib import Path

from alembic import op
from sqlalchemy import text

from deploy.migrations.guard import guard_triggers
from deploy.migrations.locks import lock

revision = "0005_main_app_ddl"
down_revision = "0004_people"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql" / revision

SESSION = (
    "id|uuid", "account_id|uuid", "user_id|uuid", "problem_domain|text", "status|text", "confidence_tier|text",
    "confidence_score|double precision", "matched_flow_id|uuid", "match_score|double precision",
    "session_rating|integer", "psa_ticket_id|text", "created_at|timestamptz", "resolved_at|timestamptz",
)  # fmt: skip
FLOW = (
    "id|uuid", "account_id|uuid", "name|text", "category_id|uuid", "is_active|boolean", "created_at|timestamptz",
    "usage_count|integer|0", "success_rate|double precision", "last_matched_at|timestamptz",
)  # fmt: skip
BASE_VIEWS = (
    ("sessions", "ai_sessions", SESSION, "account_id"),
    ("all_sessions", "ai_sessions", SESSION, None),
    ("flows", "trees", FLOW, "account_id"),
    ("categories", "tree_categories", ("id|uuid", "account_id|uuid", "name|text"), "account_id"),
    ("account", "accounts", ("id|uuid||account_id", "name|text"), "id"),
    ("engineers", "users", ("id|uuid", "account_id|uuid", "email|text", "is_active|boolean|false"), "account_id"),
)
SESSION_COLUMNS = (
    "id, account_id, problem_domain, status, confidence_tier, confidence_score, matched_flow_id, session_rating,"
    " psa_ticket_id, created_at, resolved_at"
)
AS_TEXT = ("problem_domain", "status", "confidence_tier", "psa_ticket_id")


def upgrade() -> None:
    # All that writers, compactor and consumer meet in, at once: each waits in an order of its own.
    lock(
        op.get_bind(),
        "lock table public.ai_sessions in share row exclusive mode",
        "lock table public.psa_activity_log in access exclusive mode",
        "set local role analytics_owner",
        "lock table analytics.session_delta, analytics.activity_delta, analytics.entry_gap_delta,"
        " analytics.session_push in access exclusive mode",
    )
    for file in ("give_way", "detach", "outbox"):
        op.execute((SQL / f"{file}.sql").read_text("utf-8"))
    _read_columns_as_text()
    guard_triggers(op.get_bind())
    _put_views()
    _grant()
    _let_owners_dump()
    op.execute("reset role")
    op.execute("alter table psa_activity_log no force row level security")
    _let_table_owner_call()


def _read_columns_as_text() -> None:
    """Let the triggers' functions take a text column that has become an enum."""
    functions = text(
        "select pg_get_functiondef(oid), prosrc from pg_proc"
        " where pronamespace = 'analytics'::regnamespace and prorettype = 'trigger'::regtype order by proname"
    )
    cast = SESSION_COLUMNS
    for name in AS_TEXT:
        cast = cast.replace(f" {name},", f" {name}::text,")
    for definition, source in op.get_bind().execute(functions).all():
        changed = source.replace(SESSION_COLUMNS, cast)
        for row in ("session", "old"):
            for name in ("status", "psa_ticket_id"):
                changed = changed.replace(f"{row}.{name}", f"{row}.{name}::text")
        if changed != source:
            op.get_bind().exec_driver_sql(definition.replace(source, changed).replace("%", "%%"))


def _put_views() -> None:
    op.execute(
        "drop view analytics.session_counts, analytics.all_session_counts, analytics.all_push_counts,"
        " analytics.sessions, analytics.flows, analytics.categories, analytics.engineers, analytics.account"
    )
    add = text("insert into analytics.base_view values (:name, :table, :columns, :tenant)")
    for name, table, columns, tenant in BASE_VIEWS:
        values = {"name": name, "table": table, "columns": list(columns), "tenant": tenant}
        op.get_bind().execute(add, values)
        op.execute(f"select analytics.put_base_view(base) from analytics.base_view as base where name = '{name}'")
    counted = """
        select session.id, session.account_id, session.created_at, session.matched_flow_id as flow_id, counter.*
        from {source} as session
        cross join lateral analytics.session_counters(
          session.created_at, session.resolved_at, session.problem_domain, session.status, session.confidence_tier,
          session.confidence_score, session.session_rating
        ) as counter
    """
    for name, source in (
        ("session_counts with (security_barrier)", "analytics.sessions"),
        ("all_session_counts", "analytics.all_sessions"),
    ):
        op.execute(f"create view analytics.{name} as {counted.format(source=source)}")
    op.execute(
        """
        create view analytics.all_push_counts as
        select session.id, session.account_id, session.created_at,
          analytics.bin('1 hour', session.created_at) as hour, 1 as total_sessions, counter.*
        from analytics.all_sessions as session
        left join (
          select session_id, account_id, (count(*) filter (where activity_type = 'note_posted'))::integer as notes,
            (count(*) filter (where activity_type = 'time_entry_posted'))::integer as entries
          from public.psa_activity_log
          where session_id is not null
          group by session_id, account_id
        ) as past on past.session_id = session.id and past.account_id = session.account_id
        cross join lateral analytics.push_counters(
          analytics.is_linked(session.psa_ticket_id),
          analytics.is_linked(session.psa_ticket_id) and coalesce(session.status = 'resolved', false),
          coalesce(past.notes, 0), coalesce(past.entries, 0)
        ) as counter
        """
    )


def _grant() -> None:
    op.execute(
        """
        grant select on analytics.sessions, analytics.flows, analytics.categories, analytics.engineers,
          analytics.account, analytics.session_counts to analytics_reader;
        grant select on analytics.all_session_counts, analytics.all_push_counts to analytics_writer;
        revoke execute on function analytics.detach(), analytics.attach(), analytics.detach_views(),
          analytics.attach_views(), analytics.put_base_view(analytics.base_view) from public;
        """
    )


def _let_owners_dump() -> None:
    """`pg_dump` refuses a table whose row security applies to whoever dumps, and forced it applies to its owner too."""
    op.execute(
        """
        do $$
        declare forced regclass;
        begin
          for forced in
            select oid from pg_class where relnamespace = 'analytics'::regnamespace and relforcerowsecurity
          loop
            execute format('alter table %s no force row level security', forced);
          end loop;
        end $$
        """
    )


def _let_table_owner_call() -> None:
    """Who owns `ai_sessions` takes our triggers away, puts them back, and makes partitions that get them too."""
    op.execute(
        """
        do $$
        declare
          owner regrole := (select relowner from pg_class where oid = 'public.ai_sessions'::regclass);
          function regprocedure;
        begin
          set local role analytics_owner;
          execute format('grant usage on schema analytics to %s', owner);
          for function in
            select oid from pg_proc where pronamespace = 'analytics'::regnamespace
              and (prorettype = 'trigger'::regtype or proname in ('detach', 'attach', 'detach_views', 'attach_views'))
          loop
            execute format('grant execute on function %s to %s', function, owner);
          end loop;
          reset role;
        end $$
        """
    )
