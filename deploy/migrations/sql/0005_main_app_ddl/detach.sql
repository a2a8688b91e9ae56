-- Takes our views and triggers off the main application's tables, and puts them back, around a migration of its own:
--   select analytics.detach();  alter table ...;  select analytics.attach();
-- As the tables' owner, in one transaction or in several. The rollups are not to be trusted from the first on.

create table analytics.base_view (
  name text constraint pk_base_view primary key,
  table_name text not null,
  columns text[] not null,
  tenant text
);
comment on table analytics.base_view is 'The views that read the main application''s tables; all others read these.';
comment on column analytics.base_view.columns is 'Each: name|type, then perhaps |what stands for null, |its name in the view.';
comment on column analytics.base_view.tenant is 'The column that holds the account; null for every account''s rows.';

create table analytics.detached (
  id integer generated always as identity constraint pk_detached primary key,
  kind text not null constraint ck_detached_kind check (kind in ('view', 'trigger')),
  name text not null,
  definition text not null,
  grants text[] not null default '{}'
);
comment on table analytics.detached is 'What analytics.detach() has taken away and analytics.attach() will put back.';

create function analytics.put_base_view(base analytics.base_view) returns void
language plpgsql set search_path = ''
as $$
declare
  relation regclass := ('public.' || quote_ident(base.table_name))::regclass;
  selected text;
begin
  -- A column that the main application has dropped or renamed reads as null; check-schema names it.
  select string_agg(
    format(
      coalesce('coalesce(%s::%s, ' || nullif(part[3], '') || ') as %I', '%s::%s as %I'),
      case when exists (
        select from pg_attribute where attrelid = relation and attname = part[1] and attnum > 0 and not attisdropped
      ) then quote_ident(part[1]) else 'null' end,
      part[2], coalesce(part[4], part[1])
    ), ', ' order by position
  ) into selected
  from unnest(base.columns) with ordinality as given (written, position)
  cross join lateral (select string_to_array(written, '|') as part) as parts;
  execute format(
    'create view analytics.%I %s as select %s from %s %s', base.name,
    case when base.tenant is not null then 'with (security_barrier)' end, selected, relation,
    'where ' || quote_ident(base.tenant)
      || ' = (select nullif(current_setting(''app.current_account_id'', true), '''')::uuid)'
  );
end
$$;

create function analytics.detach_views() returns void
language plpgsql security definer set search_path = ''
as $$
declare
  view record;
begin
  if exists (select from analytics.detached) then
    return;
  end if;
  perform analytics.give_way('detach', '', 'our triggers were taken away');
  insert into analytics.detached (kind, name, definition)
  select 'trigger', tgname, pg_get_triggerdef(oid)
  from pg_trigger where tgrelid = 'public.ai_sessions'::regclass and tgname like 'analytics\_%'
  order by oid;
  -- Every view of ours that leads to one of the base views, those first that others need.
  for view in
    with recursive reads as (
      select distinct rewritten.ev_class as reader, needed.refobjid as needed
      from pg_rewrite as rewritten
      join pg_depend as needed on needed.classid = 'pg_rewrite'::regclass and needed.objid = rewritten.oid
        and needed.refclassid = 'pg_class'::regclass and needed.refobjid <> rewritten.ev_class
      join pg_class as relation on relation.oid = rewritten.ev_class
      where relation.relnamespace = 'analytics'::regnamespace and relation.relkind = 'v'
    ),
    found as (
      select pg_class.oid, 0 as depth from pg_class join analytics.base_view on relname = name
      where relnamespace = 'analytics'::regnamespace and relkind = 'v'
      union
      select reads.reader, found.depth + 1 from reads join found on found.oid = reads.needed
    )
    select pg_class.oid::regclass as name, relname, pg_get_viewdef(pg_class.oid) as definition, reloptions,
      array(
        select format('grant %s on analytics.%I to %I', privilege_type, relname, grantee::regrole::text)
        from aclexplode(relacl) where grantee <> relowner
      ) as grants
    from (select oid, max(depth) as depth from found group by oid) as each join pg_class using (oid)
    order by depth, relname
  loop
    insert into analytics.detached (kind, name, definition, grants) values (
      'view', view.relname,
      format('create view %s %s as %s', view.name, 'with (' || array_to_string(view.reloptions, ', ') || ')',
        view.definition),
      view.grants
    );
  end loop;
  for view in select name from analytics.detached where kind = 'view' order by id desc loop
    execute format('drop view analytics.%I', view.name);
  end loop;
end
$$;

create function analytics.attach_views() returns setof text
language plpgsql security definer set search_path = ''
as $$
declare
  part record;
  granted text;
begin
  for part in
    select detached.*, base
    from analytics.detached left join analytics.base_view as base on base.name = detached.name
    where kind = 'view' order by id
  loop
    if (part.base).name is not null then
      perform analytics.put_base_view(part.base);
    else
      execute part.definition;
    end if;
    foreach granted in array part.grants loop
      execute granted;
    end loop;
  end loop;
  return query select definition from analytics.detached where kind = 'trigger' order by id;
  delete from analytics.detached;
end
$$;

create function analytics.detach() returns void
language plpgsql set search_path = ''
as $$
declare
  name text;
begin
  perform analytics.detach_views();
  for name in
    select tgname from pg_trigger
    where tgrelid = 'public.ai_sessions'::regclass and tgname like 'analytics\_%' and tgparentid = 0
  loop
    execute format('drop trigger %I on public.ai_sessions', name);
  end loop;
end
$$;

create function analytics.attach() returns void
language plpgsql set search_path = ''
as $$
declare
  definition text;
begin
  for definition in select analytics.attach_views() loop
    execute definition;
  end loop;
end
$$;
