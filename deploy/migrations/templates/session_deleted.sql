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
      {{plain_activity_columns}}
    )
    select {{domain_activity}}, gone.account_id, pushed.quarter, gone.spelling,
      {{plain_activity_losses}}
    from gone
    cross join lateral jsonb_to_recordset(gone.leaving) as pushed (
      quarter timestamptz,
      {{plain_activity_types}}
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
  )
