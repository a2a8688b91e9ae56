  -- Signed sums of sessions that change or go, in the writer's own transaction: the old state counts -1, the new one +1.
  -- Every way of writing comes through here, a cascade and a support fix too.
  --
  -- A session's place in the push funnel depends on its row and on its activities, which two transactions may change at
  -- once without seeing each other. So both write the session's row in session_place, in the order of the ids, and take
  -- the place before their own change from that row: who comes second waits, then sees the first (or fails with a
  -- serialization error under REPEATABLE READ). While there is no row, the place before is what the tables say.
  -- {statements}
  with counted as (
    select change.sign, change.account_id, change.matched_flow_id as flow_id, change.user_id, counter.*
    from (
      {{changes}}
    ) as change
    cross join lateral analytics.count_session(
      change.created_at, change.resolved_at, change.problem_domain, change.status, change.confidence_tier,
      change.confidence_score::double precision, change.session_rating::integer
    ) as counter
  ),
  {{placed}},
  moved as (
    select 1 as sign, {{placed_now}}, counter.*
    from placed cross join lateral analytics.count_push(linked, resolved, us, notes, entries) as counter
    union all
    select -1, {{placed_before}}, counter.*
    from placed
    cross join lateral analytics.count_push(was_linked, was_resolved, was_us, was_notes, was_entries) as counter
    where placed.was_quarter is not null
  ),
  added as (
    insert into analytics.pending_session (
      families, account_id, quarter, spelling, flow_id, user_id, bucket,
      {{session_columns}},
      {{push_columns}}
    )
    select {{all_families}}, account_id, quarter, spelling, flow_id, user_id, bucket,
      {{session_sums}},
      {{push_zeros}}
    from counted
    group by account_id, quarter, spelling, flow_id, user_id, bucket
    having row(
        {{session_sums}}
      ) is distinct from row({{session_zeros}})
    union all
    select {{all_families}}, account_id, quarter, spelling, flow_id, user_id, null::smallint,
      {{session_zeros}},
      {{push_sums}}
    from moved
    group by account_id, quarter, spelling, flow_id, user_id
    having row(
        {{push_sums}}
      ) is distinct from row({{push_zeros}})
  )
  {{rest}}
  -- {statements}
