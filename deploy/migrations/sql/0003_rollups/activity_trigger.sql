-- Signed deltas of the PSA activities, in the writer's own transaction.
--
-- "Distinct sessions with a time entry" is no sum. It becomes one by counting, for each quarter of an hour, the sessions
-- whose first entry it holds, and for each pair of quarters the sessions that go from one to the other with no entry in
-- between: the sessions with an entry in [a, b) are those that start in it and those that step into it from before.
create function analytics.activity_{{operation}}() returns trigger
language plpgsql security definer set search_path = ''
-- Planned while a table is small, a scan of it would be kept for the session, and repeated for each row.
set enable_seqscan = off
as $$
declare
  several uuid[];  -- the sessions with more than one time entry, before or after
begin
  -- {statements}
  with touched as (
    select session_id, account_id,
      coalesce(sum(sign) filter (where activity_type = 'note_posted'), 0)::integer as notes,
      coalesce(sum(sign) filter (where activity_type = 'time_entry_posted'), 0)::integer as entries,
      bool_or(activity_type = 'time_entry_posted') as has_entries
    from ({{changes}}) as change
    where session_id is not null and activity_type in ('note_posted', 'time_entry_posted')
    group by session_id, account_id
  ),
  -- See session_trigger.sql: written by whoever changes the session's place in the funnel.
  pushed as (
    insert into analytics.session_push as push (
      session_id, account_id, hour, linked, eligible, notes, entries,
      was_account_id, was_hour, was_linked, was_eligible, was_notes, was_entries
    )
    select
      touched.session_id, place.account_id, place.hour, place.linked, place.eligible, now.notes, now.entries,
      place.account_id, place.hour, place.linked, place.eligible,
      now.notes - touched.notes, now.entries - touched.entries
    from touched
    cross join lateral (
      select session.account_id, analytics.bin('1 hour', session.created_at) as hour,
        analytics.is_linked(session.psa_ticket_id) as linked,
        analytics.is_linked(session.psa_ticket_id) and coalesce(session.status = 'resolved', false) as eligible
      from public.ai_sessions as session
      where session.id = touched.session_id and session.account_id = touched.account_id
      union all
      select gone.account_id, gone.hour, gone.linked, gone.eligible
      from analytics.session_push as gone
      where gone.session_id = touched.session_id and gone.account_id = touched.account_id
        and not exists (select from public.ai_sessions as session where session.id = touched.session_id)
    ) as place
    cross join lateral (
      select (count(*) filter (where activity_type = 'note_posted'))::integer as notes,
        (count(*) filter (where activity_type = 'time_entry_posted'))::integer as entries
      from public.psa_activity_log as activity
      -- Not `=`: a table without statistics has its index on accounts taken for as good as the one on sessions.
      where activity.session_id = touched.session_id and activity.account_id is not distinct from touched.account_id
    ) as now
    where touched.notes <> 0 or touched.entries <> 0
    order by touched.session_id
    on conflict (session_id) do update set
      notes = push.notes + excluded.notes - excluded.was_notes,
      entries = push.entries + excluded.entries - excluded.was_entries,
      was_account_id = push.account_id, was_hour = push.hour,
      was_linked = push.linked, was_eligible = push.eligible,
      was_notes = push.notes, was_entries = push.entries
    returning *
  ),
  moved as (
    select 1 as sign, pushed.account_id, pushed.hour, counter.*
    from pushed cross join lateral analytics.push_counters(linked, eligible, notes, entries) as counter
    union all
    select -1, pushed.was_account_id, pushed.was_hour, counter.*
    from pushed cross join lateral analytics.push_counters(was_linked, was_eligible, was_notes, was_entries) as counter
  ),
  added as (
    insert into analytics.session_delta (families, account_id, hour, {{push_columns}})
    select 8, account_id, hour, {{push_sums}}
    from moved
    group by account_id, hour
    having row({{push_sums}}) is distinct from row({{push_zeros}})
  )
  select array_agg(session_id) into several
  from (
    select session_id
    from (
      select session_id, has_entries, null::integer as entries from touched
      union all
      select session_id, false, greatest(entries, was_entries) from pushed
    ) as either
    group by session_id
    having bool_or(has_entries) and coalesce(max(entries) > 1, true)
  ) as session;

  insert into analytics.activity_delta (account_id, quarter, {{activity_columns}})
  select account_id, quarter, {{activity_sums}}
  from (
    select change.sign, change.account_id, analytics.bin('15 minutes', change.created_at) as quarter, counter.*,
      (
        counter.entries = 1 and change.session_id is not null and change.session_id not in (select unnest(several))
      )::integer as first_entries
    from ({{changes}}) as change
    cross join lateral analytics.activity_counters(
      change.activity_type, change.hours_logged, change.session_id is not null
    ) as counter
  ) as counted
  group by account_id, quarter
  having row({{activity_sums}}) is distinct from row({{activity_zeros}});

  if several is not null then
    -- A statement of its own: under READ COMMITTED it sees what whoever held the rows above has committed.
    with entry as (
      select activity.account_id, activity.session_id, analytics.bin('15 minutes', activity.created_at) as quarter
      from unnest(several) as session (id)
      join public.psa_activity_log as activity on activity.session_id = session.id
      where activity.activity_type = 'time_entry_posted'
    ),
    state as (
      select 1 as sign, account_id, session_id, quarter
      from entry
      group by account_id, session_id, quarter
      union all
      select -1, account_id, session_id, quarter
      from (
        select account_id, session_id, quarter, 1 as times from entry
        union all
        select account_id, session_id, analytics.bin('15 minutes', created_at), -sign
        from ({{changes}}) as change
        where (session_id in (select unnest(several))) is true and activity_type = 'time_entry_posted'
      ) as before
      group by account_id, session_id, quarter
      having sum(times) > 0
    ),
    chain as (
      select sign, account_id, quarter,
        lag(quarter) over (partition by sign, account_id, session_id order by quarter) as from_quarter
      from state
    ),
    first_entries as (
      insert into analytics.activity_delta (account_id, quarter, first_entries)
      select account_id, quarter, sum(sign)
      from chain
      where from_quarter is null
      group by account_id, quarter
      having sum(sign) <> 0
    )
    insert into analytics.entry_gap_delta (account_id, from_quarter, to_quarter, session_count)
    select account_id, from_quarter, quarter, sum(sign)
    from chain
    where from_quarter is not null
    group by account_id, from_quarter, quarter
    having sum(sign) <> 0;
  end if;
  -- {statements}
  return null;
end
$$;
