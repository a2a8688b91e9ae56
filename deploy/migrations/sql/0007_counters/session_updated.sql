create or replace function analytics.session_updated() returns trigger
language plpgsql security definer set search_path = ''
-- Planned while a table is small, a scan of it would be kept for the session, and repeated for each row.
set enable_seqscan = off
as $$
declare
  sessions uuid[];
  accounts uuid[];
  spellings text[];
  was_accounts uuid[];
  was_spellings text[];
begin
  -- Signed sums of sessions that change or go, in the writer's own transaction: the old state counts -1, the new one +1.
  -- Every way of writing comes through here, a cascade and a support fix too.
  --
  -- A session's place in the push funnel depends on its row and on its activities, which two transactions may change at
  -- once without seeing each other. So both write the session's row in session_place, in the order of the ids, and take
  -- the place before their own change from that row: who comes second waits, then sees the first (or fails with a
  -- serialization error under REPEATABLE READ). While there is no row, the place before is what the tables say.
  if exists (select from old_rows offset 50) then
    with counted as (
      select change.sign, change.account_id, change.matched_flow_id as flow_id, change.user_id, counter.*
      from (
        select -1 as sign, id, account_id, user_id, problem_domain::text, status::text,
        confidence_tier::text, confidence_score, matched_flow_id, session_rating, psa_ticket_id::text,
        created_at, resolved_at
        from old_rows
        union all
        select 1 as sign, id, account_id, user_id, problem_domain::text, status::text,
        confidence_tier::text, confidence_score, matched_flow_id, session_rating, psa_ticket_id::text,
        created_at, resolved_at
        from new_rows
      ) as change
      cross join lateral analytics.count_session(
        change.created_at, change.resolved_at, change.problem_domain, change.status, change.confidence_tier,
        change.confidence_score::double precision, change.session_rating::integer
      ) as counter
    ),
    side as (
      select change.id, change.account_id, place.quarter, place.spelling, change.matched_flow_id as flow_id,
        change.user_id, place.linked, place.resolved, place.us, sum(change.sign) as sign
      from (
        select -1 as sign, id, account_id, user_id, problem_domain::text, status::text,
        confidence_tier::text, confidence_score, matched_flow_id, session_rating, psa_ticket_id::text,
        created_at, resolved_at
        from old_rows
        union all
        select 1 as sign, id, account_id, user_id, problem_domain::text, status::text,
        confidence_tier::text, confidence_score, matched_flow_id, session_rating, psa_ticket_id::text,
        created_at, resolved_at
        from new_rows
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
        (array_agg(account_id) filter (where sign > 0))[1] as account_id,
        (array_agg(quarter) filter (where sign > 0))[1] as quarter,
        (array_agg(spelling) filter (where sign > 0))[1] as spelling,
        (array_agg(flow_id) filter (where sign > 0))[1] as flow_id,
        (array_agg(user_id) filter (where sign > 0))[1] as user_id,
        (array_agg(linked) filter (where sign > 0))[1] as linked,
        (array_agg(resolved) filter (where sign > 0))[1] as resolved,
        (array_agg(us) filter (where sign > 0))[1] as us,
        (array_agg(account_id) filter (where sign < 0))[1] as was_account_id,
        (array_agg(quarter) filter (where sign < 0))[1] as was_quarter,
        (array_agg(spelling) filter (where sign < 0))[1] as was_spelling,
        (array_agg(flow_id) filter (where sign < 0))[1] as was_flow_id,
        (array_agg(user_id) filter (where sign < 0))[1] as was_user_id,
        (array_agg(linked) filter (where sign < 0))[1] as was_linked,
        (array_agg(resolved) filter (where sign < 0))[1] as was_resolved,
        (array_agg(us) filter (where sign < 0))[1] as was_us
      from side
      group by id
    ),
    placed as (
      insert into analytics.session_place as place (
        session_id,
        account_id, quarter, spelling, flow_id, user_id, linked, resolved, us, notes, entries,
        was_account_id, was_quarter, was_spelling, was_flow_id, was_user_id, was_linked, was_resolved,
        was_us, was_notes, was_entries
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
      where placed.was_quarter is not null
    ),
    added as (
      insert into analytics.pending_session (
        families, account_id, quarter, spelling, flow_id, user_id, bucket,
        session_count, resolved, escalated, abandoned, guided, exploring, discovery, guided_resolved,
        timed_count, timed_us, rated_count, rating_sum, guided_ended, guided_timed_count, guided_timed_us,
        invalid_duration_count, impact_us, guided_square_ms, unguided_square_ms, scored_count, score_units,
        linked_to_ticket, doc_pushed, time_entry_logged, time_entry_without_doc, doc_without_ticket,
        capture_eligible, captured, unlogged_us
      )
      select 127, account_id, quarter, spelling, flow_id, user_id, bucket,
        sum(sign * session_count), sum(sign * resolved), sum(sign * escalated), sum(sign * abandoned),
        sum(sign * guided), sum(sign * exploring), sum(sign * discovery), sum(sign * guided_resolved),
        sum(sign * timed_count), sum(sign * timed_us), sum(sign * rated_count), sum(sign * rating_sum),
        sum(sign * guided_ended), sum(sign * guided_timed_count), sum(sign * guided_timed_us),
        sum(sign * invalid_duration_count), sum(sign * impact_us), sum(sign * guided_square_ms),
        sum(sign * unguided_square_ms), sum(sign * scored_count), sum(sign * score_units),
        0, 0, 0, 0, 0, 0, 0, 0
      from counted
      group by account_id, quarter, spelling, flow_id, user_id, bucket
      having row(
          sum(sign * session_count), sum(sign * resolved), sum(sign * escalated), sum(sign * abandoned),
          sum(sign * guided), sum(sign * exploring), sum(sign * discovery), sum(sign * guided_resolved),
          sum(sign * timed_count), sum(sign * timed_us), sum(sign * rated_count), sum(sign * rating_sum),
          sum(sign * guided_ended), sum(sign * guided_timed_count), sum(sign * guided_timed_us),
          sum(sign * invalid_duration_count), sum(sign * impact_us), sum(sign * guided_square_ms),
          sum(sign * unguided_square_ms), sum(sign * scored_count), sum(sign * score_units)
        ) is distinct from row(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
      union all
      select 127, account_id, quarter, spelling, flow_id, user_id, null::smallint,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        sum(sign * linked_to_ticket), sum(sign * doc_pushed), sum(sign * time_entry_logged),
        sum(sign * time_entry_without_doc), sum(sign * doc_without_ticket), sum(sign * capture_eligible),
        sum(sign * captured), sum(sign * unlogged_us)
      from moved
      group by account_id, quarter, spelling, flow_id, user_id
      having row(
          sum(sign * linked_to_ticket), sum(sign * doc_pushed), sum(sign * time_entry_logged),
          sum(sign * time_entry_without_doc), sum(sign * doc_without_ticket), sum(sign * capture_eligible),
          sum(sign * captured), sum(sign * unlogged_us)
        ) is distinct from row(0, 0, 0, 0, 0, 0, 0, 0)
    )
    select array_agg(session_id), array_agg(account_id), array_agg(spelling), array_agg(was_account_id),
      array_agg(was_spelling)
    into sessions, accounts, spellings, was_accounts, was_spellings
    from placed
    where (account_id, spelling) is distinct from (was_account_id, was_spelling);

    if sessions is not null then
      -- What was pushed for them goes with them from one domain to the other. A statement of its own: under READ COMMITTED
      -- it sees what whoever held the rows above has committed.
      insert into analytics.pending_activity (
        families, account_id, quarter, spelling,
        entries, hour_units, session_hour_units, notes, status_updates
      )
      select 2, account_id, quarter, spelling,
        sum(sign * entries), sum(sign * hour_units), sum(sign * session_hour_units), sum(sign * notes),
        sum(sign * status_updates)
      from (
        select side.sign, side.account_id, analytics.bin('15 minutes', activity.created_at) as quarter, side.spelling,
          counter.*
        from (
          select 1 as sign, new_side.* from unnest(sessions, accounts, spellings) as new_side (id, account_id, spelling)
          union all
          select -1, old_side.* from unnest(sessions, was_accounts, was_spellings) as old_side (id, account_id, spelling)
        ) as side
        join public.psa_activity_log as activity
          on activity.session_id = side.id and activity.account_id is not distinct from side.account_id
        cross join lateral analytics.count_activity(activity.activity_type, activity.hours_logged, true) as counter
        where side.spelling <> ''
      ) as moved
      group by account_id, quarter, spelling
      having row(
          sum(sign * entries), sum(sign * hour_units), sum(sign * session_hour_units), sum(sign * notes),
          sum(sign * status_updates)
        ) is distinct from row(0, 0, 0, 0, 0);
    end if;
  else
    with counted as (
      select change.sign, change.account_id, change.matched_flow_id as flow_id, change.user_id, counter.*
      from (
        select -1 as sign, id, account_id, user_id, problem_domain::text, status::text,
        confidence_tier::text, confidence_score, matched_flow_id, session_rating, psa_ticket_id::text,
        created_at, resolved_at
        from old_rows
        union all
        select 1 as sign, id, account_id, user_id, problem_domain::text, status::text,
        confidence_tier::text, confidence_score, matched_flow_id, session_rating, psa_ticket_id::text,
        created_at, resolved_at
        from new_rows
      ) as change
      cross join lateral analytics.count_session(
        change.created_at, change.resolved_at, change.problem_domain, change.status, change.confidence_tier,
        change.confidence_score::double precision, change.session_rating::integer
      ) as counter
    ),
    side as (
      select change.id, change.account_id, place.quarter, place.spelling, change.matched_flow_id as flow_id,
        change.user_id, place.linked, place.resolved, place.us, sum(change.sign) as sign
      from (
        select -1 as sign, id, account_id, user_id, problem_domain::text, status::text,
        confidence_tier::text, confidence_score, matched_flow_id, session_rating, psa_ticket_id::text,
        created_at, resolved_at
        from old_rows
        union all
        select 1 as sign, id, account_id, user_id, problem_domain::text, status::text,
        confidence_tier::text, confidence_score, matched_flow_id, session_rating, psa_ticket_id::text,
        created_at, resolved_at
        from new_rows
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
        (array_agg(account_id) filter (where sign > 0))[1] as account_id,
        (array_agg(quarter) filter (where sign > 0))[1] as quarter,
        (array_agg(spelling) filter (where sign > 0))[1] as spelling,
        (array_agg(flow_id) filter (where sign > 0))[1] as flow_id,
        (array_agg(user_id) filter (where sign > 0))[1] as user_id,
        (array_agg(linked) filter (where sign > 0))[1] as linked,
        (array_agg(resolved) filter (where sign > 0))[1] as resolved,
        (array_agg(us) filter (where sign > 0))[1] as us,
        (array_agg(account_id) filter (where sign < 0))[1] as was_account_id,
        (array_agg(quarter) filter (where sign < 0))[1] as was_quarter,
        (array_agg(spelling) filter (where sign < 0))[1] as was_spelling,
        (array_agg(flow_id) filter (where sign < 0))[1] as was_flow_id,
        (array_agg(user_id) filter (where sign < 0))[1] as was_user_id,
        (array_agg(linked) filter (where sign < 0))[1] as was_linked,
        (array_agg(resolved) filter (where sign < 0))[1] as was_resolved,
        (array_agg(us) filter (where sign < 0))[1] as was_us
      from side
      group by id
    ),
    placed as (
      insert into analytics.session_place as place (
        session_id,
        account_id, quarter, spelling, flow_id, user_id, linked, resolved, us, notes, entries,
        was_account_id, was_quarter, was_spelling, was_flow_id, was_user_id, was_linked, was_resolved,
        was_us, was_notes, was_entries
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
      where placed.was_quarter is not null
    ),
    added as (
      insert into analytics.pending_session (
        families, account_id, quarter, spelling, flow_id, user_id, bucket,
        session_count, resolved, escalated, abandoned, guided, exploring, discovery, guided_resolved,
        timed_count, timed_us, rated_count, rating_sum, guided_ended, guided_timed_count, guided_timed_us,
        invalid_duration_count, impact_us, guided_square_ms, unguided_square_ms, scored_count, score_units,
        linked_to_ticket, doc_pushed, time_entry_logged, time_entry_without_doc, doc_without_ticket,
        capture_eligible, captured, unlogged_us
      )
      select 127, account_id, quarter, spelling, flow_id, user_id, bucket,
        sum(sign * session_count), sum(sign * resolved), sum(sign * escalated), sum(sign * abandoned),
        sum(sign * guided), sum(sign * exploring), sum(sign * discovery), sum(sign * guided_resolved),
        sum(sign * timed_count), sum(sign * timed_us), sum(sign * rated_count), sum(sign * rating_sum),
        sum(sign * guided_ended), sum(sign * guided_timed_count), sum(sign * guided_timed_us),
        sum(sign * invalid_duration_count), sum(sign * impact_us), sum(sign * guided_square_ms),
        sum(sign * unguided_square_ms), sum(sign * scored_count), sum(sign * score_units),
        0, 0, 0, 0, 0, 0, 0, 0
      from counted
      group by account_id, quarter, spelling, flow_id, user_id, bucket
      having row(
          sum(sign * session_count), sum(sign * resolved), sum(sign * escalated), sum(sign * abandoned),
          sum(sign * guided), sum(sign * exploring), sum(sign * discovery), sum(sign * guided_resolved),
          sum(sign * timed_count), sum(sign * timed_us), sum(sign * rated_count), sum(sign * rating_sum),
          sum(sign * guided_ended), sum(sign * guided_timed_count), sum(sign * guided_timed_us),
          sum(sign * invalid_duration_count), sum(sign * impact_us), sum(sign * guided_square_ms),
          sum(sign * unguided_square_ms), sum(sign * scored_count), sum(sign * score_units)
        ) is distinct from row(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
      union all
      select 127, account_id, quarter, spelling, flow_id, user_id, null::smallint,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        sum(sign * linked_to_ticket), sum(sign * doc_pushed), sum(sign * time_entry_logged),
        sum(sign * time_entry_without_doc), sum(sign * doc_without_ticket), sum(sign * capture_eligible),
        sum(sign * captured), sum(sign * unlogged_us)
      from moved
      group by account_id, quarter, spelling, flow_id, user_id
      having row(
          sum(sign * linked_to_ticket), sum(sign * doc_pushed), sum(sign * time_entry_logged),
          sum(sign * time_entry_without_doc), sum(sign * doc_without_ticket), sum(sign * capture_eligible),
          sum(sign * captured), sum(sign * unlogged_us)
        ) is distinct from row(0, 0, 0, 0, 0, 0, 0, 0)
    )
    select array_agg(session_id), array_agg(account_id), array_agg(spelling), array_agg(was_account_id),
      array_agg(was_spelling)
    into sessions, accounts, spellings, was_accounts, was_spellings
    from placed
    where (account_id, spelling) is distinct from (was_account_id, was_spelling);

    if sessions is not null then
      -- What was pushed for them goes with them from one domain to the other. A statement of its own: under READ COMMITTED
      -- it sees what whoever held the rows above has committed.
      insert into analytics.pending_activity (
        families, account_id, quarter, spelling,
        entries, hour_units, session_hour_units, notes, status_updates
      )
      select 2, account_id, quarter, spelling,
        sum(sign * entries), sum(sign * hour_units), sum(sign * session_hour_units), sum(sign * notes),
        sum(sign * status_updates)
      from (
        select side.sign, side.account_id, analytics.bin('15 minutes', activity.created_at) as quarter, side.spelling,
          counter.*
        from (
          select 1 as sign, new_side.* from unnest(sessions, accounts, spellings) as new_side (id, account_id, spelling)
          union all
          select -1, old_side.* from unnest(sessions, was_accounts, was_spellings) as old_side (id, account_id, spelling)
        ) as side
        join public.psa_activity_log as activity
          on activity.session_id = side.id and activity.account_id is not distinct from side.account_id
        cross join lateral analytics.count_activity(activity.activity_type, activity.hours_logged, true) as counter
        where side.spelling <> ''
      ) as moved
      group by account_id, quarter, spelling
      having row(
          sum(sign * entries), sum(sign * hour_units), sum(sign * session_hour_units), sum(sign * notes),
          sum(sign * status_updates)
        ) is distinct from row(0, 0, 0, 0, 0);
    end if;
  end if;
  return null;
end
$$;
revoke execute on function analytics.session_updated() from public;
