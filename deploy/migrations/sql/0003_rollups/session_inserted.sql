-- Of a new session: one delta each, since hardly two fall on one key. Nobody else can push for it yet, so its place in
-- the funnel is what its own row says, and session_push (see session_trigger.sql) can wait for the first change.
create function analytics.session_inserted() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into analytics.session_delta (
    families, account_id, hour, spelling, flow_id, bucket, {{session_columns}}, linked_to_ticket, capture_eligible
  )
  select 15, session.account_id, hour, spelling, session.matched_flow_id, bucket, {{session_columns}},
    place.linked::integer, (place.linked and coalesce(session.status = 'resolved', false))::integer
  from ({{changes}}) as session
  cross join lateral analytics.session_counters(
    session.created_at, session.resolved_at, session.problem_domain, session.status, session.confidence_tier,
    session.confidence_score::double precision, session.session_rating::integer
  ) as counter
  cross join lateral (select analytics.is_linked(session.psa_ticket_id) as linked) as place;
  return null;
end
$$;
