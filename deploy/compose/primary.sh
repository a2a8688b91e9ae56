#!/usr/bin/env bash
# Runs once, when the primary's volume is empty: login roles, the groups that the migrations fill with grants, the stand-in
# for the main application's tables, and the way in for the replica.
set -euo pipefail
psql=(psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB")

# Passwords come from the environment: what stands on a command line is seen by every user of the machine.
"${psql[@]}" --set database="$POSTGRES_DB" <<'SQL'
\getenv password APP_PASSWORD
\getenv replication_password REPLICATION_PASSWORD
create role replicator login replication password :'replication_password';
create role main_app_owner login createrole password :'password';
create role main_app login password :'password';
create role flowpilot_api login password :'password';
create role flowpilot_consumer login password :'password';
create role flowpilot_relay login password :'password';
create role flowpilot_pusher login password :'password';

create role analytics_owner nologin bypassrls;
create role analytics_reader nologin;
create role analytics_writer nologin;
create role analytics_emitter nologin;
create role analytics_relay nologin;
create role analytics_pusher nologin;
grant analytics_owner to main_app_owner with inherit true, set true;
grant analytics_reader to flowpilot_api;
grant analytics_writer to flowpilot_consumer;
grant analytics_emitter to main_app;
grant analytics_relay to flowpilot_relay;
grant analytics_pusher to flowpilot_pusher;
-- In a deadlock with the main application it is the consumer that notices first, and retries.
grant set on parameter deadlock_timeout to analytics_writer;

alter database :"database" owner to main_app_owner;
-- The database is ours: nobody makes schemas or temporary tables here but who works with one.
revoke create, temporary on database :"database" from public;
grant temporary on database :"database" to analytics_owner, analytics_writer;
SQL
"${psql[@]}" --command 'set role main_app_owner' --file /main_app.sql

echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"
