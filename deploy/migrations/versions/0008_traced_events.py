"""The outbox says which trace an event belongs to in a column too: Debezium's router makes headers of columns alone."""

from alembic import op

from deploy.migrations.locks import lock

revision = "0008_traced_events"
down_revision = "0007_counters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local role analytics_owner")
    lock(op.get_bind(), "lock table analytics.outbox in access exclusive mode")
    # A trigger: a wheel of another release does not know the column, and a generated one is not in the log of
    # PostgreSQL 15 to 17. Its condition is all that an event without a trace pays. `services.events.encode` ends a
    # traced event with these 73 bytes.
    op.execute(
        """
        alter table analytics.outbox add column traceparent text;
        comment on column analytics.outbox.traceparent is 'That of a traced event; taken from the payload.';

        create function analytics.tell_trace() returns trigger
        language plpgsql security definer set search_path = ''
        as $$
        begin
          new.traceparent := substring(
            encode(substring(new.payload from length(new.payload) - 72), 'escape')
            from '^,"traceparent":"([0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})"}$'
          );
          return new;
        end
        $$;
        revoke execute on function analytics.tell_trace() from public;

        create trigger tell_trace before insert on analytics.outbox for each row
        when (substring(new.payload from length(new.payload) - 72 for 16) = ',"traceparent":"'::bytea)
        execute function analytics.tell_trace();
        """
    )
    op.execute("reset role")
