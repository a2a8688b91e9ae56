-- As superuser, in the main application's database, whose server has wal_level = logical:
--   psql "$SUPERUSER_URL" --set password="'secret'" --file deploy/debezium/outbox.sql
create role flowpilot_debezium login replication password :password in role analytics_relay;
-- Inserts alone: the rows leave by purge_outbox once they are applied.
create publication flowpilot_outbox for table analytics.outbox with (publish = 'insert');
