"""Push intents: what the main application wants done in the PSA, and how far each has come."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op

from deploy.migrations.locks import lock

revision = "0002_push_intent"
down_revision = "0001_core"
branch_labels = None
depends_on = None

TENANT = "(select nullif(current_setting('app.current_account_id', true), '')::uuid)"


def upgrade() -> None:
    lock(op.get_bind(), "lock table public.accounts, public.ai_sessions in share row exclusive mode")
    # A foreign key asks its maker for REFERENCES once; checking it later needs no right.
    op.execute("grant references (id) on accounts, ai_sessions to analytics_owner")
    with _as_owner():
        _create_table()
        _survive_erasure()
        _secure()
    op.execute("revoke references (id) on accounts, ai_sessions from analytics_owner")


@contextmanager
def _as_owner() -> Iterator[None]:
    op.execute("set local role analytics_owner")
    yield
    op.execute("reset role")


def _create_table() -> None:
    op.execute(
        """
        create table analytics.push_intent (
          id uuid constraint pk_push_intent primary key,
          account_id uuid not null
            constraint fk_push_intent_account_id references public.accounts (id) on delete cascade,
          session_id uuid
            constraint fk_push_intent_session_id references public.ai_sessions (id) on delete set null,
          ticket_ref text not null
            constraint ck_push_intent_ticket_ref check (length(ticket_ref) <= 200 and ticket_ref ~ '[^[:space:]]'),
          kind text not null
            constraint ck_push_intent_kind check (kind in ('time_entry_posted', 'note_posted', 'status_updated')),
          sequence integer not null default 1,
          payload jsonb not null,
          state text not null default 'pending'
            constraint ck_push_intent_state
            check (state in ('pending', 'in_flight', 'succeeded', 'failed', 'unknown')),
          attempts integer not null default 0,
          looks integer not null default 0,
          available_at timestamptz not null default now(),
          lease_until timestamptz,
          claim uuid,
          account_paused_until timestamptz,
          external_id text,
          error text,
          -- The order within a transaction counts: now() would be the same for all of it.
          created_at timestamptz not null default clock_timestamp(),
          finished_at timestamptz,
          constraint uq_push_intent_account_id_session_id_ticket_ref_kind_sequence
            unique nulls not distinct (account_id, session_id, ticket_ref, kind, sequence)
        );
        comment on column analytics.push_intent.sequence
          is 'Tells apart intents of one kind for one session and ticket; negative once the session is erased.';
        comment on column analytics.push_intent.attempts is 'Requests begun.';
        comment on column analytics.push_intent.looks is 'Look-ups that found nothing since it became unknown.';
        comment on column analytics.push_intent.available_at is 'No worker acts on it before.';
        comment on column analytics.push_intent.lease_until is 'A worker is busy with it until then at the latest.';
        comment on column analytics.push_intent.claim is 'The claim that may record an outcome; a later claim ends it.';
        comment on column analytics.push_intent.account_paused_until
          is 'The PSA asked the account to wait until then, in answer to this intent.';

        create index ix_push_intent_open on analytics.push_intent (account_id, available_at)
          where state in ('pending', 'in_flight', 'unknown');
        create index ix_push_intent_open_ticket on analytics.push_intent (account_id, ticket_ref)
          where state in ('pending', 'in_flight', 'unknown');
        create index ix_push_intent_session_id on analytics.push_intent (session_id);
        """
    )


def _survive_erasure() -> None:
    # Two erased sessions with a time entry each on the same ticket would meet in the unique key once both are null,
    # and so forbid the erasure. What was pushed stays on record, without the text.
    op.execute(
        """
        create sequence analytics.push_intent_erased as integer increment by -1;

        create function analytics.push_intent_session_erased() returns trigger
        language plpgsql security definer set search_path = ''
        as $$
        begin
          new.sequence := nextval('analytics.push_intent_erased');
          if new.state in ('succeeded', 'failed') then
            new.payload := '{}';
          end if;
          return new;
        end
        $$;
        revoke execute on function analytics.push_intent_session_erased() from public;

        create trigger session_erased before update of session_id on analytics.push_intent
          for each row when (old.session_id is not null and new.session_id is null)
          execute function analytics.push_intent_session_erased();
        """
    )


def _secure() -> None:
    op.execute(
        f"""
        alter table analytics.push_intent enable row level security, force row level security;
        create policy reader on analytics.push_intent for select to analytics_reader using (account_id = {TENANT});
        create policy owner on analytics.push_intent to analytics_owner using (true) with check (true);
        create policy emitter on analytics.push_intent to analytics_emitter using (true) with check (true);
        create policy pusher on analytics.push_intent to analytics_pusher using (true) with check (true);

        -- The main application asks, and shows its users what became of it. The read-only API has no business here.
        grant insert (id, account_id, session_id, ticket_ref, kind, sequence, payload), select
          on analytics.push_intent to analytics_emitter;
        grant select, update (payload, state, attempts, looks, available_at, lease_until, claim, account_paused_until,
            external_id, error, finished_at)
          on analytics.push_intent to analytics_pusher;
        -- The event goes into the outbox in the transaction that ends the intent.
        grant insert on analytics.outbox to analytics_pusher;
        """
    )
