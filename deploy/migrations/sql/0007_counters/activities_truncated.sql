create or replace function analytics.activities_truncated() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Before it, while the activities are there to be counted: takes them out of the funnel.
  with placed as (
    insert into analytics.session_place as place (
      session_id,
      account_id, quarter, spelling, flow_id, user_id, linked, resolved, us, notes, entries,
      was_account_id, was_quarter, was_spelling, was_flow_id, was_user_id, was_linked, was_resolved,
      was_us, was_notes, was_entries
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
      was_account_id = place.account_id, was_quarter = place.quarter, was_spelling = place.spelling,
      was_flow_id = place.flow_id, was_user_id = place.user_id, was_linked = place.linked,
      was_resolved = place.resolved, was_us = place.us, was_notes = place.notes,
      was_entries = place.entries
    returning *
  ),
  moved as (
    select 1 as sign, placed.account_id, placed.quarter, placed.spelling, placed.flow_id, placed.user_id, counter.*
    from placed cross join lateral analytics.count_push(linked, resolved, us, notes, entries) as counter
    union all
    select -1, placed.was_account_id, placed.was_quarter, placed.was_spelling, placed.was_flow_id,
    placed.was_user_id, counter.*
    from placed
    cross join lateral analytics.count_push(was_linked, was_resolved, was_us, was_notes, was_entries) as counter
  )
  insert into analytics.pending_session (
    families, account_id, quarter, spelling, flow_id, user_id,
    linked_to_ticket, doc_pushed, time_entry_logged, time_entry_without_doc, doc_without_ticket,
    capture_eligible, captured, unlogged_us
  )
  select 127, account_id, quarter, spelling, flow_id, user_id,
    sum(sign * linked_to_ticket), sum(sign * doc_pushed), sum(sign * time_entry_logged),
    sum(sign * time_entry_without_doc), sum(sign * doc_without_ticket), sum(sign * capture_eligible),
    sum(sign * captured), sum(sign * unlogged_us)
  from moved
  group by account_id, quarter, spelling, flow_id, user_id;
  truncate analytics.pending_activity, analytics.pending_entry_gap,
    analytics.activity_rollup_quarter, analytics.domain_activity_rollup_quarter,
    analytics.entry_gap_rollup_quarter, analytics.entry_gap_rollup_day;
  return null;
end
$$;
revoke execute on function analytics.activities_truncated() from public;
