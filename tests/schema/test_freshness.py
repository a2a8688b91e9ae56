"""`analytics.freshness`: everything older than `as_of` is in the numbers."""

from datetime import datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from tests.infra.database import Database
from tests.schema.main_app_rows import NOON

SECOND = timedelta(seconds=1)


def _beat(connection: psycopg.Connection, at: datetime, group_id: str = "ours") -> None:
    connection.execute("insert into analytics.heartbeat values (1, %s, %s)", [group_id, at])


def _applied(
    connection: psycopg.Connection,
    until: datetime | None,
    *,
    partition: int = 0,
    epoch: int = 0,
    group_id: str = "ours",
) -> None:
    connection.execute(
        "insert into analytics.consumer_offset (group_id, topic, topic_epoch, partition, next_offset, applied_until)"
        " values (%s, 'topic', %s, %s, 7, %s)",
        [group_id, epoch, partition, until],
    )


def _waiting(connection: psycopg.Connection, since: datetime) -> None:
    connection.execute(
        "insert into analytics.outbox (id, aggregatetype, aggregateid, type, payload, created_at)"
        " values (%s, 't', 'k', 'e', '', %s)",
        [uuid4(), since],
    )


def _as_of(database: Database) -> datetime | None:
    with database.connect("flowpilot_api") as reader:
        row = reader.execute("select as_of from analytics.freshness").fetchone()
    assert row is not None
    return row[0]


def test_without_a_heartbeat_nothing_is_known(database: Database) -> None:
    with database.connect() as connection:
        _applied(connection, NOON)
    assert _as_of(database) is None


@pytest.mark.parametrize("oldest", ["heartbeat", "outbox", "partition"])
def test_it_is_the_least_of_heartbeat_outbox_and_partitions(database: Database, oldest: str) -> None:
    with database.connect() as connection:
        _beat(connection, NOON - SECOND if oldest == "heartbeat" else NOON)
        _waiting(connection, NOON - SECOND if oldest == "outbox" else NOON)
        _waiting(connection, NOON + SECOND)
        _applied(connection, NOON)
        _applied(connection, NOON - SECOND if oldest == "partition" else NOON, partition=1)
    assert _as_of(database) == NOON - SECOND


def test_a_partition_of_which_nothing_is_known_makes_all_unknown(database: Database) -> None:
    with database.connect() as connection:
        _beat(connection, NOON)
        _applied(connection, NOON)
        _applied(connection, None, partition=1)
    assert _as_of(database) is None


def test_an_older_epoch_and_another_group_do_not_hold_it_back(database: Database) -> None:
    with database.connect() as connection:
        _beat(connection, NOON)
        _applied(connection, NOON - SECOND, epoch=1)
        _applied(connection, NOON - timedelta(days=1), epoch=0)
        _applied(connection, NOON - timedelta(days=2), group_id="theirs", epoch=5)
    assert _as_of(database) == NOON - SECOND


def test_the_reader_sees_it_on_the_replica(database: Database) -> None:
    with database.connect() as connection:
        _beat(connection, NOON)
    database.wait_for_replica()
    with psycopg.connect(database.replica_dsn_for("flowpilot_api")) as reader:
        found = reader.execute("select heartbeat_at, outbox_oldest_at, applied_until, as_of from analytics.freshness")
        assert found.fetchall() == [(NOON, None, None, NOON)]
