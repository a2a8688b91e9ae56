-- Where a trigger on the main application's tables could not count a write: the write goes on, and from the same
-- transaction on the rollups are not to be trusted (the facts answer) until `deploy.migrations refill`.
create table analytics.trigger_failure (
  id bigint generated always as identity constraint pk_trigger_failure primary key,
  failed_at timestamptz not null default clock_timestamp(),
  function_name text not null,
  sqlstate text not null,
  message text not null
);
comment on table analytics.trigger_failure is 'While it holds a row, the rollups lack something.';
grant select on analytics.trigger_failure to analytics_reader, analytics_writer;

create function analytics.give_way(failed text, state text, said text) returns void
language plpgsql set search_path = ''
as $$
begin
  -- One row says it. Who sees it need not add another, but for a snapshot from before a refill has removed it.
  if current_setting('transaction_isolation') <> 'read committed'
    or not exists (select from analytics.trigger_failure)
  then
    insert into analytics.trigger_failure (function_name, sqlstate, message) values (failed, state, left(said, 500));
  end if;
end
$$;
revoke execute on function analytics.give_way(text, text, text) from public;
