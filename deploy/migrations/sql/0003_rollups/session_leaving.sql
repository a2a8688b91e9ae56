-- Before a session is deleted, and with it the reference of its activities: keeps its place in the funnel, so that the
-- trigger after it knows what to take away.
create function analytics.session_leaving() returns trigger
language plpgsql security definer set search_path = '' set enable_seqscan = off
as $$
begin
  insert into analytics.session_push (session_id, account_id, hour, linked, eligible, notes, entries)
  select old.id, old.account_id, analytics.bin('1 hour', old.created_at), analytics.is_linked(old.psa_ticket_id),
    analytics.is_linked(old.psa_ticket_id) and coalesce(old.status = 'resolved', false), past.notes, past.entries
  from (
    select count(*) filter (where activity_type = 'note_posted') as notes,
      count(*) filter (where activity_type = 'time_entry_posted') as entries
    from public.psa_activity_log as activity
    -- Not `=`: a table without statistics has its index on accounts taken for as good as the one on sessions.
    where activity.session_id = old.id and activity.account_id is not distinct from old.account_id
  ) as past
  where analytics.is_linked(old.psa_ticket_id) or past.notes > 0 or past.entries > 0
  on conflict do nothing;
  return old;
end
$$;
