-- What one session adds to the sums, in one place: the triggers, the first filling, the reconciliation and the edges of
-- a period all count with these functions. They are written so that the planner inlines them, and so that no value
-- fails: a trigger that raises would refuse the main application its own write.

create function analytics.trimmed(value text) returns text
language sql immutable parallel safe
return btrim(value, E' \t\n\r\f\x0b');

create function analytics.duration_bucket(us bigint) returns smallint
language sql immutable parallel safe
return case when us < 1000000 then 0 else 1 + floor(ln(us / 1e6::double precision) / ln(1.02::double precision)) end;

comment on function analytics.duration_bucket(bigint) is
  'Bucket 0 holds what is below one second; bucket n holds 1.02^(n-1) to 1.02^n seconds.';

-- An instant outside our calendar belongs to no period: it is kept apart, where no arithmetic can overflow.
create function analytics.bin(width interval, instant timestamptz) returns timestamptz
language sql immutable parallel safe
return case
  when instant < timestamptz '1900-01-01 00:00+00' or instant >= timestamptz '3000-01-01 00:00+00'
    then timestamptz '-infinity'
  else date_bin(width, instant, timestamptz '1900-01-01 00:00+00')  -- a Monday
end;

create function analytics.units(value double precision, per_one integer) returns bigint
language sql immutable parallel safe
return case
  when value between -1000000 and 1000000 then round(value::text::numeric * per_one)::bigint
end;

create function analytics.session_counters(
  created_at timestamptz, resolved_at timestamptz, problem_domain text, status text, tier text,
  confidence_score double precision, rating integer
)
returns table (
  hour timestamptz, spelling text, bucket smallint, session_count integer, resolved integer, escalated integer,
  abandoned integer, guided integer, exploring integer, discovery integer, guided_resolved integer,
  guided_ended integer, timed_count integer, timed_us bigint, guided_timed_count integer, guided_timed_us bigint,
  invalid_duration_count integer, rated_count integer, rating_sum integer, impact_us bigint, scored_count integer,
  score_units bigint
)
language sql immutable parallel safe rows 1
begin atomic
  select
    analytics.bin(interval '1 hour', created_at),
    coalesce(analytics.trimmed(problem_domain), ''),
    case when is_timed then analytics.duration_bucket(us) end,
    1,
    is_resolved::integer,
    is_escalated::integer,
    is_abandoned::integer,
    is_guided::integer,
    coalesce(tier = 'exploring', false)::integer,
    coalesce(tier = 'discovery', false)::integer,
    (is_guided and is_resolved)::integer,
    (is_guided and is_ended)::integer,
    is_timed::integer,
    case when is_timed then us else 0 end,
    (is_guided and is_timed)::integer,
    case when is_guided and is_timed then us else 0 end,
    (is_resolved and coalesce(resolved_at < created_at, false))::integer,
    (rating is not null)::integer,
    coalesce(rating, 0),
    case when is_ended and not is_guided and us >= 0 then least(us, 28800000000) else 0 end,
    (score is not null)::integer,
    coalesce(score, 0)
  from (
    select
      coalesce(status = 'resolved', false) as is_resolved,
      coalesce(status = 'escalated', false) as is_escalated,
      coalesce(status = 'abandoned', false) as is_abandoned,
      coalesce(status in ('resolved', 'escalated', 'abandoned'), false) as is_ended,
      coalesce(tier = 'guided', false) as is_guided,
      analytics.units(confidence_score, 1000000) as score,
      duration.us,
      coalesce(status = 'resolved' and duration.us >= 0, false) as is_timed
    from (
      select case
        when created_at >= timestamptz '1900-01-01 00:00+00' and resolved_at < timestamptz '3000-01-01 00:00+00'
          and resolved_at >= created_at
        then (extract(epoch from resolved_at - created_at) * 1000000)::bigint
      end as us
      offset 0  -- computed once: the planner would copy it into each of its uses
    ) as duration
  ) as session;
end;

create function analytics.push_counters(linked boolean, eligible boolean, notes integer, entries integer)
returns table (
  linked_to_ticket integer, doc_pushed integer, time_entry_logged integer, time_entry_without_doc integer,
  doc_without_ticket integer, capture_eligible integer, captured integer
)
language sql immutable parallel safe rows 1
begin atomic
  select
    linked::integer,
    (linked and notes > 0)::integer,
    (linked and notes > 0 and entries > 0)::integer,
    (entries > 0 and not notes > 0)::integer,
    (notes > 0 and not linked)::integer,
    eligible::integer,
    (eligible and entries > 0)::integer;
end;

comment on function analytics.push_counters(boolean, boolean, integer, integer) is
  'linked: the session has a ticket; eligible: and is resolved; notes, entries: activities of the session.';

create function analytics.is_linked(ticket text) returns boolean
language sql immutable parallel safe
return coalesce(analytics.trimmed(ticket), '') <> '';

create function analytics.activity_counters(activity_type text, hours_logged double precision, names_session boolean)
returns table (
  entries integer, hour_units bigint, session_hour_units bigint, notes integer, status_updates integer
)
language sql immutable parallel safe rows 1
begin atomic
  select
    is_entry::integer,
    units,
    case when names_session then units else 0 end,
    (activity_type = 'note_posted')::integer,
    (activity_type = 'status_updated')::integer
  from (
    select activity_type = 'time_entry_posted' as is_entry,
      case when activity_type = 'time_entry_posted' then coalesce(analytics.units(hours_logged, 10000), 0) else 0 end
        as units
    offset 0
  ) as activity;
end;
