  -- Of a new session: one row each, since hardly two fall on one key. Nobody else can push for it yet, so its place in
  -- the funnel is what its own row says, and session_place (see session_changed.sql) can wait for the first change.
  insert into analytics.pending_session (
    families, account_id, quarter, spelling, flow_id, user_id, bucket,
    {{session_columns}},
    {{push_columns}}
  )
  select {{all_families}}, session.account_id, counter.quarter, counter.spelling, session.matched_flow_id,
    session.user_id, counter.bucket,
    {{counter_session_columns}},
    {{push_push_columns}}
  from (
    {{changes}}
  ) as session
  cross join lateral analytics.count_session(
    session.created_at, session.resolved_at, session.problem_domain, session.status, session.confidence_tier,
    session.confidence_score::double precision, session.session_rating::integer
  ) as counter
  cross join lateral analytics.count_push(
    analytics.is_linked(session.psa_ticket_id), coalesce(session.status = 'resolved', false),
    analytics.duration_us(session.created_at, session.resolved_at), 0, 0
  ) as push;
