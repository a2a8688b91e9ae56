#!/usr/bin/env bash
# The replica: a base backup of the primary on the first start, made anew when it cannot follow any more.
set -euo pipefail
slot=flowpilot_replica
# Passwords go by the environment: what stands on a command line is seen by every user of the machine.
on_primary() {
  PGPASSWORD=$POSTGRES_PASSWORD psql --no-psqlrc --tuples-only --no-align "host=primary user=postgres dbname=postgres" --command "$1"
}
clone() {
  rm -rf "$PGDATA" "$PGDATA.new"
  on_primary "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '$slot' and not active" >/dev/null
  # The password is written into the copy's settings, so it goes on following by itself.
  PGPASSWORD=$REPLICATION_PASSWORD pg_basebackup --pgdata "$PGDATA.new" --host primary --username replicator \
    --write-recovery-conf --create-slot --slot "$slot" --checkpoint fast
  mv "$PGDATA.new" "$PGDATA" # only a whole copy gets the name
}
mkdir -p "$(dirname "$PGDATA")"
lost() { # the primary has dropped the write-ahead log that this copy needs
  [ "$(on_primary "select coalesce((select wal_status from pg_replication_slots where slot_name = '$slot'), 'lost')")" = lost ]
}
# One that was promoted is nobody's copy any more: it has no standby.signal, and is never thrown away.
if [ ! -s "$PGDATA/PG_VERSION" ] || { [ -f "$PGDATA/standby.signal" ] && lost; }; then clone; fi
exec postgres -c hot_standby=on -c max_standby_streaming_delay=5s -c primary_slot_name="$slot" -c max_connections=200
