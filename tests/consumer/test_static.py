"""What must never be written into the consumer, since each was measured to lose or to repeat events."""

import ast
from collections.abc import Iterator
from pathlib import Path

import psa_event_consumer
from psa_event_consumer.kafka.client import OPTIONS
from psa_event_consumer.settings import ConsumerSettings

SOURCES = sorted(Path(psa_event_consumer.__file__).parent.rglob("*.py"))


def _calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name:
                yield path, node


def test_no_deserializer_runs_within_the_fetch() -> None:
    """An exception in one drops the decoded part of the fetch and repeats it forever."""
    for _, call in _calls("AIOKafkaConsumer"):
        assert not {keyword.arg for keyword in call.keywords} & {"value_deserializer", "key_deserializer"}


def test_kafka_is_told_explicit_offsets_only() -> None:
    """Without them aiokafka commits what it has handed out, processed or not."""
    calls = [call for path, call in _calls("commit") if path.name == "commits.py"]
    assert calls
    assert all(call.args for call in calls)


def test_nothing_waits_for_the_transaction_around_getmany() -> None:
    """The revoke callback waits for the lock, and getmany waits for the rebalance: a deadlock (aiokafka #335)."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AsyncWith) and "in_transaction" in ast.unparse(node.items[0]):
                assert "getmany" not in ast.unparse(node)


def test_the_clients_options() -> None:
    assert OPTIONS["auto_offset_reset"] == "none", "latest is silent loss, earliest a silent double count"
    assert OPTIONS["enable_auto_commit"] is False, "stop() hangs with it while Kafka is away"
    assert len(OPTIONS["partition_assignment_strategy"]) == 1, "with two assignors start() hangs"
    assert OPTIONS["rebalance_timeout_ms"] > OPTIONS["session_timeout_ms"], "else a slow revoke evicts us"
    assert "group_instance_id" not in OPTIONS, "a static member never leaves"
    assert not {"value_deserializer", "key_deserializer"} & OPTIONS.keys()


def test_the_defaults() -> None:
    settings = ConsumerSettings.from_env(
        {"CONSUMER_DATABASE_URL": "postgresql://u@localhost/d", "KAFKA_BOOTSTRAP_SERVERS": "localhost:9"}
    )
    assert (settings.group_id, settings.health_port, settings.inbox_retention.days) == ("psa-event-consumer", 8081, 30)
    assert "u@localhost" not in repr(settings)


def test_the_c_extension_reads_the_records() -> None:
    """The pure-Python parser is ten times slower."""
    from aiokafka.record import memory_records  # noqa: PLC0415

    assert "_crecords" in memory_records.MemoryRecords.__module__
