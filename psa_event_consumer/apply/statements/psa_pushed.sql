-- Appends a batch of PSA activities, and says what became of each.
--
-- The parameter is one JSON document: a ticket's id is free text, which no array literal of ours could quote as well.
with record as materialized (
  select *
  from rows from (
    json_to_recordset(%(events)s::text::json) as (
      event_id uuid,
      account_id uuid,
      session_id uuid,
      activity_type text,
      psa_ticket_id text,
      hours_logged double precision,
      occurred_at timestamptz
    )
  ) with ordinality as given (
    event_id, account_id, session_id, activity_type, psa_ticket_id, hours_logged, occurred_at, ordinal
  )
),
tested as materialized (
  select
    record.*,
    case
      when record.session_id is not null and session.id is null then 'unknown_session'
      when account.id is null or session.account_id <> record.account_id then 'account_mismatch'
    end as reason
  from record
  left join accounts as account on account.id = record.account_id
  left join ai_sessions as session on session.id = record.session_id
),
fit as materialized (
  select distinct on (event_id) *
  from tested
  where reason is null
  order by event_id, ordinal
),
accepted as (
  insert into analytics.inbox (event_id)
  select event_id from fit order by event_id
  on conflict do nothing
  returning event_id
),
-- The log's own unique event_id outlives the inbox; sessions in order, as everybody who locks several.
applied as (
  insert into psa_activity_log
    (id, account_id, session_id, activity_type, hours_logged, psa_ticket_id, created_at, event_id)
  select gen_random_uuid(), account_id, session_id, activity_type, hours_logged, psa_ticket_id, occurred_at, event_id
  from fit
  join accepted using (event_id)
  order by session_id, event_id
  on conflict (event_id) do nothing
  returning event_id
),
dead as materialized (
  select tested.ordinal, tested.reason
  from tested
  where tested.reason is not null
    and not exists (select from analytics.inbox where inbox.event_id = tested.event_id)
    and not exists (
      select from fit join applied using (event_id)
      where fit.event_id = tested.event_id and fit.ordinal < tested.ordinal
    )
)
select
  (select count(*) from applied) as accepted,
  (select count(*) from applied) as written,
  array(select ordinal from dead order by ordinal) as dead_ordinals,
  array(select reason from dead order by ordinal) as dead_reasons
