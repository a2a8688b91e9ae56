create or replace function analytics.sessions_truncated() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  truncate analytics.session_place, analytics.pending_session,
    analytics.domain_rollup_hour, analytics.domain_rollup_day, analytics.domain_rollup_week,
    analytics.flow_rollup_hour, analytics.flow_rollup_day, analytics.flow_rollup_week,
    analytics.duration_rollup_hour, analytics.duration_rollup_day, analytics.duration_rollup_week,
    analytics.account_rollup_quarter, analytics.account_rollup_hour, analytics.account_rollup_day,
    analytics.user_rollup_hour, analytics.user_rollup_day, analytics.user_rollup_week,
    analytics.domain_duration_rollup_day, analytics.domain_duration_rollup_week,
    analytics.domain_user_rollup_day, analytics.domain_user_rollup_week;
  return null;
end
$$;
revoke execute on function analytics.sessions_truncated() from public;
