create function analytics.sessions_truncated() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  truncate analytics.session_push, analytics.session_delta, {{session_rollups}};
  return null;
end
$$;

-- Before it, while the activities are there to be counted: takes them out of the funnel.
create function analytics.activities_truncated() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  with pushed as (
    insert into analytics.session_push as push (
      session_id, account_id, hour, linked, eligible, notes, entries,
      was_account_id, was_hour, was_linked, was_eligible, was_notes, was_entries
    )
    select session.id, session.account_id, place.hour, place.linked, place.eligible, 0, 0,
      session.account_id, place.hour, place.linked, place.eligible, past.notes, past.entries
    from (
      select session_id, account_id, (count(*) filter (where activity_type = 'note_posted'))::integer as notes,
        (count(*) filter (where activity_type = 'time_entry_posted'))::integer as entries
      from public.psa_activity_log
      where session_id is not null
      group by session_id, account_id
    ) as past
    join public.ai_sessions as session on session.id = past.session_id and session.account_id = past.account_id
    cross join lateral (
      select analytics.bin('1 hour', session.created_at) as hour, analytics.is_linked(session.psa_ticket_id) as linked,
        analytics.is_linked(session.psa_ticket_id) and coalesce(session.status = 'resolved', false) as eligible
    ) as place
    order by session.id
    on conflict (session_id) do update set
      notes = 0, entries = 0,
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
  )
  insert into analytics.session_delta (families, account_id, hour, {{push_columns}})
  select 8, account_id, hour, {{push_sums}} from moved group by account_id, hour;
  truncate analytics.activity_delta, analytics.entry_gap_delta, {{activity_rollups}};
  return null;
end
$$;
