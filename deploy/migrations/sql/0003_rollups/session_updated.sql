side as (
    select id, account_id, hour, linked, eligible, sum(sign) as sign
    from (
      select sign, id, account_id, analytics.bin('1 hour', created_at) as hour,
        analytics.is_linked(psa_ticket_id) as linked,
        analytics.is_linked(psa_ticket_id) and coalesce(status = 'resolved', false) as eligible
      from ({{changes}}) as change
    ) as place
    group by id, account_id, hour, linked, eligible
    having sum(sign) <> 0
  ),
  -- Old and new beside each other by grouping: a join would be planned for the first call's one row (see
  -- activity_trigger.sql).
  changed as (
    select id,
      (array_agg(account_id) filter (where sign > 0))[1] as account_id, max(hour) filter (where sign > 0) as hour,
      bool_or(linked) filter (where sign > 0) as linked, bool_or(eligible) filter (where sign > 0) as eligible,
      (array_agg(account_id) filter (where sign < 0))[1] as was_account_id, max(hour) filter (where sign < 0) as was_hour,
      bool_or(linked) filter (where sign < 0) as was_linked, bool_or(eligible) filter (where sign < 0) as was_eligible
    from side
    group by id
  ),
  pushed as (
    insert into analytics.session_push as push (
      session_id, account_id, hour, linked, eligible, notes, entries,
      was_account_id, was_hour, was_linked, was_eligible, was_notes, was_entries
    )
    select
      changed.id, changed.account_id, changed.hour, changed.linked, changed.eligible, past.notes, past.entries,
      was_account_id, was_hour, was_linked, was_eligible, past.notes, past.entries
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
      account_id = excluded.account_id, hour = excluded.hour,
      linked = excluded.linked, eligible = excluded.eligible,
      was_account_id = push.account_id, was_hour = push.hour,
      was_linked = push.linked, was_eligible = push.eligible,
      was_notes = push.notes, was_entries = push.entries
    returning *
  )
