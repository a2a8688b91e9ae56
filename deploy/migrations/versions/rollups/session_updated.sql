pushed as (
    insert into analytics.session_push as push (
      session_id, account_id, hour, linked, eligible, notes, entries,
      was_account_id, was_hour, was_linked, was_eligible, was_notes, was_entries
    )
    select
      after.id, after.account_id, after.hour, after.linked, after.eligible, past.notes, past.entries,
      before.account_id, before.hour, before.linked, before.eligible, past.notes, past.entries
    from (
      select id, account_id, analytics.bin('1 hour', created_at) as hour, analytics.is_linked(psa_ticket_id) as linked,
        analytics.is_linked(psa_ticket_id) and coalesce(status = 'resolved', false) as eligible
      from new_rows
    ) as after
    join (
      select id, account_id, analytics.bin('1 hour', created_at) as hour, analytics.is_linked(psa_ticket_id) as linked,
        analytics.is_linked(psa_ticket_id) and coalesce(status = 'resolved', false) as eligible
      from old_rows
    ) as before on before.id = after.id
    cross join lateral (
      select count(*) filter (where activity_type = 'note_posted') as notes,
        count(*) filter (where activity_type = 'time_entry_posted') as entries
      from public.psa_activity_log as activity
      -- Not `=`: a table without statistics has its index on accounts taken for as good as the one on sessions.
      where activity.session_id = after.id and activity.account_id is not distinct from after.account_id
    ) as past
    where (after.account_id, after.hour, after.linked, after.eligible)
      is distinct from (before.account_id, before.hour, before.linked, before.eligible)
    order by after.id
    on conflict (session_id) do update set
      account_id = excluded.account_id, hour = excluded.hour,
      linked = excluded.linked, eligible = excluded.eligible,
      was_account_id = push.account_id, was_hour = push.hour,
      was_linked = push.linked, was_eligible = push.eligible,
      was_notes = push.notes, was_entries = push.entries
    returning *
  )
