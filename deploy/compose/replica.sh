#!/usr/bin/env bash
# The replica: a base backup of the primary on the first start, made anew when it cannot follow any more.
set -euo pipefail
export PGPASSWORD=$REPLICATION_PASSWORD
slot=flowpilot_replica
clone() {
  rm -rf "$PGDATA" "$PGDATA.new"
  psql --no-psqlrc --quiet "host=primary user=postgres dbname=postgres password=$POSTGRES_PASSWORD" \
    --command "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '$slot' and not active" >/dev/null
  pg_basebackup --pgdata "$PGDATA.new" --host primary --username replicator --write-recovery-conf --create-slot --slot "$slot" \
    --checkpoint fast
  mv "$PGDATA.new" "$PGDATA" # only a whole copy gets the name
}
mkdir -p "$(dirname "$PGDATA")"
lost() { # the primary has dropped the write-ahead log that this copy needs
  [ "$(psql --no-psqlrc --tuples-only --no-align "host=primary user=postgres dbname=postgres password=$POSTGRES_PASSWORD" \
    --command "select coalesce((select wal_status from pg_replication_slots where slot_name = '$slot'), 'lost')")" = lost ]
}
if [ ! -s "$PGDATA/PG_VERSION" ] || lost; then clone; fi
exec postgres -c hot_standby=on -c max_standby_streaming_delay=5s -c primary_slot_name="$slot" -c max_connections=200
