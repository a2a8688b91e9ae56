  select array_agg(session_id), array_agg(account_id), array_agg(spelling), array_agg(was_account_id),
    array_agg(was_spelling)
  into sessions, accounts, spellings, was_accounts, was_spellings
  from placed
  where (account_id, spelling) is distinct from (was_account_id, was_spelling);

  if sessions is not null then
    -- What was pushed for them goes with them from one domain to the other. A statement of its own: under READ COMMITTED
    -- it sees what whoever held the rows above has committed.
    insert into analytics.pending_activity (
      families, account_id, quarter, spelling,
      {{plain_activity_columns}}
    )
    select {{domain_activity}}, account_id, quarter, spelling,
      {{plain_activity_sums}}
    from (
      select side.sign, side.account_id, analytics.bin('15 minutes', activity.created_at) as quarter, side.spelling,
        counter.*
      from (
        select 1 as sign, new_side.* from unnest(sessions, accounts, spellings) as new_side (id, account_id, spelling)
        union all
        select -1, old_side.* from unnest(sessions, was_accounts, was_spellings) as old_side (id, account_id, spelling)
      ) as side
      join public.psa_activity_log as activity
        on activity.session_id = side.id and activity.account_id is not distinct from side.account_id
      cross join lateral analytics.count_activity(activity.activity_type, activity.hours_logged, true) as counter
      where side.spelling <> ''
    ) as moved
    group by account_id, quarter, spelling
    having row(
        {{plain_activity_sums}}
      ) is distinct from row({{plain_activity_zeros}});
  end if;
