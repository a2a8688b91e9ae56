"""A column that the main application has dropped fails the questions that read it, by name, and no others.

The views showed it as null, which makes wrong numbers of all but a measure that nobody takes any more; and they went on
to, after it had come back.
"""

from alembic import op

revision = "0009_gone_columns"
down_revision = "0008_traced_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local role analytics_owner")
    # Stable: a query that does not need the column never calls it, and nothing calls it while planning.
    op.execute(
        """
        create function analytics.gone(name text) returns text
        language plpgsql stable parallel safe set search_path = ''
        as $$
        begin
          raise exception 'column % of the main application is gone', name using errcode = 'FP001',
            hint = 'Put it back, then run python -m deploy.migrations upgrade.';
        end
        $$;
        revoke execute on function analytics.gone(text) from public;
        grant execute on function analytics.gone(text) to analytics_reader, analytics_writer;

        create or replace function analytics.put_base_view(base analytics.base_view) returns void
        language plpgsql set search_path = ''
        as $$
        declare
          relation regclass := to_regclass('public.' || quote_ident(base.table_name));
          read text[] := array(
            select case when exists (
              select from pg_attribute
              where attrelid = relation and attname = name and attnum > 0 and not attisdropped
            ) then quote_ident(name)
            when split_part(written, '|', 5) <> '' then 'null'
            else format('analytics.gone(%L)', base.table_name || '.' || name) end
            from unnest(base.columns || coalesce(base.tenant, 'id')) with ordinality as given (written, position)
            cross join lateral split_part(written, '|', 1) as name
            order by position
          );
          selected text;
        begin
          select string_agg(
            format(
              coalesce('coalesce(%s::%s, ' || nullif(part[3], '') || ') as %I', '%s::%s as %I'),
              read[position], part[2], coalesce(nullif(part[4], ''), part[1])
            ), ', ' order by position
          ) into selected
          from unnest(base.columns) with ordinality as given (written, position)
          cross join lateral string_to_array(written, '|') as part;
          execute format(
            'create view analytics.%I %s as select %s %s %s', base.name,
            case when base.tenant is not null then 'with (security_barrier)' end, selected, 'from ' || relation,
            'where ' || case when base.tenant is not null then read[cardinality(read)] end
              || '::uuid = (select nullif(current_setting(''app.current_account_id'', true), '''')::uuid)'
          );
        end
        $$;

        update analytics.base_view set columns = array(
          select written || case
            when split_part(written, '|', 1) in ('session_rating', 'confidence_score', 'match_score')
            then '|||null where it is gone' else '' end
          from unnest(columns) with ordinality as given (written, position) order by position
        );
        comment on column analytics.base_view.columns is
          'Each: name|type, then perhaps |what stands for null, |its name in the view, |whether it may be gone.';

        create function analytics.lacks_what_is_back() returns boolean
        language sql security definer set search_path = ''
        as $$
          select exists (
            select from analytics.base_view as base
            join pg_class as view on view.relnamespace = 'analytics'::regnamespace and view.relname = base.name
            cross join lateral pg_get_viewdef(view.oid) as definition
            cross join lateral unnest(base.columns || coalesce(base.tenant, 'id')) as written
            cross join lateral string_to_array(written, '|') as part
            join pg_attribute as back on back.attrelid = to_regclass('public.' || quote_ident(base.table_name))
              and back.attname = part[1] and back.attnum > 0 and not back.attisdropped
            where strpos(definition, format('gone(%L', base.table_name || '.' || part[1])) > 0
              or strpos(definition, format('NULL::%s AS %I', part[2], part[1])) > 0
          )
        $$;
        revoke execute on function analytics.lacks_what_is_back() from public;

        create or replace function analytics.attach() returns void
        language plpgsql set search_path = ''
        as $$
        declare
          definition text;
        begin
          if analytics.lacks_what_is_back() then
            perform analytics.detach();
          end if;
          for definition in select analytics.attach_views() loop
            execute definition;
          end loop;
        end
        $$;
        """
    )
    op.execute(
        """
        do $$
        begin
          execute format(
            'grant execute on function analytics.lacks_what_is_back() to %s',
            (select relowner::regrole from pg_class where oid = 'public.ai_sessions'::regclass)
          );
        end $$
        """
    )
    op.execute("reset role")
