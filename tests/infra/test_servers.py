"""The fixtures keep what they promise."""

import psycopg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from deploy.embedded.roles import LOGIN_ROLES
from deploy.topics import MAX_MESSAGE_BYTES
from services.events import CONTRACTS, TOPICS
from tests.infra.database import Database
from tests.infra.pgbouncer import POOL_SIZE, PgBouncer


def test_the_replica_shows_what_the_primary_committed(database: Database) -> None:
    with database.connect() as primary:
        primary.execute("create table probe as select 41 + 1 as answer")
    database.wait_for_replica()
    with psycopg.connect(database.replica_dsn) as replica:
        assert replica.execute("select answer, pg_is_in_recovery() from probe").fetchone() == (42, True)


@pytest.mark.parametrize("role", LOGIN_ROLES)
def test_each_login_role_reaches_both_servers(module_database: Database, role: str) -> None:
    for dsn in (module_database.dsn_for(role), module_database.replica_dsn_for(role)):
        with psycopg.connect(dsn) as connection:
            row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
        assert row == (False,)


def test_case_folding_knows_letters_beyond_ascii(module_database: Database) -> None:
    with module_database.connect() as connection:
        assert connection.execute("select lower('Ü')").fetchone() == ("ü",)


async def test_topics_have_twelve_partitions_and_the_brokers_clock(kafka: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        for topic in TOPICS:
            (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
            settings = {entry[0]: entry[1] for entry in answer.resources[0][4]}
            assert settings["message.timestamp.type"] == "LogAppendTime"
            assert settings["retention.ms"] == "604800000"
            assert settings["max.message.bytes"] == str(MAX_MESSAGE_BYTES)
            assert settings["cleanup.policy"] == "delete"
        described = await admin.describe_topics(list(TOPICS))
        assert [len(topic["partitions"]) for topic in described] == [contract.partitions for contract in CONTRACTS]
    finally:
        await admin.close()


async def test_no_topic_appears_by_accident(kafka: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka, request_timeout_ms=2000) as producer:
        with pytest.raises(KafkaError):
            await producer.send_and_wait("flowpilot.misspelt", b"{}")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        assert "flowpilot.misspelt" not in await admin.list_topics()
    finally:
        await admin.close()


def test_behind_the_pooler_transactions_share_server_sessions(database: Database, pooler: PgBouncer) -> None:
    url = pooler.url(database.dsn_for("main_app"))
    clients = [psycopg.connect(url, autocommit=True) for _ in range(POOL_SIZE + 1)]
    try:
        sessions = {
            client.execute("select pg_backend_pid()").fetchone() for client in clients for _ in range(POOL_SIZE)
        }
    finally:
        for client in clients:
            client.close()
    assert len(sessions) <= POOL_SIZE
