-- The rollups, what is pending for them, and who may what with them.

create table analytics.pending_session (
  families smallint not null,
  account_id uuid not null,
  quarter timestamptz not null,
  spelling text default '' not null,
  flow_id uuid,
  user_id uuid,
  bucket smallint,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  guided_ended integer default 0 not null,
  guided_timed_count integer default 0 not null,
  guided_timed_us bigint default 0 not null,
  invalid_duration_count integer default 0 not null,
  impact_us bigint default 0 not null,
  guided_square_ms numeric default 0 not null,
  unguided_square_ms numeric default 0 not null,
  scored_count integer default 0 not null,
  score_units bigint default 0 not null,
  linked_to_ticket integer default 0 not null,
  doc_pushed integer default 0 not null,
  time_entry_logged integer default 0 not null,
  time_entry_without_doc integer default 0 not null,
  doc_without_ticket integer default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, vacuum_truncate = off);
comment on column analytics.pending_session.families
  is 'Which rollups it belongs to: 1 domain, 2 flow, 4 duration, 8 account, 16 user, 32 domain_duration, 64 domain_user.';

create table analytics.pending_activity (
  families smallint not null,
  account_id uuid not null,
  quarter timestamptz not null,
  spelling text default '' not null,
  entries integer default 0 not null,
  hour_units bigint default 0 not null,
  session_hour_units bigint default 0 not null,
  notes integer default 0 not null,
  status_updates integer default 0 not null,
  first_entries integer default 0 not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, vacuum_truncate = off);
comment on column analytics.pending_activity.families
  is 'Which rollups it belongs to: 1 activity, 2 domain_activity.';

create table analytics.pending_entry_gap (
  account_id uuid not null,
  from_quarter timestamptz not null,
  to_quarter timestamptz not null,
  session_count integer not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, vacuum_truncate = off);

create table analytics.domain_rollup_hour (
  account_id uuid not null,
  start timestamptz not null,
  spelling_hash uuid not null,
  spelling text not null,
  domain_hash uuid not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  guided_ended integer default 0 not null,
  guided_timed_count integer default 0 not null,
  guided_timed_us bigint default 0 not null,
  invalid_duration_count integer default 0 not null,
  impact_us bigint default 0 not null,
  guided_square_ms numeric default 0 not null,
  unguided_square_ms numeric default 0 not null,
  linked_to_ticket integer default 0 not null,
  doc_pushed integer default 0 not null,
  time_entry_logged integer default 0 not null,
  time_entry_without_doc integer default 0 not null,
  doc_without_ticket integer default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  constraint pk_domain_rollup_hour primary key (account_id, start, spelling_hash)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
create index ix_domain_rollup_hour_account_id_domain_hash_start
  on analytics.domain_rollup_hour ("account_id", "domain_hash", "start");

create table analytics.domain_rollup_day (
  account_id uuid not null,
  start timestamptz not null,
  spelling_hash uuid not null,
  spelling text not null,
  domain_hash uuid not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  guided_ended integer default 0 not null,
  guided_timed_count integer default 0 not null,
  guided_timed_us bigint default 0 not null,
  invalid_duration_count integer default 0 not null,
  impact_us bigint default 0 not null,
  guided_square_ms numeric default 0 not null,
  unguided_square_ms numeric default 0 not null,
  linked_to_ticket integer default 0 not null,
  doc_pushed integer default 0 not null,
  time_entry_logged integer default 0 not null,
  time_entry_without_doc integer default 0 not null,
  doc_without_ticket integer default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  constraint pk_domain_rollup_day primary key (account_id, start, spelling_hash)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
create index ix_domain_rollup_day_account_id_domain_hash_start
  on analytics.domain_rollup_day ("account_id", "domain_hash", "start");

create table analytics.domain_rollup_week (
  account_id uuid not null,
  start timestamptz not null,
  spelling_hash uuid not null,
  spelling text not null,
  domain_hash uuid not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  guided_ended integer default 0 not null,
  guided_timed_count integer default 0 not null,
  guided_timed_us bigint default 0 not null,
  invalid_duration_count integer default 0 not null,
  impact_us bigint default 0 not null,
  guided_square_ms numeric default 0 not null,
  unguided_square_ms numeric default 0 not null,
  linked_to_ticket integer default 0 not null,
  doc_pushed integer default 0 not null,
  time_entry_logged integer default 0 not null,
  time_entry_without_doc integer default 0 not null,
  doc_without_ticket integer default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  constraint pk_domain_rollup_week primary key (account_id, start, spelling_hash)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
create index ix_domain_rollup_week_account_id_domain_hash_start
  on analytics.domain_rollup_week ("account_id", "domain_hash", "start");

create table analytics.flow_rollup_hour (
  account_id uuid not null,
  start timestamptz not null,
  flow_id uuid not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  scored_count integer default 0 not null,
  score_units bigint default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  constraint pk_flow_rollup_hour primary key (account_id, start, flow_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
create index ix_flow_rollup_hour_account_id_flow_id_start
  on analytics.flow_rollup_hour ("account_id", "flow_id", "start");

create table analytics.flow_rollup_day (
  account_id uuid not null,
  start timestamptz not null,
  flow_id uuid not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  scored_count integer default 0 not null,
  score_units bigint default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  constraint pk_flow_rollup_day primary key (account_id, start, flow_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
create index ix_flow_rollup_day_account_id_flow_id_start
  on analytics.flow_rollup_day ("account_id", "flow_id", "start");

create table analytics.flow_rollup_week (
  account_id uuid not null,
  start timestamptz not null,
  flow_id uuid not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  scored_count integer default 0 not null,
  score_units bigint default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  constraint pk_flow_rollup_week primary key (account_id, start, flow_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
create index ix_flow_rollup_week_account_id_flow_id_start
  on analytics.flow_rollup_week ("account_id", "flow_id", "start");

create table analytics.duration_rollup_hour (
  account_id uuid not null,
  start timestamptz not null,
  bucket smallint not null,
  timed_count integer default 0 not null,
  constraint pk_duration_rollup_hour primary key (account_id, start, bucket)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);

create table analytics.duration_rollup_day (
  account_id uuid not null,
  start timestamptz not null,
  bucket smallint not null,
  timed_count integer default 0 not null,
  constraint pk_duration_rollup_day primary key (account_id, start, bucket)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);

create table analytics.duration_rollup_week (
  account_id uuid not null,
  start timestamptz not null,
  bucket smallint not null,
  timed_count integer default 0 not null,
  constraint pk_duration_rollup_week primary key (account_id, start, bucket)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);

create table analytics.account_rollup_quarter (
  account_id uuid not null,
  start timestamptz not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  linked_to_ticket integer default 0 not null,
  doc_pushed integer default 0 not null,
  time_entry_logged integer default 0 not null,
  time_entry_without_doc integer default 0 not null,
  doc_without_ticket integer default 0 not null,
  constraint pk_account_rollup_quarter primary key (account_id, start)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);

create table analytics.account_rollup_hour (
  account_id uuid not null,
  start timestamptz not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  linked_to_ticket integer default 0 not null,
  doc_pushed integer default 0 not null,
  time_entry_logged integer default 0 not null,
  time_entry_without_doc integer default 0 not null,
  doc_without_ticket integer default 0 not null,
  constraint pk_account_rollup_hour primary key (account_id, start)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);

create table analytics.account_rollup_day (
  account_id uuid not null,
  start timestamptz not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  linked_to_ticket integer default 0 not null,
  doc_pushed integer default 0 not null,
  time_entry_logged integer default 0 not null,
  time_entry_without_doc integer default 0 not null,
  doc_without_ticket integer default 0 not null,
  constraint pk_account_rollup_day primary key (account_id, start)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);

create table analytics.user_rollup_hour (
  account_id uuid not null,
  start timestamptz not null,
  user_id uuid not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  constraint pk_user_rollup_hour primary key (account_id, start, user_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);

create table analytics.user_rollup_day (
  account_id uuid not null,
  start timestamptz not null,
  user_id uuid not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  constraint pk_user_rollup_day primary key (account_id, start, user_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);

create table analytics.user_rollup_week (
  account_id uuid not null,
  start timestamptz not null,
  user_id uuid not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  constraint pk_user_rollup_week primary key (account_id, start, user_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);

create table analytics.domain_duration_rollup_day (
  account_id uuid not null,
  start timestamptz not null,
  domain_hash uuid not null,
  bucket smallint not null,
  timed_count integer default 0 not null,
  constraint pk_domain_duration_rollup_day primary key (account_id, start, domain_hash, bucket)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
create index ix_domain_duration_rollup_day_account_id_domain_hash_start
  on analytics.domain_duration_rollup_day ("account_id", "domain_hash", "start");

create table analytics.domain_duration_rollup_week (
  account_id uuid not null,
  start timestamptz not null,
  domain_hash uuid not null,
  bucket smallint not null,
  timed_count integer default 0 not null,
  constraint pk_domain_duration_rollup_week primary key (account_id, start, domain_hash, bucket)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
create index ix_domain_duration_rollup_week_account_id_domain_hash_start
  on analytics.domain_duration_rollup_week ("account_id", "domain_hash", "start");

create table analytics.domain_user_rollup_day (
  account_id uuid not null,
  start timestamptz not null,
  domain_hash uuid not null,
  user_id uuid not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  constraint pk_domain_user_rollup_day primary key (account_id, start, domain_hash, user_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
create index ix_domain_user_rollup_day_account_id_domain_hash_start
  on analytics.domain_user_rollup_day ("account_id", "domain_hash", "start");

create table analytics.domain_user_rollup_week (
  account_id uuid not null,
  start timestamptz not null,
  domain_hash uuid not null,
  user_id uuid not null,
  session_count integer default 0 not null,
  resolved integer default 0 not null,
  escalated integer default 0 not null,
  abandoned integer default 0 not null,
  guided integer default 0 not null,
  exploring integer default 0 not null,
  discovery integer default 0 not null,
  guided_resolved integer default 0 not null,
  timed_count integer default 0 not null,
  timed_us bigint default 0 not null,
  rated_count integer default 0 not null,
  rating_sum integer default 0 not null,
  capture_eligible integer default 0 not null,
  captured integer default 0 not null,
  unlogged_us bigint default 0 not null,
  constraint pk_domain_user_rollup_week primary key (account_id, start, domain_hash, user_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
create index ix_domain_user_rollup_week_account_id_domain_hash_start
  on analytics.domain_user_rollup_week ("account_id", "domain_hash", "start");

create table analytics.activity_rollup_quarter (
  account_id uuid not null,
  start timestamptz not null,
  entries integer default 0 not null,
  hour_units bigint default 0 not null,
  session_hour_units bigint default 0 not null,
  notes integer default 0 not null,
  status_updates integer default 0 not null,
  first_entries integer default 0 not null,
  constraint pk_activity_rollup_quarter primary key (account_id, start)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);

create table analytics.domain_activity_rollup_quarter (
  account_id uuid not null,
  start timestamptz not null,
  domain_hash uuid not null,
  entries integer default 0 not null,
  hour_units bigint default 0 not null,
  session_hour_units bigint default 0 not null,
  notes integer default 0 not null,
  status_updates integer default 0 not null,
  constraint pk_domain_activity_rollup_quarter primary key (account_id, start, domain_hash)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
create index ix_domain_activity_rollup_quarter_account_id_domain_hash_start
  on analytics.domain_activity_rollup_quarter ("account_id", "domain_hash", "start");

create table analytics.entry_gap_rollup_quarter (
  account_id uuid not null,
  to_quarter timestamptz not null,
  from_quarter timestamptz not null,
  session_count integer not null,
  constraint pk_entry_gap_rollup_quarter primary key (account_id, to_quarter, from_quarter)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);
create index ix_entry_gap_rollup_quarter_account_id_from_quarter
  on analytics.entry_gap_rollup_quarter ("account_id", "from_quarter");

create table analytics.entry_gap_rollup_day (
  account_id uuid not null,
  to_day timestamptz not null,
  from_day timestamptz not null,
  session_count integer not null,
  constraint pk_entry_gap_rollup_day primary key (account_id, to_day, from_day)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off);

create table analytics.session_place (
  session_id uuid not null,
  account_id uuid not null,
  quarter timestamptz not null,
  spelling text not null,
  flow_id uuid,
  user_id uuid,
  linked boolean not null,
  resolved boolean not null,
  us bigint,
  notes integer not null,
  entries integer not null,
  was_account_id uuid,
  was_quarter timestamptz,
  was_spelling text,
  was_flow_id uuid,
  was_user_id uuid,
  was_linked boolean,
  was_resolved boolean,
  was_us bigint,
  was_notes integer,
  was_entries integer,
  leaving JSONB,
  constraint pk_session_place primary key (session_id)
) with (fillfactor = 80);
comment on column analytics.session_place.leaving
  is 'While the session is being deleted: what each of its activities counts.';
comment on table analytics.session_place
  is 'Where the triggers of sessions and of activities meet. was_*: before the last change.';

-- The owner of the triggers sees all; the reader its account's rows; the consumer folds.
alter table analytics.pending_session enable row level security;
create policy owner on analytics.pending_session to analytics_owner using (true) with check (true);
create policy reader on analytics.pending_session for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.pending_session to analytics_writer using (true) with check (true);
grant select on analytics.pending_session to analytics_reader;
grant select, insert, update, delete on analytics.pending_session to analytics_writer;

alter table analytics.pending_activity enable row level security;
create policy owner on analytics.pending_activity to analytics_owner using (true) with check (true);
create policy reader on analytics.pending_activity for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.pending_activity to analytics_writer using (true) with check (true);
grant select on analytics.pending_activity to analytics_reader;
grant select, insert, update, delete on analytics.pending_activity to analytics_writer;

alter table analytics.pending_entry_gap enable row level security;
create policy owner on analytics.pending_entry_gap to analytics_owner using (true) with check (true);
create policy reader on analytics.pending_entry_gap for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.pending_entry_gap to analytics_writer using (true) with check (true);
grant select on analytics.pending_entry_gap to analytics_reader;
grant select, insert, update, delete on analytics.pending_entry_gap to analytics_writer;

alter table analytics.domain_rollup_hour enable row level security;
create policy owner on analytics.domain_rollup_hour to analytics_owner using (true) with check (true);
create policy reader on analytics.domain_rollup_hour for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.domain_rollup_hour to analytics_writer using (true) with check (true);
grant select on analytics.domain_rollup_hour to analytics_reader;
grant select, insert, update, delete on analytics.domain_rollup_hour to analytics_writer;

alter table analytics.domain_rollup_day enable row level security;
create policy owner on analytics.domain_rollup_day to analytics_owner using (true) with check (true);
create policy reader on analytics.domain_rollup_day for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.domain_rollup_day to analytics_writer using (true) with check (true);
grant select on analytics.domain_rollup_day to analytics_reader;
grant select, insert, update, delete on analytics.domain_rollup_day to analytics_writer;

alter table analytics.domain_rollup_week enable row level security;
create policy owner on analytics.domain_rollup_week to analytics_owner using (true) with check (true);
create policy reader on analytics.domain_rollup_week for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.domain_rollup_week to analytics_writer using (true) with check (true);
grant select on analytics.domain_rollup_week to analytics_reader;
grant select, insert, update, delete on analytics.domain_rollup_week to analytics_writer;

alter table analytics.flow_rollup_hour enable row level security;
create policy owner on analytics.flow_rollup_hour to analytics_owner using (true) with check (true);
create policy reader on analytics.flow_rollup_hour for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.flow_rollup_hour to analytics_writer using (true) with check (true);
grant select on analytics.flow_rollup_hour to analytics_reader;
grant select, insert, update, delete on analytics.flow_rollup_hour to analytics_writer;

alter table analytics.flow_rollup_day enable row level security;
create policy owner on analytics.flow_rollup_day to analytics_owner using (true) with check (true);
create policy reader on analytics.flow_rollup_day for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.flow_rollup_day to analytics_writer using (true) with check (true);
grant select on analytics.flow_rollup_day to analytics_reader;
grant select, insert, update, delete on analytics.flow_rollup_day to analytics_writer;

alter table analytics.flow_rollup_week enable row level security;
create policy owner on analytics.flow_rollup_week to analytics_owner using (true) with check (true);
create policy reader on analytics.flow_rollup_week for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.flow_rollup_week to analytics_writer using (true) with check (true);
grant select on analytics.flow_rollup_week to analytics_reader;
grant select, insert, update, delete on analytics.flow_rollup_week to analytics_writer;

alter table analytics.duration_rollup_hour enable row level security;
create policy owner on analytics.duration_rollup_hour to analytics_owner using (true) with check (true);
create policy reader on analytics.duration_rollup_hour for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.duration_rollup_hour to analytics_writer using (true) with check (true);
grant select on analytics.duration_rollup_hour to analytics_reader;
grant select, insert, update, delete on analytics.duration_rollup_hour to analytics_writer;

alter table analytics.duration_rollup_day enable row level security;
create policy owner on analytics.duration_rollup_day to analytics_owner using (true) with check (true);
create policy reader on analytics.duration_rollup_day for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.duration_rollup_day to analytics_writer using (true) with check (true);
grant select on analytics.duration_rollup_day to analytics_reader;
grant select, insert, update, delete on analytics.duration_rollup_day to analytics_writer;

alter table analytics.duration_rollup_week enable row level security;
create policy owner on analytics.duration_rollup_week to analytics_owner using (true) with check (true);
create policy reader on analytics.duration_rollup_week for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.duration_rollup_week to analytics_writer using (true) with check (true);
grant select on analytics.duration_rollup_week to analytics_reader;
grant select, insert, update, delete on analytics.duration_rollup_week to analytics_writer;

alter table analytics.account_rollup_quarter enable row level security;
create policy owner on analytics.account_rollup_quarter to analytics_owner using (true) with check (true);
create policy reader on analytics.account_rollup_quarter for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.account_rollup_quarter to analytics_writer using (true) with check (true);
grant select on analytics.account_rollup_quarter to analytics_reader;
grant select, insert, update, delete on analytics.account_rollup_quarter to analytics_writer;

alter table analytics.account_rollup_hour enable row level security;
create policy owner on analytics.account_rollup_hour to analytics_owner using (true) with check (true);
create policy reader on analytics.account_rollup_hour for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.account_rollup_hour to analytics_writer using (true) with check (true);
grant select on analytics.account_rollup_hour to analytics_reader;
grant select, insert, update, delete on analytics.account_rollup_hour to analytics_writer;

alter table analytics.account_rollup_day enable row level security;
create policy owner on analytics.account_rollup_day to analytics_owner using (true) with check (true);
create policy reader on analytics.account_rollup_day for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.account_rollup_day to analytics_writer using (true) with check (true);
grant select on analytics.account_rollup_day to analytics_reader;
grant select, insert, update, delete on analytics.account_rollup_day to analytics_writer;

alter table analytics.user_rollup_hour enable row level security;
create policy owner on analytics.user_rollup_hour to analytics_owner using (true) with check (true);
create policy reader on analytics.user_rollup_hour for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.user_rollup_hour to analytics_writer using (true) with check (true);
grant select on analytics.user_rollup_hour to analytics_reader;
grant select, insert, update, delete on analytics.user_rollup_hour to analytics_writer;

alter table analytics.user_rollup_day enable row level security;
create policy owner on analytics.user_rollup_day to analytics_owner using (true) with check (true);
create policy reader on analytics.user_rollup_day for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.user_rollup_day to analytics_writer using (true) with check (true);
grant select on analytics.user_rollup_day to analytics_reader;
grant select, insert, update, delete on analytics.user_rollup_day to analytics_writer;

alter table analytics.user_rollup_week enable row level security;
create policy owner on analytics.user_rollup_week to analytics_owner using (true) with check (true);
create policy reader on analytics.user_rollup_week for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.user_rollup_week to analytics_writer using (true) with check (true);
grant select on analytics.user_rollup_week to analytics_reader;
grant select, insert, update, delete on analytics.user_rollup_week to analytics_writer;

alter table analytics.domain_duration_rollup_day enable row level security;
create policy owner on analytics.domain_duration_rollup_day to analytics_owner using (true) with check (true);
create policy reader on analytics.domain_duration_rollup_day for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.domain_duration_rollup_day to analytics_writer using (true) with check (true);
grant select on analytics.domain_duration_rollup_day to analytics_reader;
grant select, insert, update, delete on analytics.domain_duration_rollup_day to analytics_writer;

alter table analytics.domain_duration_rollup_week enable row level security;
create policy owner on analytics.domain_duration_rollup_week to analytics_owner using (true) with check (true);
create policy reader on analytics.domain_duration_rollup_week for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.domain_duration_rollup_week to analytics_writer using (true) with check (true);
grant select on analytics.domain_duration_rollup_week to analytics_reader;
grant select, insert, update, delete on analytics.domain_duration_rollup_week to analytics_writer;

alter table analytics.domain_user_rollup_day enable row level security;
create policy owner on analytics.domain_user_rollup_day to analytics_owner using (true) with check (true);
create policy reader on analytics.domain_user_rollup_day for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.domain_user_rollup_day to analytics_writer using (true) with check (true);
grant select on analytics.domain_user_rollup_day to analytics_reader;
grant select, insert, update, delete on analytics.domain_user_rollup_day to analytics_writer;

alter table analytics.domain_user_rollup_week enable row level security;
create policy owner on analytics.domain_user_rollup_week to analytics_owner using (true) with check (true);
create policy reader on analytics.domain_user_rollup_week for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.domain_user_rollup_week to analytics_writer using (true) with check (true);
grant select on analytics.domain_user_rollup_week to analytics_reader;
grant select, insert, update, delete on analytics.domain_user_rollup_week to analytics_writer;

alter table analytics.activity_rollup_quarter enable row level security;
create policy owner on analytics.activity_rollup_quarter to analytics_owner using (true) with check (true);
create policy reader on analytics.activity_rollup_quarter for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.activity_rollup_quarter to analytics_writer using (true) with check (true);
grant select on analytics.activity_rollup_quarter to analytics_reader;
grant select, insert, update, delete on analytics.activity_rollup_quarter to analytics_writer;

alter table analytics.domain_activity_rollup_quarter enable row level security;
create policy owner on analytics.domain_activity_rollup_quarter to analytics_owner using (true) with check (true);
create policy reader on analytics.domain_activity_rollup_quarter for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.domain_activity_rollup_quarter to analytics_writer using (true) with check (true);
grant select on analytics.domain_activity_rollup_quarter to analytics_reader;
grant select, insert, update, delete on analytics.domain_activity_rollup_quarter to analytics_writer;

alter table analytics.entry_gap_rollup_quarter enable row level security;
create policy owner on analytics.entry_gap_rollup_quarter to analytics_owner using (true) with check (true);
create policy reader on analytics.entry_gap_rollup_quarter for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.entry_gap_rollup_quarter to analytics_writer using (true) with check (true);
grant select on analytics.entry_gap_rollup_quarter to analytics_reader;
grant select, insert, update, delete on analytics.entry_gap_rollup_quarter to analytics_writer;

alter table analytics.entry_gap_rollup_day enable row level security;
create policy owner on analytics.entry_gap_rollup_day to analytics_owner using (true) with check (true);
create policy reader on analytics.entry_gap_rollup_day for select to analytics_reader
  using (account_id = (select nullif(current_setting('app.current_account_id', true), '')::uuid));
create policy writer on analytics.entry_gap_rollup_day to analytics_writer using (true) with check (true);
grant select on analytics.entry_gap_rollup_day to analytics_reader;
grant select, insert, update, delete on analytics.entry_gap_rollup_day to analytics_writer;

alter table analytics.session_place enable row level security;
create policy owner on analytics.session_place to analytics_owner using (true) with check (true);
