"""The rollups: sums per hour, day and week, the deltas that keep them true, and the triggers that write the deltas.

They count from now on; `deploy.migrations.filling` adds what was there before.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from alembic import op

revision = "0003_rollups"
down_revision = "0002_push_intent"
branch_labels = None
depends_on = None

TENANT = "(select nullif(current_setting('app.current_account_id', true), '')::uuid)"
SQL = Path(__file__).parents[1] / "sql" / "0003_rollups"
FEW_ROWS = 50
GRAINS = ("hour", "day", "week")

OUTCOMES = ("session_count", "resolved", "escalated", "abandoned")
DOMAIN = (
    *OUTCOMES, "guided", "exploring", "discovery", "guided_resolved", "guided_ended", "timed_count", "timed_us",
    "guided_timed_count", "guided_timed_us", "invalid_duration_count", "rated_count", "rating_sum", "impact_us",
)  # fmt: skip
FLOW = (*OUTCOMES, "guided", "classified", "scored_count", "score_units")
PUSH = (
    "linked_to_ticket", "doc_pushed", "time_entry_logged", "time_entry_without_doc", "doc_without_ticket",
    "capture_eligible", "captured",
)  # fmt: skip
SESSION = (*DOMAIN, "scored_count", "score_units")
ACTIVITY = ("entries", "hour_units", "session_hour_units", "notes", "status_updates", "first_entries")
KEYS = {
    "domain": "spelling_hash uuid",
    "flow": "flow_id uuid",
    "duration": "bucket smallint",
    "push": None,
}
COUNTERS = {"domain": DOMAIN, "flow": FLOW, "duration": ("timed_count",), "push": ("total_sessions", *PUSH)}
SESSION_ROLLUPS = tuple(f"analytics.rollup_{family}_{grain}" for family in KEYS for grain in GRAINS)
ACTIVITY_ROLLUPS = (
    "analytics.rollup_activity_quarter",
    "analytics.rollup_entry_gap_quarter",
    "analytics.rollup_entry_gap_day",
)
DELTAS = ("analytics.session_delta", "analytics.activity_delta", "analytics.entry_gap_delta")

SESSION_COLUMNS = (
    "id, account_id, problem_domain, status, confidence_tier, confidence_score, matched_flow_id, session_rating,"
    " psa_ticket_id, created_at, resolved_at"
)
ACTIVITY_COLUMNS = "id, account_id, session_id, activity_type, hours_logged, created_at"
OPERATIONS = {
    "inserted": ("insert", "new table as new_rows", ((1, "new_rows"),)),
    "updated": ("update", "old table as old_rows new table as new_rows", ((-1, "old_rows"), (1, "new_rows"))),
    "deleted": ("delete", "old table as old_rows", ((-1, "old_rows"),)),
}


def upgrade() -> None:
    with _as_owner():
        op.execute((SQL / "counters.sql").read_text("utf-8"))
        _create_tables()
        _secure()
        _create_views()
        _create_trigger_functions()
    op.execute("grant select (created_at) on ai_sessions to analytics_writer")
    # As the owner of the functions, so that nobody else needs EXECUTE on them.
    op.execute("grant trigger on ai_sessions, psa_activity_log to analytics_owner")
    with _as_owner():
        _create_triggers()
    op.execute("revoke trigger on ai_sessions, psa_activity_log from analytics_owner")


@contextmanager
def _as_owner() -> Iterator[None]:
    op.execute("set local role analytics_owner")
    yield
    op.execute("reset role")


def _columns(names: Sequence[str]) -> str:
    return ", ".join(
        f"{name} {'bigint' if name.endswith(('_us', '_units')) else 'integer'} not null default 0" for name in names
    )


def _create_tables() -> None:
    # A delta is written once and deleted soon: no index, so that a writer pays for the row alone.
    queue = "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, vacuum_truncate = off"
    # Room on the page for the next version of a row; no counter is in an index, so that it needs no new index entry.
    folded = "fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off"
    op.execute(
        f"""
        create table analytics.session_delta (
          families smallint not null,
          account_id uuid not null,
          hour timestamptz not null,
          spelling text not null default '',
          flow_id uuid,
          bucket smallint,
          {_columns((*SESSION, *PUSH))}
        ) with ({queue});
        comment on column analytics.session_delta.families
          is 'Which rollups it belongs to: 1 domain, 2 flow, 4 duration, 8 push.';

        create table analytics.activity_delta (
          account_id uuid not null,
          quarter timestamptz not null,
          {_columns(ACTIVITY)}
        ) with ({queue});
        create table analytics.rollup_activity_quarter (
          account_id uuid,
          quarter timestamptz,
          {_columns(ACTIVITY)},
          constraint pk_rollup_activity_quarter primary key (account_id, quarter)
        ) with ({folded});

        create table analytics.entry_gap_delta (
          account_id uuid not null,
          from_quarter timestamptz not null,
          to_quarter timestamptz not null,
          session_count integer not null
        ) with ({queue});
        create table analytics.rollup_entry_gap_quarter (
          account_id uuid,
          to_quarter timestamptz,
          from_quarter timestamptz,
          session_count integer not null,
          constraint pk_rollup_entry_gap_quarter primary key (account_id, to_quarter, from_quarter)
        ) with ({folded});
        create index ix_rollup_entry_gap_quarter_account_id_from_quarter
          on analytics.rollup_entry_gap_quarter (account_id, from_quarter);
        create table analytics.rollup_entry_gap_day (
          account_id uuid,
          to_day timestamptz,
          from_day timestamptz,
          session_count integer not null,
          constraint pk_rollup_entry_gap_day primary key (account_id, to_day, from_day)
        ) with ({folded});

        create table analytics.session_push (
          session_id uuid constraint pk_session_push primary key,
          account_id uuid not null,
          hour timestamptz not null,
          linked boolean not null,
          eligible boolean not null,
          notes integer not null default 0,
          entries integer not null default 0,
          was_account_id uuid,
          was_hour timestamptz,
          was_linked boolean not null default false,
          was_eligible boolean not null default false,
          was_notes integer not null default 0,
          was_entries integer not null default 0
        ) with (fillfactor = 80);
        comment on table analytics.session_push
          is 'Where the triggers of sessions and of activities meet. was_*: before the last change.';

        create table analytics.rollup_state (
          id smallint constraint pk_rollup_state primary key constraint ck_rollup_state_one_row check (id = 1),
          filled_at timestamptz,
          checked_until uuid
        );
        comment on column analytics.rollup_state.filled_at
          is 'Null until what was there before the triggers is counted.';
        comment on column analytics.rollup_state.checked_until is 'The last account that the reconciliation compared.';
        insert into analytics.rollup_state (id) values (1);
        """
    )
    for family, key in KEYS.items():
        for grain in GRAINS:
            name = f"rollup_{family}_{grain}"
            columns = ["account_id uuid", '"start" timestamptz']
            if key is not None:
                columns.append(key)
            primary = ", ".join(column.split()[0] for column in columns)
            if family == "domain":
                # The text itself can be longer than an index takes.
                columns.append("spelling text not null")
            op.execute(
                f"create table analytics.{name} ({', '.join(columns)}, {_columns(COUNTERS[family])},"
                f" constraint pk_{name} primary key ({primary})) with ({folded})"
            )


def _secure() -> None:
    for table in (*SESSION_ROLLUPS, *ACTIVITY_ROLLUPS, *DELTAS, "analytics.session_push"):
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(f"create policy owner on {table} to analytics_owner using (true) with check (true)")
    for table in (*SESSION_ROLLUPS, *ACTIVITY_ROLLUPS, *DELTAS):
        op.execute(f"create policy reader on {table} for select to analytics_reader using (account_id = {TENANT})")
        op.execute(f"create policy writer on {table} to analytics_writer using (true) with check (true)")
        op.execute(f"grant select on {table} to analytics_reader")
        op.execute(f"grant select, insert, update, delete on {table} to analytics_writer")
    op.execute("grant select on analytics.rollup_state to analytics_reader, analytics_writer")
    op.execute("grant update (checked_until) on analytics.rollup_state to analytics_writer")


def _create_views() -> None:
    # What each session counts: of one account, for the edges of a period; of all, for the reconciliation.
    counted = """
        select session.id, session.account_id, session.created_at, session.matched_flow_id as flow_id, counter.*
        from {source} as session
        cross join lateral analytics.session_counters(
          session.created_at, session.resolved_at, session.problem_domain, session.status, session.confidence_tier,
          session.confidence_score::double precision, session.session_rating::integer
        ) as counter
    """
    op.execute(
        "create view analytics.session_counts with (security_barrier) as" + counted.format(source="analytics.sessions")
    )
    op.execute("create view analytics.all_session_counts as" + counted.format(source="public.ai_sessions"))
    op.execute(
        """
        create view analytics.all_push_counts as
        select session.id, session.account_id, session.created_at,
          analytics.bin('1 hour', session.created_at) as hour, 1 as total_sessions, counter.*
        from public.ai_sessions as session
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
    op.execute(
        """
        grant select on analytics.session_counts to analytics_reader;
        grant select on analytics.all_session_counts, analytics.all_push_counts to analytics_writer;
        """
    )


def _create_trigger_functions() -> None:
    for operation, (_, _, sources) in OPERATIONS.items():
        (_, rows), *_ = sources
        parts = {"operation": operation, "changes": _changes(sources, ACTIVITY_COLUMNS)}
        op.execute(_filled(_planned_twice(_text("activity_trigger"), rows), parts))
        parts["changes"] = _changes(sources, SESSION_COLUMNS)
        if operation == "inserted":
            op.execute(_filled(_text("session_inserted"), parts))
        else:
            # In this order: what was pushed is told in terms of what changed.
            parts = {"pushed": _text(f"session_{operation}").strip()} | parts
            op.execute(_filled(_planned_twice(_text("session_trigger"), rows), parts))
    op.execute(_text("session_leaving"))
    op.execute(_filled(_text("truncate"), {}))
    for name in (
        *(f"{table}_{operation}" for table in ("session", "activity") for operation in OPERATIONS),
        "session_leaving",
        "sessions_truncated",
        "activities_truncated",
    ):
        op.execute(f"revoke execute on function analytics.{name}() from public")


def _planned_twice(function: str, rows: str) -> str:
    """Return the function with its statements twice: once for few rows, once for many.

    PL/pgSQL keeps a statement's plan for the session. The one for a single row, nested loops over transition tables,
    takes hours for a hundred thousand; planning anew each time would cost the single row more than the trigger itself.
    """
    before, statements, after = function.split("  -- {statements}\n")
    return (
        f"{before}  if exists (select from {rows} offset {FEW_ROWS}) then\n{statements}"
        f"  else\n{statements}  end if;\n{after}"
    )


def _text(name: str) -> str:
    return (SQL / f"{name}.sql").read_text("utf-8")


def _changes(sources: Sequence[tuple[int, str]], columns: str) -> str:
    return " union all ".join(f"select {sign} as sign, {columns} from {table}" for sign, table in sources)


def _filled(template: str, values: dict[str, str]) -> str:
    lists = {"session": SESSION, "push": PUSH, "activity": ACTIVITY}
    parts = values | {
        "session_rollups": ", ".join(SESSION_ROLLUPS),
        "activity_rollups": ", ".join(ACTIVITY_ROLLUPS),
    }
    for kind, names in lists.items():
        parts[f"{kind}_columns"] = ", ".join(names)
        parts[f"{kind}_sums"] = ", ".join(f"sum(sign * {name})" for name in names)
        parts[f"{kind}_zeros"] = ", ".join("0" for _ in names)
    for name, part in parts.items():
        template = template.replace("{{" + name + "}}", part)
    return template


def _create_triggers() -> None:
    for operation, (event, transition, _) in OPERATIONS.items():
        for table, kind in (("ai_sessions", "session"), ("psa_activity_log", "activity")):
            op.execute(
                f"create trigger analytics_{operation} after {event} on public.{table} referencing {transition}"
                f" for each statement execute function analytics.{kind}_{operation}()"
            )
    op.execute(
        """
        create trigger analytics_leaving before delete on public.ai_sessions
          for each row execute function analytics.session_leaving();
        create trigger analytics_truncated after truncate on public.ai_sessions
          for each statement execute function analytics.sessions_truncated();
        create trigger analytics_truncated before truncate on public.psa_activity_log
          for each statement execute function analytics.activities_truncated();
        """
    )
