"""The core: the flows' counters, the activity log, the schema `analytics` with its roles' rights, views and policies.

Main-app tables are touched as their owner (the migrating role), everything in `analytics` as `analytics_owner`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op

from deploy.migrations.locks import lock

revision = "0001_core"
down_revision = None
branch_labels = None
depends_on = None

TENANT = "(select nullif(current_setting('app.current_account_id', true), '')::uuid)"


def upgrade() -> None:
    _let_owner_read()
    with _as_owner():
        _count_existing_sessions()
    # All that the rest of this revision needs of them: foreign keys to the first two, columns on the third.
    lock(
        op.get_bind(),
        "lock table public.accounts, public.ai_sessions in share row exclusive mode",
        "lock table public.trees in access exclusive mode",
    )
    _add_flow_counters()
    _create_activity_log()
    with _as_owner():
        _create_tables()
        _create_views()
        _create_principal()
        _grant_own_tables()
    _grant_to_consumer()


@contextmanager
def _as_owner() -> Iterator[None]:
    op.execute("set local role analytics_owner")
    yield
    op.execute("reset role")


def _let_owner_read() -> None:
    # The views and `principal` run with their owner's rights; the readers have none on these tables.
    op.execute("grant select on accounts, users, tree_categories, trees, ai_sessions to analytics_owner")


def _count_existing_sessions() -> None:
    # Counted before the flows' table is locked, so that the main application waits for the short update only. As
    # `analytics_owner`: it sees every account's rows even where the main application forces row-level security.
    op.execute(
        """
        create temporary table counted on commit drop as
        select flow.id as flow_id,
               count(*) as usage_count,
               max(session.created_at) as last_matched_at,
               count(*) filter (where session.status = 'resolved')::double precision
                 / nullif(count(*) filter (where session.status in ('resolved', 'escalated', 'abandoned')), 0)
                 as success_rate
        from public.ai_sessions as session
        join public.trees as flow on flow.id = session.matched_flow_id and flow.account_id = session.account_id
        group by flow.id
        """
    )
    op.execute("grant select on counted to public")


def _add_flow_counters() -> None:
    op.execute(
        """
        alter table trees
          add column if not exists usage_count integer not null default 0,
          add column if not exists success_rate double precision,
          add column if not exists last_matched_at timestamptz
        """
    )
    # Without this every used flow would read "never matched" on the first day.
    op.execute("grant update (usage_count, success_rate, last_matched_at) on trees to analytics_owner")
    with _as_owner():
        op.execute(
            """
            update public.trees as flow
            set usage_count = counted.usage_count,
                success_rate = counted.success_rate,
                last_matched_at = counted.last_matched_at
            from counted
            where flow.id = counted.flow_id
            """
        )
    op.execute("revoke update (usage_count, success_rate, last_matched_at) on trees from analytics_owner")


def _create_activity_log() -> None:
    op.execute(
        """
        create table psa_activity_log (
          id uuid constraint pk_psa_activity_log primary key,
          account_id uuid not null
            constraint fk_psa_activity_log_account_id references accounts (id) on delete cascade,
          session_id uuid
            constraint fk_psa_activity_log_session_id references ai_sessions (id) on delete set null,
          activity_type text not null
            constraint ck_psa_activity_log_activity_type
            check (activity_type in ('time_entry_posted', 'note_posted', 'status_updated')),
          hours_logged double precision,
          psa_ticket_id text not null,
          created_at timestamptz not null,
          event_id uuid not null constraint uq_psa_activity_log_event_id unique
        )
        """
    )
    # Totals and trend read a period of one account; the other serves the funnel and the erasure of a session.
    op.execute(
        "create index ix_psa_activity_log_account_id_created_at on psa_activity_log (account_id, created_at)"
        " include (activity_type, hours_logged, session_id)"
    )
    op.execute(
        "create index ix_psa_activity_log_session_id_activity_type on psa_activity_log (session_id, activity_type)"
    )
    op.execute("alter table psa_activity_log enable row level security, force row level security")
    op.execute(f"create policy reader on psa_activity_log for select to analytics_reader using (account_id = {TENANT})")
    for role in ("owner", "writer"):
        op.execute(f"create policy {role} on psa_activity_log to analytics_{role} using (true) with check (true)")
    op.execute("grant select on psa_activity_log to analytics_owner, analytics_reader")
    op.execute("grant select, insert on psa_activity_log to analytics_writer")


def _create_tables() -> None:
    op.execute(
        """
        create table analytics.outbox (
          id uuid constraint pk_outbox primary key,
          aggregatetype text not null,
          aggregateid text not null,
          type text not null,
          payload bytea not null,
          created_at timestamptz not null default now()
        ) with (
          -- A queue: its dead rows are read past by `min(created_at)` until they are vacuumed. Giving pages back to
          -- the system takes a lock that cancels readers on the replica.
          autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, vacuum_truncate = off
        );
        comment on column analytics.outbox.aggregatetype is 'The topic.';
        comment on column analytics.outbox.aggregateid is 'The record''s key.';
        comment on column analytics.outbox.payload is 'The exact CloudEvent.';
        create index ix_outbox_created_at_id on analytics.outbox (created_at, id);

        create table analytics.inbox (
          event_id uuid constraint pk_inbox primary key,
          received_at timestamptz not null default now()
        );
        create index ix_inbox_received_at on analytics.inbox (received_at);

        create table analytics.consumer_offset (
          group_id text,
          topic text,
          topic_epoch integer default 0,
          partition integer,
          next_offset bigint not null,
          applied_until timestamptz,
          updated_at timestamptz not null default now(),
          constraint pk_consumer_offset primary key (group_id, topic, topic_epoch, partition)
        );
        comment on column analytics.consumer_offset.applied_until
          is 'Everything older than this in the partition has been applied.';

        create table analytics.dead_letter (
          id bigint generated always as identity constraint pk_dead_letter primary key,
          group_id text not null,
          topic text not null,
          topic_epoch integer not null default 0,
          partition integer not null,
          "offset" bigint not null,
          key bytea,
          value bytea,
          headers jsonb not null default '[]',
          record_timestamp timestamptz,
          event_id uuid,
          reason text not null,
          detail text not null,
          first_seen_at timestamptz not null default now(),
          status text not null default 'new'
            constraint ck_dead_letter_status check (status in ('new', 'replayed', 'discarded')),
          attempts integer not null default 1,
          resolved_at timestamptz,
          resolved_by text,
          resolution text,
          constraint uq_dead_letter_group_id_topic_topic_epoch_partition_offset
            unique (group_id, topic, topic_epoch, partition, "offset")
        );
        comment on column analytics.dead_letter.resolution is 'Why it was discarded, or how the replay ended.';

        create table analytics.job_run (
          job text constraint pk_job_run primary key,
          last_started_at timestamptz,
          last_finished_at timestamptz,
          last_succeeded_at timestamptz,
          last_result jsonb,
          last_error text
        );

        create table analytics.heartbeat (
          id smallint constraint pk_heartbeat primary key constraint ck_heartbeat_one_row check (id = 1),
          group_id text not null,
          beat_at timestamptz not null
        ) with (fillfactor = 50);
        """
    )


def _create_views() -> None:
    _create_view(
        "sessions",
        "ai_sessions",
        (
            "id, account_id, user_id, problem_domain::text, status::text, confidence_tier::text,"
            " confidence_score::double precision, matched_flow_id, match_score::double precision,"
            " session_rating::integer, psa_ticket_id::text, created_at, resolved_at"
        ),
    )
    _create_view(
        "flows",
        "trees",
        ("id, account_id, name::text, category_id, is_active, created_at, usage_count, success_rate, last_matched_at"),
    )
    _create_view("categories", "tree_categories", "id, account_id, name::text")
    # `min` passes over a null, which here means that nothing is known to be applied: then nothing is known at all.
    op.execute(
        """
        create view analytics.freshness as
        select beat.beat_at as heartbeat_at,
               waiting.oldest_at as outbox_oldest_at,
               applied.until as applied_until,
               case when beat.beat_at is not null and not coalesce(applied.unknown, false)
                 then least(beat.beat_at, waiting.oldest_at, applied.until)
               end as as_of
        from (select max(beat_at) as beat_at, max(group_id) as group_id from analytics.heartbeat) as beat
        cross join (select min(created_at) as oldest_at from analytics.outbox) as waiting
        cross join lateral (
          select case when not bool_or(applied_until is null) then min(applied_until) end as until,
                 bool_or(applied_until is null) as unknown
          from analytics.consumer_offset as position
          where group_id = beat.group_id
            and topic_epoch = (
              select max(newest.topic_epoch) from analytics.consumer_offset as newest
              where newest.group_id = position.group_id and newest.topic = position.topic
            )
        ) as applied
        """
    )


def _create_view(name: str, table: str, columns: str) -> None:
    op.execute(
        f"create view analytics.{name} with (security_barrier) as"
        f" select {columns} from public.{table} where account_id = {TENANT}"
    )


def _create_principal() -> None:
    op.execute(
        """
        create function analytics.principal(user_id uuid)
        returns table (account_id uuid, role text, is_active boolean, timezone text)
        language sql stable security definer rows 1 set search_path = ''
        as $$
          select person.account_id, person.role::text, coalesce(person.is_active, false), account.timezone::text
          from public.users as person
          join public.accounts as account on account.id = person.account_id
          where person.id = principal.user_id
        $$
        """
    )
    op.execute("revoke execute on function analytics.principal(uuid) from public")
    op.execute("grant execute on function analytics.principal(uuid) to analytics_reader")


def _grant_own_tables() -> None:
    op.execute(
        """
        grant usage on schema analytics
          to analytics_reader, analytics_writer, analytics_emitter, analytics_relay, analytics_pusher;

        grant select on analytics.sessions, analytics.flows, analytics.categories, analytics.freshness
          to analytics_reader;

        grant select, insert, delete on analytics.inbox to analytics_writer;
        grant select, insert, update on analytics.consumer_offset, analytics.dead_letter, analytics.job_run,
          analytics.heartbeat to analytics_writer;
        grant select on analytics.freshness to analytics_writer;

        grant insert on analytics.outbox to analytics_emitter;

        -- Locking a row asks for the right to update one column; the relay needs this one least of all.
        grant select, delete, update (type) on analytics.outbox to analytics_relay;
        """
    )


def _grant_to_consumer() -> None:
    op.execute(
        """
        grant select (id) on accounts to analytics_writer;
        grant select (id, account_id, matched_flow_id, status) on ai_sessions to analytics_writer;
        grant select (id, account_id, usage_count, success_rate, last_matched_at) on trees to analytics_writer;
        grant update (usage_count, success_rate, last_matched_at) on trees to analytics_writer;
        """
    )
