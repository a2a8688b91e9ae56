-- What the consumer may do with the outbox, which is the relay's: look, and take out what has been applied.

create function analytics.purge_outbox() returns integer
language sql security definer set search_path = ''
as $$
  -- With Debezium nobody else takes a row out. Until it is applied, or a dead letter, it holds `as_of` back.
  with oldest as (
    select id, aggregatetype, payload from analytics.outbox order by created_at, id limit 10000
  ),
  done as (
    select id from analytics.outbox
    where id in (
      select id from oldest where id in (select event_id from analytics.inbox)
      union all
      select oldest.id from oldest
      join analytics.dead_letter as letter on letter.topic = oldest.aggregatetype and letter.value = oldest.payload
    )
    for update skip locked
  ),
  gone as (
    delete from analytics.outbox using done where outbox.id = done.id returning 1
  )
  select count(*)::integer from gone
$$;

create function analytics.waiting_events(topic text) returns table (id uuid, payload bytea)
language sql stable security definer set search_path = ''
as $$ select id, payload from analytics.outbox where aggregatetype = topic $$;

revoke execute on function analytics.purge_outbox(), analytics.waiting_events(text) from public;
grant execute on function analytics.purge_outbox(), analytics.waiting_events(text) to analytics_writer;
