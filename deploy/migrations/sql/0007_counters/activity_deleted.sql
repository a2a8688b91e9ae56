create or replace function analytics.activity_deleted() returns trigger
language plpgsql security definer set search_path = ''
-- Planned while a table is small, a scan of it would be kept for the session, and repeated for each row.
set enable_seqscan = off
as $$
declare
  several uuid[];  -- the sessions with more than one time entry, before or after
begin
  -- Signed sums of the PSA activities, in the writer's own transaction.
  --
  -- "Distinct sessions with a time entry" is no sum. It becomes one by counting, for each quarter of an hour, the
  -- sessions whose first entry it holds, and for each pair of quarters the sessions that go from one to the other with
  -- no entry in between: the sessions with an entry in [a, b) are those that start in it and those that step into it
  -- from before.
  if exists (select from old_rows offset 50) then
    with touched as (
      select session_id, account_id,
        coalesce(sum(sign) filter (where activity_type = 'note_posted'), 0)::integer as notes,
        coalesce(sum(sign) filter (where activity_type = 'time_entry_posted'), 0)::integer as entries,
        bool_or(activity_type = 'time_entry_posted') as has_entries
      from (
        select -1 as sign, id, account_id, session_id, activity_type, hours_logged, created_at
        from old_rows
      ) as change
      where session_id is not null
      group by session_id, account_id
    ),
    -- See session_changed.sql: written by whoever changes the session's place in the funnel, or what counts there.
    placed as (
      insert into analytics.session_place as place (
        session_id,
        account_id, quarter, spelling, flow_id, user_id, linked, resolved, us, notes, entries,
        was_account_id, was_quarter, was_spelling, was_flow_id, was_user_id, was_linked, was_resolved,
        was_us, was_notes, was_entries
      )
      select
        touched.session_id, known.account_id, known.quarter, known.spelling, known.flow_id, known.user_id, known.linked,
        known.resolved, known.us, now.notes, now.entries,
        known.account_id, known.quarter, known.spelling, known.flow_id, known.user_id, known.linked, known.resolved,
        known.us, now.notes - touched.notes, now.entries - touched.entries
      from touched
      cross join lateral (
        select session.account_id, place.quarter, place.spelling, session.matched_flow_id as flow_id, session.user_id,
          place.linked, place.resolved, place.us
        from public.ai_sessions as session
        cross join lateral analytics.place_of(
          session.created_at, session.resolved_at, session.problem_domain::text, session.status::text, session.psa_ticket_id::text
        ) as place
        where session.id = touched.session_id and session.account_id = touched.account_id
        union all
        select gone.account_id, gone.quarter, gone.spelling, gone.flow_id, gone.user_id, gone.linked, gone.resolved,
          gone.us
        from analytics.session_place as gone
        where gone.session_id = touched.session_id and gone.account_id = touched.account_id
          and not exists (select from public.ai_sessions as session where session.id = touched.session_id)
      ) as known
      cross join lateral (
        select (count(*) filter (where activity_type = 'note_posted'))::integer as notes,
          (count(*) filter (where activity_type = 'time_entry_posted'))::integer as entries
        from public.psa_activity_log as activity
        -- Not `=`: a table without statistics has its index on accounts taken for as good as the one on sessions.
        where activity.session_id = touched.session_id and activity.account_id is not distinct from touched.account_id
      ) as now
      order by touched.session_id
      on conflict (session_id) do update set
        notes = place.notes + excluded.notes - excluded.was_notes,
        entries = place.entries + excluded.entries - excluded.was_entries,
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
    ),
    added as (
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
      group by account_id, quarter, spelling, flow_id, user_id
      having row(
          sum(sign * linked_to_ticket), sum(sign * doc_pushed), sum(sign * time_entry_logged),
          sum(sign * time_entry_without_doc), sum(sign * doc_without_ticket), sum(sign * capture_eligible),
          sum(sign * captured), sum(sign * unlogged_us)
        ) is distinct from row(0, 0, 0, 0, 0, 0, 0, 0)
    ),
    of_domain as (
      insert into analytics.pending_activity (
        families, account_id, quarter, spelling,
        entries, hour_units, session_hour_units, notes, status_updates
      )
      select 2, account_id, quarter, spelling,
        sum(sign * entries), sum(sign * hour_units), sum(sign * session_hour_units), sum(sign * notes),
        sum(sign * status_updates)
      from (
        select change.sign, change.account_id, analytics.bin('15 minutes', change.created_at) as quarter,
          placed.spelling, counter.*
        from (
          select -1 as sign, id, account_id, session_id, activity_type, hours_logged, created_at
          from old_rows
        ) as change
        join placed on placed.session_id = change.session_id and placed.account_id = change.account_id
        cross join lateral analytics.count_activity(change.activity_type, change.hours_logged, true) as counter
        where placed.spelling <> ''
      ) as counted
      group by account_id, quarter, spelling
      having row(
          sum(sign * entries), sum(sign * hour_units), sum(sign * session_hour_units), sum(sign * notes),
          sum(sign * status_updates)
        ) is distinct from row(0, 0, 0, 0, 0)
    )
    select array_agg(session_id) into several
    from (
      select session_id
      from (
        select session_id, has_entries, null::integer as entries from touched
        union all
        select session_id, false, greatest(entries, was_entries) from placed
      ) as either
      group by session_id
      having bool_or(has_entries) and coalesce(max(entries) > 1, true)
    ) as session;

    insert into analytics.pending_activity (
      families, account_id, quarter,
      entries, hour_units, session_hour_units, notes, status_updates, first_entries
    )
    select 1, account_id, quarter,
      sum(sign * entries), sum(sign * hour_units), sum(sign * session_hour_units), sum(sign * notes),
      sum(sign * status_updates), sum(sign * first_entries)
    from (
      select change.sign, change.account_id, analytics.bin('15 minutes', change.created_at) as quarter, counter.*,
        (
          counter.entries = 1 and change.session_id is not null and change.session_id not in (select unnest(several))
        )::integer as first_entries
      from (
        select -1 as sign, id, account_id, session_id, activity_type, hours_logged, created_at
        from old_rows
      ) as change
      cross join lateral analytics.count_activity(
        change.activity_type, change.hours_logged, change.session_id is not null
      ) as counter
    ) as counted
    group by account_id, quarter
    having row(
        sum(sign * entries), sum(sign * hour_units), sum(sign * session_hour_units), sum(sign * notes),
        sum(sign * status_updates), sum(sign * first_entries)
      ) is distinct from row(0, 0, 0, 0, 0, 0);

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
          from (
            select -1 as sign, id, account_id, session_id, activity_type, hours_logged, created_at
            from old_rows
          ) as change
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
        insert into analytics.pending_activity (families, account_id, quarter, first_entries)
        select 1, account_id, quarter, sum(sign)
        from chain
        where from_quarter is null
        group by account_id, quarter
        having sum(sign) <> 0
      )
      insert into analytics.pending_entry_gap (account_id, from_quarter, to_quarter, session_count)
      select account_id, from_quarter, quarter, sum(sign)
      from chain
      where from_quarter is not null
      group by account_id, from_quarter, quarter
      having sum(sign) <> 0;
    end if;
  else
    with touched as (
      select session_id, account_id,
        coalesce(sum(sign) filter (where activity_type = 'note_posted'), 0)::integer as notes,
        coalesce(sum(sign) filter (where activity_type = 'time_entry_posted'), 0)::integer as entries,
        bool_or(activity_type = 'time_entry_posted') as has_entries
      from (
        select -1 as sign, id, account_id, session_id, activity_type, hours_logged, created_at
        from old_rows
      ) as change
      where session_id is not null
      group by session_id, account_id
    ),
    -- See session_changed.sql: written by whoever changes the session's place in the funnel, or what counts there.
    placed as (
      insert into analytics.session_place as place (
        session_id,
        account_id, quarter, spelling, flow_id, user_id, linked, resolved, us, notes, entries,
        was_account_id, was_quarter, was_spelling, was_flow_id, was_user_id, was_linked, was_resolved,
        was_us, was_notes, was_entries
      )
      select
        touched.session_id, known.account_id, known.quarter, known.spelling, known.flow_id, known.user_id, known.linked,
        known.resolved, known.us, now.notes, now.entries,
        known.account_id, known.quarter, known.spelling, known.flow_id, known.user_id, known.linked, known.resolved,
        known.us, now.notes - touched.notes, now.entries - touched.entries
      from touched
      cross join lateral (
        select session.account_id, place.quarter, place.spelling, session.matched_flow_id as flow_id, session.user_id,
          place.linked, place.resolved, place.us
        from public.ai_sessions as session
        cross join lateral analytics.place_of(
          session.created_at, session.resolved_at, session.problem_domain::text, session.status::text, session.psa_ticket_id::text
        ) as place
        where session.id = touched.session_id and session.account_id = touched.account_id
        union all
        select gone.account_id, gone.quarter, gone.spelling, gone.flow_id, gone.user_id, gone.linked, gone.resolved,
          gone.us
        from analytics.session_place as gone
        where gone.session_id = touched.session_id and gone.account_id = touched.account_id
          and not exists (select from public.ai_sessions as session where session.id = touched.session_id)
      ) as known
      cross join lateral (
        select (count(*) filter (where activity_type = 'note_posted'))::integer as notes,
          (count(*) filter (where activity_type = 'time_entry_posted'))::integer as entries
        from public.psa_activity_log as activity
        -- Not `=`: a table without statistics has its index on accounts taken for as good as the one on sessions.
        where activity.session_id = touched.session_id and activity.account_id is not distinct from touched.account_id
      ) as now
      order by touched.session_id
      on conflict (session_id) do update set
        notes = place.notes + excluded.notes - excluded.was_notes,
        entries = place.entries + excluded.entries - excluded.was_entries,
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
    ),
    added as (
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
      group by account_id, quarter, spelling, flow_id, user_id
      having row(
          sum(sign * linked_to_ticket), sum(sign * doc_pushed), sum(sign * time_entry_logged),
          sum(sign * time_entry_without_doc), sum(sign * doc_without_ticket), sum(sign * capture_eligible),
          sum(sign * captured), sum(sign * unlogged_us)
        ) is distinct from row(0, 0, 0, 0, 0, 0, 0, 0)
    ),
    of_domain as (
      insert into analytics.pending_activity (
        families, account_id, quarter, spelling,
        entries, hour_units, session_hour_units, notes, status_updates
      )
      select 2, account_id, quarter, spelling,
        sum(sign * entries), sum(sign * hour_units), sum(sign * session_hour_units), sum(sign * notes),
        sum(sign * status_updates)
      from (
        select change.sign, change.account_id, analytics.bin('15 minutes', change.created_at) as quarter,
          placed.spelling, counter.*
        from (
          select -1 as sign, id, account_id, session_id, activity_type, hours_logged, created_at
          from old_rows
        ) as change
        join placed on placed.session_id = change.session_id and placed.account_id = change.account_id
        cross join lateral analytics.count_activity(change.activity_type, change.hours_logged, true) as counter
        where placed.spelling <> ''
      ) as counted
      group by account_id, quarter, spelling
      having row(
          sum(sign * entries), sum(sign * hour_units), sum(sign * session_hour_units), sum(sign * notes),
          sum(sign * status_updates)
        ) is distinct from row(0, 0, 0, 0, 0)
    )
    select array_agg(session_id) into several
    from (
      select session_id
      from (
        select session_id, has_entries, null::integer as entries from touched
        union all
        select session_id, false, greatest(entries, was_entries) from placed
      ) as either
      group by session_id
      having bool_or(has_entries) and coalesce(max(entries) > 1, true)
    ) as session;

    insert into analytics.pending_activity (
      families, account_id, quarter,
      entries, hour_units, session_hour_units, notes, status_updates, first_entries
    )
    select 1, account_id, quarter,
      sum(sign * entries), sum(sign * hour_units), sum(sign * session_hour_units), sum(sign * notes),
      sum(sign * status_updates), sum(sign * first_entries)
    from (
      select change.sign, change.account_id, analytics.bin('15 minutes', change.created_at) as quarter, counter.*,
        (
          counter.entries = 1 and change.session_id is not null and change.session_id not in (select unnest(several))
        )::integer as first_entries
      from (
        select -1 as sign, id, account_id, session_id, activity_type, hours_logged, created_at
        from old_rows
      ) as change
      cross join lateral analytics.count_activity(
        change.activity_type, change.hours_logged, change.session_id is not null
      ) as counter
    ) as counted
    group by account_id, quarter
    having row(
        sum(sign * entries), sum(sign * hour_units), sum(sign * session_hour_units), sum(sign * notes),
        sum(sign * status_updates), sum(sign * first_entries)
      ) is distinct from row(0, 0, 0, 0, 0, 0);

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
          from (
            select -1 as sign, id, account_id, session_id, activity_type, hours_logged, created_at
            from old_rows
          ) as change
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
        insert into analytics.pending_activity (families, account_id, quarter, first_entries)
        select 1, account_id, quarter, sum(sign)
        from chain
        where from_quarter is null
        group by account_id, quarter
        having sum(sign) <> 0
      )
      insert into analytics.pending_entry_gap (account_id, from_quarter, to_quarter, session_count)
      select account_id, from_quarter, quarter, sum(sign)
      from chain
      where from_quarter is not null
      group by account_id, from_quarter, quarter
      having sum(sign) <> 0;
    end if;
  end if;
  return null;
end
$$;
revoke execute on function analytics.activity_deleted() from public;
