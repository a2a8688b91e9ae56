create or replace function analytics.session_deleted() returns trigger
language plpgsql security definer set search_path = ''
-- Planned while a table is small, a scan of it would be kept for the session, and repeated for each row.
set enable_seqscan = off
as $$
declare
  moved bigint;
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
      ) as change
      cross join lateral analytics.count_session(
        change.created_at, change.resolved_at, change.problem_domain, change.status, change.confidence_tier,
        change.confidence_score::double precision, change.session_rating::integer
      ) as counter
    ),
    leaving as (
      select place.session_id
      from analytics.session_place as place
      join old_rows on old_rows.id = place.session_id
      order by place.session_id
      for update of place
    ),
    gone as (
      delete from analytics.session_place as place using leaving where place.session_id = leaving.session_id
      returning place.*
    ),
    of_domain as (
      insert into analytics.pending_activity (
        families, account_id, quarter, spelling,
        entries, hour_units, session_hour_units, notes, status_updates
      )
      select 2, gone.account_id, pushed.quarter, gone.spelling,
        -sum(pushed.entries), -sum(pushed.hour_units), -sum(pushed.session_hour_units), -sum(pushed.notes),
        -sum(pushed.status_updates)
      from gone
      cross join lateral jsonb_to_recordset(gone.leaving) as pushed (
        quarter timestamptz,
        entries integer,
        hour_units bigint,
        session_hour_units bigint,
        notes integer,
        status_updates integer
      )
      where gone.spelling <> ''
      group by gone.account_id, pushed.quarter, gone.spelling
    ),
    placed as (
      select account_id, quarter, spelling, flow_id, user_id, false as linked, false as resolved, us, 0 as notes,
        0 as entries, account_id as was_account_id, quarter as was_quarter, spelling as was_spelling,
        flow_id as was_flow_id, user_id as was_user_id, linked as was_linked, resolved as was_resolved, us as was_us,
        notes as was_notes, entries as was_entries
      from gone
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
    select count(*) into moved from moved;
  else
    with counted as (
      select change.sign, change.account_id, change.matched_flow_id as flow_id, change.user_id, counter.*
      from (
        select -1 as sign, id, account_id, user_id, problem_domain::text, status::text,
        confidence_tier::text, confidence_score, matched_flow_id, session_rating, psa_ticket_id::text,
        created_at, resolved_at
        from old_rows
      ) as change
      cross join lateral analytics.count_session(
        change.created_at, change.resolved_at, change.problem_domain, change.status, change.confidence_tier,
        change.confidence_score::double precision, change.session_rating::integer
      ) as counter
    ),
    leaving as (
      select place.session_id
      from analytics.session_place as place
      join old_rows on old_rows.id = place.session_id
      order by place.session_id
      for update of place
    ),
    gone as (
      delete from analytics.session_place as place using leaving where place.session_id = leaving.session_id
      returning place.*
    ),
    of_domain as (
      insert into analytics.pending_activity (
        families, account_id, quarter, spelling,
        entries, hour_units, session_hour_units, notes, status_updates
      )
      select 2, gone.account_id, pushed.quarter, gone.spelling,
        -sum(pushed.entries), -sum(pushed.hour_units), -sum(pushed.session_hour_units), -sum(pushed.notes),
        -sum(pushed.status_updates)
      from gone
      cross join lateral jsonb_to_recordset(gone.leaving) as pushed (
        quarter timestamptz,
        entries integer,
        hour_units bigint,
        session_hour_units bigint,
        notes integer,
        status_updates integer
      )
      where gone.spelling <> ''
      group by gone.account_id, pushed.quarter, gone.spelling
    ),
    placed as (
      select account_id, quarter, spelling, flow_id, user_id, false as linked, false as resolved, us, 0 as notes,
        0 as entries, account_id as was_account_id, quarter as was_quarter, spelling as was_spelling,
        flow_id as was_flow_id, user_id as was_user_id, linked as was_linked, resolved as was_resolved, us as was_us,
        notes as was_notes, entries as was_entries
      from gone
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
    select count(*) into moved from moved;
  end if;
  return null;
end
$$;
revoke execute on function analytics.session_deleted() from public;
