"""Traces, when an OpenTelemetry collector is named."""

from pathlib import Path

from tests.api.conftest import READER
from tests.api.running import PATHS, running_api
from tests.api.world import Account
from tests.infra.collector import Collector
from tests.infra.database import Database
from tests.infra.waiting import wait_until

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def test_a_request_and_its_statements_are_one_trace(
    module_database: Database, alpha: Account, collector: Collector, tmp_path: Path
) -> None:
    with running_api(
        tmp_path / "log",
        module_database.replica_dsn_for(READER),
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint,
        OTEL_BSP_SCHEDULE_DELAY="50",
    ) as api:
        api.get(f"{PATHS['coverage']}?tz=UTC", alpha.admin, headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
        server = wait_until(
            lambda: [span for span in collector.spans if span.parent_span_id.hex() == PARENT], api.log.read_text, 20
        )
        assert api.stop() == 0, "and what is left is exported"
    (request,) = server
    assert request.name == f"GET {PATHS['coverage']}"
    statements = [span for span in collector.spans if span.parent_span_id == request.span_id]
    assert len(statements) >= 3
    assert {span.trace_id.hex() for span in (request, *statements)} == {TRACE}
    text = str(statements)
    assert "analytics.principal" in text
    assert str(alpha.id) not in text
    assert str(alpha.admin) not in text
