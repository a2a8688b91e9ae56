"""Traces, when an OpenTelemetry collector is named."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.api.conftest import READER
from tests.api.running import PATHS, running_api
from tests.api.world import Account
from tests.infra.database import Database

if TYPE_CHECKING:
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector:
    """Takes spans as an OTLP collector does."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        spans = self.spans

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    spans.extend(span for scope in resource.scope_spans for span in scope.spans)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever)
    thread.start()
    yield collector
    collector.server.shutdown()
    collector.server.server_close()
    thread.join()


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
        deadline = time.monotonic() + 20
        while not (server := [span for span in collector.spans if span.parent_span_id.hex() == PARENT]):
            assert time.monotonic() < deadline, api.log.read_text()
            time.sleep(0.02)
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
