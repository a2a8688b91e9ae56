-- Applies a batch of flow-matched events, and says what became of each: the consumer's hot statement.
--
-- Parameters: binary arrays, one a field, in (partition, offset) order.
--
-- Locks are taken in one order by everybody: inbox ids ascending, then flows ascending. A flow's row is written once a
-- batch, however often it matched.
with record as materialized (
  select *
  from unnest(
    %(event_id)s,
    %(account_id)s,
    %(session_id)s,
    %(flow_id)s,
    %(occurred_at)s
  ) with ordinality as given (event_id, account_id, session_id, flow_id, occurred_at, ordinal)
),
tested as materialized (
  select
    record.ordinal,
    record.event_id,
    record.flow_id,
    record.occurred_at,
    case
      when flow.id is null then 'unknown_flow'
      when session.id is null then 'unknown_session'
      when flow.account_id <> record.account_id or session.account_id <> record.account_id then 'account_mismatch'
    end as reason
  from record
  left join trees as flow on flow.id = record.flow_id
  left join ai_sessions as session on session.id = record.session_id
),
-- Of several deliveries in the batch the first that fits is the one to apply.
fit as materialized (
  select distinct on (event_id) event_id, ordinal, flow_id, occurred_at
  from tested
  where reason is null
  order by event_id, ordinal
),
-- First deliveries only: an id that is there already, or comes from another consumer meanwhile, is not returned.
accepted as (
  insert into analytics.inbox (event_id)
  select event_id from fit order by event_id
  on conflict do nothing
  returning event_id
),
applied as materialized (
  select fit.* from fit join accepted using (event_id)
),
matched as materialized (
  select flow_id, count(*) as matches, max(occurred_at) as last_matched_at from applied group by flow_id
),
-- Not FOR UPDATE: the main application may go on inserting sessions that reference the flow.
locked as materialized (
  select flow.id
  from trees as flow
  join matched on matched.flow_id = flow.id
  order by flow.id
  for no key update of flow
),
counted as (
  update trees as flow
  set
    usage_count = coalesce(flow.usage_count, 0) + matched.matches,
    last_matched_at = greatest(flow.last_matched_at, matched.last_matched_at)
  from matched
  join locked on locked.id = matched.flow_id
  where flow.id = matched.flow_id
  returning matched.matches
),
-- What does not fit is a dead letter, unless its id was applied before: earlier, or earlier in this batch.
dead as materialized (
  select tested.ordinal, tested.reason
  from tested
  where tested.reason is not null
    and not exists (select from analytics.inbox where inbox.event_id = tested.event_id)
    and not exists (
      select from applied where applied.event_id = tested.event_id and applied.ordinal < tested.ordinal
    )
)
select
  (select count(*) from applied) as accepted,
  (select coalesce(sum(matches), 0)::bigint from counted) as written,
  array(select ordinal from dead order by ordinal) as dead_ordinals,
  array(select reason from dead order by ordinal) as dead_reasons
