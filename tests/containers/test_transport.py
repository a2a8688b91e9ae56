"""TLS with SCRAM to Kafka and `sslmode=verify-full` to PostgreSQL, against servers that take nothing less."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.embedded.ports import free_port
from deploy.topics import make_topics
from services.events import FlowMatched, PsaPushed
from services.outbox import add_event
from tests.containers.certificates import make_authority
from tests.containers.compose import JWT_SECRET, PASSWORD
from tests.containers.secure_servers import (
    REPOSITORY,
    dsn,
    kafka_environment,
    kafka_settings,
    let_in,
    secure_kafka,
    secure_postgres,
)
from tests.containers.tenant import Tenant, make_tenant
from tests.infra.waiting import wait_until


@dataclass(frozen=True)
class Servers:
    postgres_port: int
    kafka_port: int
    ca: Path
    stranger: Path
    """An authority that signed none of the certificates."""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("tls")
    (folder / "stranger").mkdir()
    (folder / "postgres").mkdir()
    authority = make_authority("FlowPilot test")
    ca, stranger = authority.write(folder), make_authority("Somebody else").write(folder / "stranger")
    kafka_port = free_port()
    # Kafka starts while the image for PostgreSQL is built.
    with (
        secure_kafka(authority, kafka_port, folder) as kafka,
        secure_postgres(authority, ca, folder / "postgres") as port,
    ):
        let_in(kafka)
        make_topics(kafka_settings(kafka_port, ca))
        yield Servers(port, kafka_port, ca, stranger)


@contextmanager
def process(module: str, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        started = subprocess.Popen(
            [sys.executable, "-m", module],
            env={"PATH": os.environ["PATH"], **environment},
            cwd=REPOSITORY,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield started
        finally:
            started.terminate()
            started.wait(20)


def relay_environment(servers: Servers, ca: Path) -> dict[str, str]:
    return {
        "OUTBOX_DATABASE_URL": dsn(servers.postgres_port, "flowpilot_relay", servers.ca),
        **kafka_environment(servers.kafka_port, ca),
    }


def emit(servers: Servers) -> Tenant:
    main_app = dsn(servers.postgres_port, "main_app", servers.ca)
    tenant = make_tenant(main_app, flows=1, sessions=1)
    with psycopg.connect(main_app) as connection:
        add_event(connection, FlowMatched(tenant.account_id, tenant.session_ids[0], tenant.flow_ids[0], 0.9))
        add_event(connection, PsaPushed(tenant.account_id, tenant.session_ids[0], "time_entry_posted", "4711", 2.5))
    return tenant


def test_an_event_travels_the_whole_way_over_tls(servers: Servers, tmp_path: Path) -> None:
    tenant = emit(servers)
    api_port = free_port()
    consumer = {
        "CONSUMER_DATABASE_URL": dsn(servers.postgres_port, "flowpilot_consumer", servers.ca),
        "HEALTH_PORT": str(free_port()),
        **kafka_environment(servers.kafka_port, servers.ca),
    }
    api = {
        "ANALYTICS_DATABASE_URL": dsn(servers.postgres_port, "flowpilot_api", servers.ca),
        "AUTH_JWT_SECRET": JWT_SECRET,
        "API_PORT": str(api_port),
    }

    def hours() -> Any:  # noqa: ANN401  JSON
        url = f"http://127.0.0.1:{api_port}/api/v1/analytics/flowpilot/psa"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {tenant.token()}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310  http
                return json.load(response)["total_hours_logged"]
        except OSError:
            return None

    logs = [tmp_path / f"{name}.log" for name in ("relay", "consumer", "api")]
    with (
        process("services.outbox", relay_environment(servers, servers.ca), logs[0]),
        process("psa_event_consumer", consumer, logs[1]),
        process("analytics_api", api, logs[2]),
    ):
        assert wait_until(hours, "the hours at the API", 40, pause=0.2) == pytest.approx(2.5)
    for log in logs:
        assert PASSWORD not in log.read_text(), log.name


def test_a_broker_that_another_authority_vouches_for_gets_no_event(servers: Servers, tmp_path: Path) -> None:
    emit(servers)
    log = tmp_path / "relay.log"
    with (
        process("services.outbox", relay_environment(servers, servers.stranger), log) as relay,
        psycopg.connect(dsn(servers.postgres_port, "postgres", servers.ca), autocommit=True) as connection,
    ):
        wait_until(lambda: "CERTIFICATE_VERIFY_FAILED" in log.read_text(), "the refusal in the log", 30, pause=0.2)
        (waiting,) = connection.execute("select count(*) from analytics.outbox").fetchone() or (None,)
        assert relay.poll() is None
    assert waiting


@pytest.mark.parametrize("query", ["sslmode=disable", "sslmode=verify-full&sslrootcert={stranger}"])
def test_the_database_is_reached_over_verified_tls_only(servers: Servers, query: str) -> None:
    uri = f"postgresql://flowpilot_api:{PASSWORD}@localhost:{servers.postgres_port}/flowpilot?"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(uri + query.format(stranger=servers.stranger))
