create or replace function analytics.{{name}}() returns trigger
language plpgsql security definer set search_path = ''
{{settings}}as $$
{{declarations}}begin
  {{body}}
  return {{result}};
end
$$;
revoke execute on function analytics.{{name}}() from public;
