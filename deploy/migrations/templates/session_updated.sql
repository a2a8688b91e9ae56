  side as (
    select change.id, change.account_id, place.quarter, place.spelling, change.matched_flow_id as flow_id,
      change.user_id, place.linked, place.resolved, place.us, sum(change.sign) as sign
    from (
      {{changes}}
    ) as change
    cross join lateral analytics.place_of(
      change.created_at, change.resolved_at, change.problem_domain, change.status, change.psa_ticket_id
    ) as place
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    having sum(change.sign) <> 0
  ),
  -- Old and new beside each other by grouping: a join would be planned for the first call's one row (see
  -- activity_changed.sql).
  changed as (
    select id,
      {{side_now}},
      {{side_before}}
    from side
    group by id
  ),
  placed as (
    insert into analytics.session_place as place (
      session_id,
      {{place_columns}},
      {{was_columns}}
    )
    select
      changed.id, account_id, quarter, spelling, flow_id, user_id, linked, resolved, us, past.notes, past.entries,
      was_account_id, was_quarter, was_spelling, was_flow_id, was_user_id, was_linked, was_resolved, was_us,
      past.notes, past.entries
    from changed
    cross join lateral (
      select count(*) filter (where activity_type = 'note_posted') as notes,
        count(*) filter (where activity_type = 'time_entry_posted') as entries
      from public.psa_activity_log as activity
      -- Not `=`: a table without statistics has its index on accounts taken for as good as the one on sessions.
      where activity.session_id = changed.id and activity.account_id is not distinct from changed.account_id
    ) as past
    -- An id that was itself changed has one side only; nobody does that.
    where changed.account_id is not null and was_account_id is not null
    order by changed.id
    on conflict (session_id) do update set
      account_id = excluded.account_id, quarter = excluded.quarter, spelling = excluded.spelling,
      flow_id = excluded.flow_id, user_id = excluded.user_id, linked = excluded.linked,
      resolved = excluded.resolved, us = excluded.us,
      {{keep_place}}
    returning *
  )
