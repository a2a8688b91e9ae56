"""The process on real servers."""

from pathlib import Path

from services.events import FLOW_MATCHED_TOPIC
from tests.consumer.running import begin_at_end, caught_up, consumer, produce
from tests.consumer.world import World


def test_events_become_counters_and_activities(world: World, kafka: str, tmp_path: Path) -> None:
    begin_at_end(world, kafka)
    with consumer(tmp_path, world.database.dsn_for("flowpilot_consumer"), kafka) as running:
        running.wait_until_ready()
        produce(kafka, [*(world.matched() for _ in range(500)), *(world.pushed() for _ in range(50))])
        produce(kafka, [(FLOW_MATCHED_TOPIC, 3, b"{")])
        caught_up(world, kafka)
        assert world.usage() == 500
        assert world.one("select count(*) from psa_activity_log") == 50
        assert world.reasons() == ["malformed"]
        assert running.metric("consumer_events_total", outcome="applied") == 550
        code, seconds = running.terminate()
        assert (code, seconds < 5) == (0, True), running.log
