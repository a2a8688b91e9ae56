leaving as (
    select push.session_id
    from analytics.session_push as push
    join old_rows on old_rows.id = push.session_id
    order by push.session_id
    for update of push
  ),
  gone as (
    delete from analytics.session_push as push using leaving where push.session_id = leaving.session_id returning push.*
  ),
  pushed as (
    select account_id, hour, false as linked, false as eligible, 0 as notes, 0 as entries,
      account_id as was_account_id, hour as was_hour, linked as was_linked, eligible as was_eligible,
      notes as was_notes, entries as was_entries
    from gone
  )
