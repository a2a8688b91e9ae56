-- Signed deltas of sessions that change or go, in the writer's own transaction: the old state counts -1, the new one +1.
-- Every way of writing comes through here, a cascade and a support fix too.
--
-- A session's place in the push funnel depends on its ticket and on its activities, which two transactions may change at
-- once without seeing each other. So both write the session's row in session_push, in the order of the ids, and take
-- the place before their own change from that row: who comes second waits, then sees the first (or fails with a
-- serialization error under REPEATABLE READ). While there is no row, the place before is what the tables say.
create function analytics.session_{{operation}}() returns trigger
language plpgsql security definer set search_path = ''
-- Planned while a table is small, a scan of it would be kept for the session, and repeated for each row.
set enable_seqscan = off
as $$
begin
  -- {statements}
  with counted as (
    select change.sign, change.account_id, change.matched_flow_id as flow_id, counter.*
    from ({{changes}}) as change
    cross join lateral analytics.session_counters(
      change.created_at, change.resolved_at, change.problem_domain, change.status, change.confidence_tier,
      change.confidence_score::double precision, change.session_rating::integer
    ) as counter
  ),
  {{pushed}},
  moved as (
    select 1 as sign, pushed.account_id, pushed.hour, counter.*
    from pushed cross join lateral analytics.push_counters(linked, eligible, notes, entries) as counter
    union all
    select -1, pushed.was_account_id, pushed.was_hour, counter.*
    from pushed cross join lateral analytics.push_counters(was_linked, was_eligible, was_notes, was_entries) as counter
    where pushed.was_hour is not null
  )
  insert into analytics.session_delta (
    families, account_id, hour, spelling, flow_id, bucket, {{session_columns}}, {{push_columns}}
  )
  select 15, account_id, hour, spelling, flow_id, bucket, {{session_sums}}, {{push_zeros}}
  from counted
  group by account_id, hour, spelling, flow_id, bucket
  having row({{session_sums}}) is distinct from row({{session_zeros}})
  union all
  select 8, account_id, hour, '', null::uuid, null::smallint, {{session_zeros}}, {{push_sums}}
  from moved
  group by account_id, hour
  having row({{push_sums}}) is distinct from row({{push_zeros}});
  -- {statements}
  return null;
end
$$;
