-- The next intents to work on: up to a number for each account and in all, none whose account was asked to wait, and
-- none out of the order on its ticket. Each is leased; a pending one becomes in_flight, an unknown one is looked for.
with account as (
  select account_id,
         %(account_concurrency)s - count(*) filter (where lease_until > now()) as free,
         max(account_paused_until) as paused_until
  from analytics.push_intent
  where state in ('pending', 'in_flight', 'unknown')
  group by account_id
),
candidate as (
  select due.id
  from account
  cross join lateral (
    select intent.id, intent.available_at
    from analytics.push_intent as intent
    where intent.account_id = account.account_id
      and intent.state in ('pending', 'unknown')
      and intent.available_at <= now()
      and (intent.lease_until is null or intent.lease_until <= now())
      and not exists (
        select from analytics.push_intent as other
        where other.account_id = intent.account_id
          and other.ticket_ref = intent.ticket_ref
          and other.state in ('pending', 'in_flight', 'unknown')
          and case
            when intent.kind = 'status_updated' then
              -- What came before a status is in before it. What ends the ticket also waits for what came after, or
              -- the PSA would refuse it, unless a status in between opens the ticket again.
              (other.created_at, other.id) < (intent.created_at, intent.id)
              or other.kind = 'time_entry_posted'
                and coalesce((intent.payload ->> 'closing')::boolean, true)
                and (other.created_at, other.id) > (intent.created_at, intent.id)
                and not exists (
                  select from analytics.push_intent as opening
                  where opening.account_id = intent.account_id
                    and opening.ticket_ref = intent.ticket_ref
                    and opening.state in ('pending', 'in_flight', 'unknown')
                    and opening.kind = 'status_updated'
                    and not coalesce((opening.payload ->> 'closing')::boolean, true)
                    and (opening.created_at, opening.id) > (intent.created_at, intent.id)
                    and (opening.created_at, opening.id) < (other.created_at, other.id)
                )
            when intent.kind = 'time_entry_posted' then
              other.kind = 'status_updated'
              and not coalesce((other.payload ->> 'closing')::boolean, true)
              and (other.created_at, other.id) < (intent.created_at, intent.id)
            else false
          end
      )
    order by intent.available_at, intent.created_at, intent.id
    limit greatest(account.free, 0)
  ) as due
  where account.paused_until is null or account.paused_until <= now()
  order by due.available_at
  limit %(limit)s
),
-- An operator or the erasure of a session may hold a row: it is passed over.
free as (
  select intent.id, intent.state
  from analytics.push_intent as intent
  join candidate on candidate.id = intent.id
  where intent.state in ('pending', 'unknown')
  for no key update of intent skip locked
)
update analytics.push_intent as intent
set state = case intent.state when 'pending' then 'in_flight' else intent.state end,
    attempts = intent.attempts + (intent.state = 'pending')::integer,
    lease_until = clock_timestamp() + %(lease)s,
    claim = gen_random_uuid()
from free
where intent.id = free.id
returning intent.id, intent.claim, intent.account_id, intent.ticket_ref, intent.payload::text as payload,
          intent.attempts, intent.looks, free.state = 'unknown' as to_be_found
