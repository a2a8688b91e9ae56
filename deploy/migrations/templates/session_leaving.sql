  -- Before a session is deleted, and with it the reference of its activities: keeps its place in the funnel and what was
  -- pushed for it, so that the trigger after it knows what to take away. (The reference goes before that trigger, but
  -- the trigger of the activities that lose it comes after.)
  insert into analytics.session_place (
    session_id,
    {{place_columns}}
  )
  select old.id, old.account_id, known.quarter, known.spelling, old.matched_flow_id, old.user_id, known.linked,
    known.resolved, known.us, past.notes, past.entries
  from (
    select count(*) as activities,
      count(*) filter (where activity_type = 'note_posted') as notes,
      count(*) filter (where activity_type = 'time_entry_posted') as entries
    from public.psa_activity_log as activity
    -- Not `=`: a table without statistics has its index on accounts taken for as good as the one on sessions.
    where activity.session_id = old.id and activity.account_id is not distinct from old.account_id
  ) as past
  cross join lateral analytics.place_of(
    old.created_at, old.resolved_at, old.problem_domain::text, old.status::text, old.psa_ticket_id::text
  ) as known
  where known.linked or past.activities > 0
  on conflict (session_id) do update set leaving = null;

  -- A statement of its own: under READ COMMITTED it sees what whoever held the row above has committed.
  update analytics.session_place set leaving = (
    select jsonb_agg(to_jsonb(counter) || jsonb_build_object('quarter', quarter))
    from public.psa_activity_log as activity
    cross join lateral analytics.count_activity(activity.activity_type, activity.hours_logged, true) as counter
    cross join lateral analytics.bin('15 minutes', activity.created_at) as quarter
    where activity.session_id = old.id and activity.account_id is not distinct from old.account_id
  )
  where session_id = old.id;
