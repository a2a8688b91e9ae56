"""What the consumer needs to tell the truth: topic ids, cut values, an age that no clock can fake, locks of its own."""

from alembic import op

revision = "0006_signals"
down_revision = "0005_main_app_ddl"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local role analytics_owner")
    _add_columns()
    _doubt_the_clock()
    _make_locks()
    op.execute("reset role")


def _add_columns() -> None:
    op.execute(
        """
        alter table analytics.consumer_offset add column topic_id uuid;
        comment on column analytics.consumer_offset.topic_id
          is 'Of the topic that the offset counts in: another one after it was deleted and made again.';

        alter table analytics.dead_letter add column value_bytes bigint, add column value_sha256 bytea;
        comment on column analytics.dead_letter.value_bytes
          is 'The length of a value that is not kept whole: `value` has its first bytes.';
        comment on column analytics.dead_letter.value_sha256 is 'The hash of that value.';
        create index ix_dead_letter_group_id_status_id on analytics.dead_letter (group_id, status, id);
        """
    )


def _doubt_the_clock() -> None:
    # A heartbeat from the future was written before the clock was put right: it proves nothing until the next one.
    op.execute(
        """
        create or replace view analytics.freshness as
        select beat.beat_at as heartbeat_at,
               waiting.oldest_at as outbox_oldest_at,
               applied.until as applied_until,
               case when beat.beat_at <= now() + interval '1 minute' and not coalesce(applied.unknown, false)
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


def _make_locks() -> None:
    # An advisory lock may be held by anybody who can connect. Locking a row asks for the right to update it.
    op.execute(
        """
        create table analytics.job_lock (job text constraint pk_job_lock primary key);
        comment on table analytics.job_lock is 'A run of the job holds its row.';
        grant select, insert, update on analytics.job_lock to analytics_writer;
        insert into analytics.job_lock (job) values ('compact_rollups');

        create table analytics.push_claim_lock (
          id smallint constraint pk_push_claim_lock primary key constraint ck_push_claim_lock_one_row check (id = 1)
        );
        comment on table analytics.push_claim_lock is 'A worker that claims intents holds its row.';
        grant select, update on analytics.push_claim_lock to analytics_pusher;
        insert into analytics.push_claim_lock (id) values (1);
        """
    )
