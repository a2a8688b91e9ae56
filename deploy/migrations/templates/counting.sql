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
  {{session_types}}
)
language sql immutable parallel safe rows 1
begin atomic
  select
    analytics.bin(interval '15 minutes', created_at),
    coalesce(analytics.trimmed(problem_domain), ''),
    case when resolved and us is not null then analytics.duration_bucket(us) end,
    {{session_triggers}}
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
  {{push_types}}
)
language sql immutable parallel safe rows 1
begin atomic
  select
    {{push_triggers}}
  from (
    select linked, resolved, us, notes > 0 as note, entries > 0 as entry
  ) as session;
end;

comment on function analytics.count_push(boolean, boolean, bigint, integer, integer) is
  'linked: the session has a ticket; us: how long it took; notes, entries: its activities.';

create function analytics.count_activity(activity_type text, hours_logged double precision, named boolean)
returns table (
  {{plain_activity_types}}
)
language sql immutable parallel safe rows 1
begin atomic
  select
    {{plain_activity_triggers}}
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

{{views}}

grant select on analytics.counted_sessions, analytics.counted_pushes to analytics_reader;
grant select on analytics.all_counted_sessions, analytics.all_counted_pushes to analytics_writer;
