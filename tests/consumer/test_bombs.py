"""A real broker with a small heap, and a consumer that may not have much memory either."""

import hashlib
import resource
from pathlib import Path

import pytest

from psa_event_consumer.apply.cut import FIRST_BYTES
from psa_event_consumer.command_line import main
from services.events import FLOW_MATCHED_TOPIC, PSA_PUSHED_TOPIC, encode
from tests.consumer import bombs
from tests.consumer.running import (
    Running,
    begin_at_end,
    caught_up,
    consumer,
    ends,
    environment,
    in_partition,
    produce,
)
from tests.consumer.world import Tenant
from tests.infra.own_kafka import OwnKafka
from tests.infra.waiting import wait_until

MIB = 1024 * 1024
LIMIT = 512 * MIB
"""Of our manifests."""
PEAK = 400 * MIB


def limited(running: Running) -> Running:
    resource.prlimit(running.process.pid, resource.RLIMIT_DATA, (LIMIT, LIMIT))
    return running


def peak_memory(running: Running) -> int:
    status = Path(f"/proc/{running.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def test_bombs_cost_nothing_but_themselves(world: Tenant, spoilt: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, spoilt.bootstrap)
    large = bytes(300_000_000)
    beside = [encode(world.matched()) for _ in range(2)]
    many = bombs.batch(4, [b"\0" * 20_000_000])
    tiny = bombs.batch(4, [b"{}" * 20] * 60_000)
    headers = bombs.with_payload(4, bombs.zstd(bombs.record(b"", b"\0\1" * 900_000, 900_000)))
    windows = bombs.with_payload(
        4, bombs.with_window(27, b"".join(bombs.record(bytes(MIB), offset=n) for n in range(99))), 99
    )
    with consumer(tmp_path, world, spoilt.bootstrap) as running:
        limited(running).wait_until_ready()
        bombs.produce_batch(spoilt.bootstrap, FLOW_MATCHED_TOPIC, 0, bombs.batch(4, [beside[0], large, beside[1]]))
        for _ in range(30):
            bombs.produce_batch(spoilt.bootstrap, FLOW_MATCHED_TOPIC, 1, many)
        bombs.produce_batch(spoilt.bootstrap, FLOW_MATCHED_TOPIC, 2, tiny)
        for partition in range(6):
            bombs.produce_batch(spoilt.bootstrap, PSA_PUSHED_TOPIC, partition, windows)
            bombs.produce_batch(spoilt.bootstrap, PSA_PUSHED_TOPIC, partition, headers)
        others = [event for partition in range(3, 12) for event in in_partition(partition, world.matched())]
        produce(spoilt.bootstrap, others)
        wait_until(lambda: world.usage() >= len(others), "the other partitions to go on", within=10)
        caught_up(world, spoilt.bootstrap)
        assert world.usage() == len(others) + 2
        newest = "select max(applied_until) from analytics.consumer_offset"
        at_end = world.one(newest)
        wait_until(lambda: world.one("select min(applied_until) from analytics.consumer_offset") >= at_end, "as_of")
        wait_until(lambda: running.ready, "readiness")
        assert peak_memory(running) < PEAK
    kept = (
        "select value_bytes, value_sha256, octet_length(value) from analytics.dead_letter"
        " where topic = %s and partition = %s"
    )
    assert world.run(kept, FLOW_MATCHED_TOPIC, 0) == [(len(large), hashlib.sha256(large).digest(), FIRST_BYTES)]
    assert len(world.run(kept, FLOW_MATCHED_TOPIC, 1)) == 30
    assert len(world.run(kept, FLOW_MATCHED_TOPIC, 2)) == 60_000
    assert world.one("select count(*) from analytics.dead_letter where topic = %s", PSA_PUSHED_TOPIC) == 12
    assert world.one("select max(octet_length(value)) from analytics.dead_letter") == FIRST_BYTES


def test_a_consumer_starts_before_a_bomb(world: Tenant, spoilt: OwnKafka, tmp_path: Path) -> None:
    """At its start nothing is asked for which the broker would have to expand the record."""
    begin_at_end(world, spoilt.bootstrap)
    world.run("update analytics.consumer_offset set applied_until = '2020-01-01'")
    bombs.produce_batch(spoilt.bootstrap, FLOW_MATCHED_TOPIC, 0, bombs.batch(4, [bytes(300_000_000)]))
    produce(spoilt.bootstrap, in_partition(1, world.matched()))
    with consumer(tmp_path, world, spoilt.bootstrap) as running:
        limited(running).wait_until_ready()
        caught_up(world, spoilt.bootstrap)
        assert world.usage() == 1
        assert peak_memory(running) < PEAK
        assert running.metric("flowpilot_consumer_faults_total") == 0


def test_an_operator_passes_over_a_record(
    world: Tenant, spoilt: OwnKafka, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begin_at_end(world, spoilt.bootstrap)
    at = ends(spoilt.bootstrap)[FLOW_MATCHED_TOPIC, 0]
    variables = environment(world.database.dsn_for("flowpilot_consumer"), spoilt.bootstrap, KAFKA_GROUP_ID=world.group)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    def skip(offset: int) -> int:
        return main(["offsets", "skip", FLOW_MATCHED_TOPIC, "0", str(offset), "--because", "a bomb"])

    assert skip(at + 1) == 1, "only the record at which the partition stands"
    assert f"stands at {at}, not at {at + 1}" in capsys.readouterr().err
    assert skip(at) == 0
    assert (
        world.one(
            "select next_offset from analytics.consumer_offset where topic = %s and partition = 0", FLOW_MATCHED_TOPIC
        )
        == at + 1
    )
    assert world.run('select "offset", reason, status, resolution from analytics.dead_letter') == [
        (at, "skipped", "discarded", "a bomb")
    ]
