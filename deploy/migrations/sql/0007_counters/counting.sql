-- What one session, and one push, adds to the sums, in one place: the triggers, the first filling, the reconciliation
-- and the edges of a period all count with these functions. They are written so that the planner inlines them, and so
-- that no value fails: a trigger that raises would refuse the main application its own write.

drop view if exists analytics.counted_sessions, analytics.counted_pushes,
  analytics.all_counted_sessions, analytics.all_counted_pushes;
drop function if exists
  analytics.count_session(timestamptz, timestamptz, text, text, text, double precision, integer),
  analytics.count_push(boolean, boolean, bigint, integer, integer),
  analytics.count_activity(text, double precision, boolean);

-- Null where the session did not end after its start, or an instant lies outside our calendar.
create or replace function analytics.duration_us(created_at timestamptz, resolved_at timestamptz) returns bigint
language sql immutable parallel safe
return case
  when created_at >= timestamptz '1900-01-01 00:00+00' and resolved_at < timestamptz '3000-01-01 00:00+00'
    and resolved_at >= created_at
  then (extract(epoch from resolved_at - created_at) * 1000000)::bigint
end;

create or replace function analytics.text_hash(value text) returns uuid
language sql immutable parallel safe
return encode(substr(sha256(convert_to(value, 'UTF8')), 1, 16), 'hex')::uuid;

create or replace function analytics.domain_hash(spelling text) returns uuid
language sql immutable parallel safe
return encode(substr(sha256(convert_to(lower(spelling collate "default"), 'UTF8')), 1, 16), 'hex')::uuid;

comment on function analytics.domain_hash(text) is 'The same for all spellings of a domain.';

create function analytics.count_session(
  created_at timestamptz, resolved_at timestamptz, problem_domain text, status text, tier text,
  confidence_score double precision, rating integer
)
returns table (
  quarter timestamptz,
  spelling text,
  bucket smallint,
  session_count integer,
  resolved integer,
  escalated integer,
  abandoned integer,
  guided integer,
  exploring integer,
  discovery integer,
  guided_resolved integer,
  timed_count integer,
  timed_us bigint,
  rated_count integer,
  rating_sum integer,
  guided_ended integer,
  guided_timed_count integer,
  guided_timed_us bigint,
  invalid_duration_count integer,
  impact_us bigint,
  guided_square_ms numeric,
  unguided_square_ms numeric,
  scored_count integer,
  score_units bigint
)
language sql immutable parallel safe rows 1
begin atomic
  select
    analytics.bin(interval '15 minutes', created_at),
    coalesce(analytics.trimmed(problem_domain), ''),
    case when resolved and us is not null then analytics.duration_bucket(us) end,
    1,
    (resolved)::integer,
    (escalated)::integer,
    (abandoned)::integer,
    (guided)::integer,
    (exploring)::integer,
    (discovery)::integer,
    (guided and resolved)::integer,
    case when resolved then (us is not null)::integer else 0 end,
    case when resolved then coalesce(us, 0) else 0 end,
    (rating is not null)::integer,
    coalesce(rating, 0),
    (guided and ended)::integer,
    case when guided and resolved then (us is not null)::integer else 0 end,
    case when guided and resolved then coalesce(us, 0) else 0 end,
    case when resolved then backward::integer else 0 end,
    case when ended and not guided then least(coalesce(us, 0), 28800000000) else 0 end,
    case when guided and resolved then coalesce(((us + 500) / 1000)::numeric * ((us + 500) / 1000), 0) else 0 end,
    case when resolved and not guided then coalesce(((us + 500) / 1000)::numeric * ((us + 500) / 1000), 0) else 0 end,
    (score is not null)::integer,
    coalesce(score, 0)
  from (
    select
      coalesce(status = 'resolved', false) as resolved,
      coalesce(status = 'escalated', false) as escalated,
      coalesce(status = 'abandoned', false) as abandoned,
      coalesce(status in ('resolved', 'escalated', 'abandoned'), false) as ended,
      coalesce(tier = 'guided', false) as guided,
      coalesce(tier = 'exploring', false) as exploring,
      coalesce(tier = 'discovery', false) as discovery,
      coalesce(resolved_at < created_at, false) as backward,
      analytics.units(confidence_score, 1000000) as score,
      rating,
      duration.us
    from (
      select analytics.duration_us(created_at, resolved_at) as us
      offset 0  -- computed once: the planner would copy it into each of its uses
    ) as duration
  ) as session;
end;

create function analytics.count_push(linked boolean, resolved boolean, us bigint, notes integer, entries integer)
returns table (
  linked_to_ticket integer,
  doc_pushed integer,
  time_entry_logged integer,
  time_entry_without_doc integer,
  doc_without_ticket integer,
  capture_eligible integer,
  captured integer,
  unlogged_us bigint
)
language sql immutable parallel safe rows 1
begin atomic
  select
    (linked)::integer,
    (linked and note)::integer,
    (linked and note and entry)::integer,
    (entry and not note)::integer,
    (note and not linked)::integer,
    (linked and resolved)::integer,
    (linked and resolved and entry)::integer,
    case when linked and resolved and not entry then least(coalesce(us, 0), 28800000000) else 0 end
  from (
    select linked, resolved, us, notes > 0 as note, entries > 0 as entry
  ) as session;
end;

comment on function analytics.count_push(boolean, boolean, bigint, integer, integer) is
  'linked: the session has a ticket; us: how long it took; notes, entries: its activities.';

create function analytics.count_activity(activity_type text, hours_logged double precision, named boolean)
returns table (
  entries integer,
  hour_units bigint,
  session_hour_units bigint,
  notes integer,
  status_updates integer
)
language sql immutable parallel safe rows 1
begin atomic
  select
    (is_entry)::integer,
    case when is_entry then units else 0 end,
    case when is_entry and named then units else 0 end,
    (is_note)::integer,
    (is_status)::integer
  from (
    select
      activity_type = 'time_entry_posted' as is_entry,
      activity_type = 'note_posted' as is_note,
      activity_type = 'status_updated' as is_status,
      named,
      coalesce(analytics.units(hours_logged, 10000), 0) as units
    offset 0
  ) as activity;
end;

-- A session's place in the push funnel, but for what was pushed.
create or replace function analytics.place_of(
  created_at timestamptz, resolved_at timestamptz, problem_domain text, status text, ticket text
)
returns table (quarter timestamptz, spelling text, linked boolean, resolved boolean, us bigint)
language sql immutable parallel safe rows 1
begin atomic
  select
    analytics.bin(interval '15 minutes', created_at),
    coalesce(analytics.trimmed(problem_domain), ''),
    analytics.is_linked(ticket),
    coalesce(status = 'resolved', false),
    analytics.duration_us(created_at, resolved_at);
end;

create view analytics.counted_sessions with (security_barrier) as
select session.id, session.created_at, session.account_id, counter.quarter, counter.spelling,
  session.matched_flow_id as flow_id, session.user_id, counter.bucket,
  counter.session_count, counter.resolved, counter.escalated, counter.abandoned, counter.guided,
  counter.exploring, counter.discovery, counter.guided_resolved, counter.timed_count,
  counter.timed_us, counter.rated_count, counter.rating_sum, counter.guided_ended,
  counter.guided_timed_count, counter.guided_timed_us, counter.invalid_duration_count,
  counter.impact_us, counter.guided_square_ms, counter.unguided_square_ms, counter.scored_count,
  counter.score_units
from analytics.sessions as session
cross join lateral analytics.count_session(
  session.created_at, session.resolved_at, session.problem_domain, session.status, session.confidence_tier,
  session.confidence_score::double precision, session.session_rating::integer
) as counter;

create view analytics.counted_pushes with (security_barrier) as
select session.id, session.created_at, session.account_id, place.quarter, place.spelling,
  session.matched_flow_id as flow_id, session.user_id, null::smallint as bucket,
  counter.linked_to_ticket, counter.doc_pushed, counter.time_entry_logged,
  counter.time_entry_without_doc, counter.doc_without_ticket, counter.capture_eligible,
  counter.captured, counter.unlogged_us
from analytics.sessions as session
cross join lateral analytics.place_of(
  session.created_at, session.resolved_at, session.problem_domain, session.status, session.psa_ticket_id
) as place
cross join lateral (
  select count(*) filter (where activity.activity_type = 'note_posted')::integer as notes,
    count(*) filter (where activity.activity_type = 'time_entry_posted')::integer as entries
  from public.psa_activity_log as activity
  where activity.session_id = session.id and activity.account_id is not distinct from session.account_id
) as past
cross join lateral analytics.count_push(
  place.linked, place.resolved, place.us, coalesce(past.notes, 0), coalesce(past.entries, 0)
) as counter;

create view analytics.all_counted_sessions as
select session.id, session.created_at, session.account_id, counter.quarter, counter.spelling,
  session.matched_flow_id as flow_id, session.user_id, counter.bucket,
  counter.session_count, counter.resolved, counter.escalated, counter.abandoned, counter.guided,
  counter.exploring, counter.discovery, counter.guided_resolved, counter.timed_count,
  counter.timed_us, counter.rated_count, counter.rating_sum, counter.guided_ended,
  counter.guided_timed_count, counter.guided_timed_us, counter.invalid_duration_count,
  counter.impact_us, counter.guided_square_ms, counter.unguided_square_ms, counter.scored_count,
  counter.score_units
from analytics.all_sessions as session
cross join lateral analytics.count_session(
  session.created_at, session.resolved_at, session.problem_domain, session.status, session.confidence_tier,
  session.confidence_score::double precision, session.session_rating::integer
) as counter;

create view analytics.all_counted_pushes as
select session.id, session.created_at, session.account_id, place.quarter, place.spelling,
  session.matched_flow_id as flow_id, session.user_id, null::smallint as bucket,
  counter.linked_to_ticket, counter.doc_pushed, counter.time_entry_logged,
  counter.time_entry_without_doc, counter.doc_without_ticket, counter.capture_eligible,
  counter.captured, counter.unlogged_us
from analytics.all_sessions as session
cross join lateral analytics.place_of(
  session.created_at, session.resolved_at, session.problem_domain, session.status, session.psa_ticket_id
) as place
left join (
  select session_id, account_id, (count(*) filter (where activity_type = 'note_posted'))::integer as notes,
    (count(*) filter (where activity_type = 'time_entry_posted'))::integer as entries
  from public.psa_activity_log
  where session_id is not null
  group by session_id, account_id
) as past on past.session_id = session.id and past.account_id = session.account_id
cross join lateral analytics.count_push(
  place.linked, place.resolved, place.us, coalesce(past.notes, 0), coalesce(past.entries, 0)
) as counter;


grant select on analytics.counted_sessions, analytics.counted_pushes to analytics_reader;
grant select on analytics.all_counted_sessions, analytics.all_counted_pushes to analytics_writer;
