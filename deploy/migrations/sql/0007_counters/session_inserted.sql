create or replace function analytics.session_inserted() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Of a new session: one row each, since hardly two fall on one key. Nobody else can push for it yet, so its place in
  -- the funnel is what its own row says, and session_place (see session_changed.sql) can wait for the first change.
  insert into analytics.pending_session (
    families, account_id, quarter, spelling, flow_id, user_id, bucket,
    session_count, resolved, escalated, abandoned, guided, exploring, discovery, guided_resolved,
    timed_count, timed_us, rated_count, rating_sum, guided_ended, guided_timed_count, guided_timed_us,
    invalid_duration_count, impact_us, guided_square_ms, unguided_square_ms, scored_count, score_units,
    linked_to_ticket, doc_pushed, time_entry_logged, time_entry_without_doc, doc_without_ticket,
    capture_eligible, captured, unlogged_us
  )
  select 127, session.account_id, counter.quarter, counter.spelling, session.matched_flow_id,
    session.user_id, counter.bucket,
    counter.session_count, counter.resolved, counter.escalated, counter.abandoned, counter.guided,
    counter.exploring, counter.discovery, counter.guided_resolved, counter.timed_count,
    counter.timed_us, counter.rated_count, counter.rating_sum, counter.guided_ended,
    counter.guided_timed_count, counter.guided_timed_us, counter.invalid_duration_count,
    counter.impact_us, counter.guided_square_ms, counter.unguided_square_ms, counter.scored_count,
    counter.score_units,
    push.linked_to_ticket, push.doc_pushed, push.time_entry_logged, push.time_entry_without_doc,
    push.doc_without_ticket, push.capture_eligible, push.captured, push.unlogged_us
  from (
    select 1 as sign, id, account_id, user_id, problem_domain::text, status::text,
    confidence_tier::text, confidence_score, matched_flow_id, session_rating, psa_ticket_id::text,
    created_at, resolved_at
    from new_rows
  ) as session
  cross join lateral analytics.count_session(
    session.created_at, session.resolved_at, session.problem_domain, session.status, session.confidence_tier,
    session.confidence_score::double precision, session.session_rating::integer
  ) as counter
  cross join lateral analytics.count_push(
    analytics.is_linked(session.psa_ticket_id), coalesce(session.status = 'resolved', false),
    analytics.duration_us(session.created_at, session.resolved_at), 0, 0
  ) as push;
  return null;
end
$$;
revoke execute on function analytics.session_inserted() from public;
