-- After a large fold the planner knows as little of the rollups as of empty tables, until autovacuum comes by.
create function analytics.analyze_rollups() returns void
language plpgsql security definer set search_path = ''
as $$
declare
  filled name;
begin
  for filled in
    select relname from pg_catalog.pg_class
    where relnamespace = 'analytics'::regnamespace and relkind = 'r'
      and (relname like '%\_rollup\_%' or relname like 'pending\_%')
    order by relname
  loop
    execute format('analyze analytics.%I', filled);
  end loop;
end
$$;
revoke execute on function analytics.analyze_rollups() from public;
grant execute on function analytics.analyze_rollups() to analytics_writer;
