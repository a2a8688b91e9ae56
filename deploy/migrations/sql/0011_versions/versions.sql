-- A version of an account's numbers: how many changes were ever committed for it, and the sum of the random marks that
-- each of them drew. A change is pending or counted here, never both and never neither, since what takes it out of a
-- queue counts it in the same statement, whichever release's compactor that is.

alter table analytics.pending_session add column mark bigint not null default (random() * 9007199254740991)::bigint;
alter table analytics.pending_activity add column mark bigint not null default (random() * 9007199254740991)::bigint;
alter table analytics.pending_entry_gap add column mark bigint not null default (random() * 9007199254740991)::bigint;
comment on column analytics.pending_session.mark is 'Tells this change from any other.';
comment on column analytics.pending_activity.mark is 'Tells this change from any other.';
comment on column analytics.pending_entry_gap.mark is 'Tells this change from any other.';

create table analytics.folded_changes (
  account_id uuid not null constraint pk_folded_changes primary key,
  changes bigint not null,
  marks numeric not null
);
comment on table analytics.folded_changes is 'What was taken out of the queues: how many changes, and their marks added up.';

alter table analytics.folded_changes enable row level security;
create policy owner on analytics.folded_changes to analytics_owner using (true) with check (true);
create policy reader on analytics.folded_changes for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.folded_changes to analytics_writer using (true) with check (true);
grant select on analytics.folded_changes to analytics_reader;
grant select, insert, update, delete on analytics.folded_changes to analytics_writer;

create function analytics.changes_folded() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into analytics.folded_changes as folded (account_id, changes, marks)
  select account_id, count(*), sum(mark) from gone group by account_id order by account_id
  on conflict (account_id) do update
    set changes = folded.changes + excluded.changes, marks = folded.marks + excluded.marks;
  return null;
end
$$;
revoke execute on function analytics.changes_folded() from public;
create trigger changes_folded after delete on analytics.pending_session
  referencing old table as gone for each statement execute function analytics.changes_folded();
create trigger changes_folded after delete on analytics.pending_activity
  referencing old table as gone for each statement execute function analytics.changes_folded();
create trigger changes_folded after delete on analytics.pending_entry_gap
  referencing old table as gone for each statement execute function analytics.changes_folded();

-- What changes the numbers and is no change of the queues: a repair of the rollups, a table emptied as a whole.
alter table analytics.rollup_state add column revision bigint not null default 0;
comment on column analytics.rollup_state.revision is 'Raised by what changes the rollups without being pending first.';
grant update (revision) on analytics.rollup_state to analytics_writer;

create function analytics.revised() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update analytics.rollup_state set revision = revision + 1;
  return null;
end
$$;
revoke execute on function analytics.revised() from public;
create trigger revised after truncate on analytics.pending_session
  for each statement execute function analytics.revised();
create trigger revised after truncate on analytics.pending_activity
  for each statement execute function analytics.revised();
