create view analytics.{{prefix}}counted_sessions {{options}}as
select session.id, session.created_at, session.account_id, counter.quarter, counter.spelling,
  session.matched_flow_id as flow_id, session.user_id, counter.bucket,
  {{counter_session_columns}}
from {{source}} as session
cross join lateral analytics.count_session(
  session.created_at, session.resolved_at, session.problem_domain, session.status, session.confidence_tier,
  session.confidence_score::double precision, session.session_rating::integer
) as counter;

create view analytics.{{prefix}}counted_pushes {{options}}as
select session.id, session.created_at, session.account_id, place.quarter, place.spelling,
  session.matched_flow_id as flow_id, session.user_id, null::smallint as bucket,
  {{counter_push_columns}}
from {{source}} as session
cross join lateral analytics.place_of(
  session.created_at, session.resolved_at, session.problem_domain, session.status, session.psa_ticket_id
) as place
{{past}}
cross join lateral analytics.count_push(
  place.linked, place.resolved, place.us, coalesce(past.notes, 0), coalesce(past.entries, 0)
) as counter;
