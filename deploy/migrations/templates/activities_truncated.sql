  -- Before it, while the activities are there to be counted: takes them out of the funnel.
  with placed as (
    insert into analytics.session_place as place (
      session_id,
      {{place_columns}},
      {{was_columns}}
    )
    select session.id, session.account_id, known.quarter, known.spelling, session.matched_flow_id, session.user_id,
      known.linked, known.resolved, known.us, 0, 0,
      session.account_id, known.quarter, known.spelling, session.matched_flow_id, session.user_id, known.linked,
      known.resolved, known.us, past.notes, past.entries
    from (
      select session_id, account_id, (count(*) filter (where activity_type = 'note_posted'))::integer as notes,
        (count(*) filter (where activity_type = 'time_entry_posted'))::integer as entries
      from public.psa_activity_log
      where session_id is not null
      group by session_id, account_id
    ) as past
    join public.ai_sessions as session on session.id = past.session_id and session.account_id = past.account_id
    cross join lateral analytics.place_of(
      session.created_at, session.resolved_at, session.problem_domain::text, session.status::text, session.psa_ticket_id::text
    ) as known
    order by session.id
    on conflict (session_id) do update set
      notes = 0, entries = 0,
      {{keep_place}}
    returning *
  ),
  moved as (
    select 1 as sign, {{placed_now}}, counter.*
    from placed cross join lateral analytics.count_push(linked, resolved, us, notes, entries) as counter
    union all
    select -1, {{placed_before}}, counter.*
    from placed
    cross join lateral analytics.count_push(was_linked, was_resolved, was_us, was_notes, was_entries) as counter
  )
  insert into analytics.pending_session (
    families, account_id, quarter, spelling, flow_id, user_id,
    {{push_columns}}
  )
  select {{all_families}}, account_id, quarter, spelling, flow_id, user_id,
    {{push_sums}}
  from moved
  group by account_id, quarter, spelling, flow_id, user_id;
  truncate analytics.pending_activity, analytics.pending_entry_gap,
    {{activity_rollups}};
