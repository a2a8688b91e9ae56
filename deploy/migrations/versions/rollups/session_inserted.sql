pushed as (
    insert into analytics.session_push as push (session_id, account_id, hour, linked, eligible)
    select id, account_id, analytics.bin('1 hour', created_at), true, coalesce(status = 'resolved', false)
    from new_rows
    where analytics.is_linked(psa_ticket_id)
    order by id
    -- An id cannot be there before its session, unless our triggers were switched off when an earlier one left.
    on conflict (session_id) do update set
      account_id = excluded.account_id, hour = excluded.hour, linked = true, eligible = excluded.eligible,
      notes = 0, entries = 0, was_account_id = null, was_hour = null
    returning *
  )
