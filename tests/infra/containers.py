"""The servers as containers: PostgreSQL 18 with a streaming replica, and Apache Kafka 4 with one node."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

import psycopg

from deploy.embedded.kafka import single_node_settings
from deploy.embedded.ports import free_ports
from tests.infra.servers import Infra
from tests.infra.waiting import wait_until

if os.environ.get("DOCKER_HOST", "unix:").startswith("unix:"):
    # Published ports are on this host, also where the machine looks like a container itself.
    os.environ.setdefault("TESTCONTAINERS_HOST_OVERRIDE", "localhost")
    os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
# Its clean-up container is one more image to fetch; what we start we stop, whatever the tests do.
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")

from testcontainers.core.container import DockerContainer  # reads the variables above when imported
from testcontainers.core.network import Network

POSTGRES_IMAGE = "postgres:18-bookworm"
KAFKA_IMAGE = "apache/kafka:4.1.1"
START_TIMEOUT_S = 60

_KAFKA_PORT = 9092
_POSTGRES_SETTINGS = (
    "-c max_connections=300 -c shared_buffers=256MB -c max_wal_size=2GB -c hot_standby_feedback=on"
    " -c max_slot_wal_keep_size=1GB -c timezone=UTC"
)
# No one may replicate from another host until this is said.
_ALLOW_REPLICATION = """\
echo 'host replication all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
docker_process_sql <<< "select pg_create_physical_replication_slot('replica', true)"
"""
# As root, pg_basebackup would leave a directory that the server cannot read.
_REPLICA = f"""\
set -e
mkdir -p "$PGDATA" && chown -R postgres "$(dirname "$PGDATA")" && chmod 700 "$PGDATA"
until gosu postgres pg_basebackup -h primary -U postgres -D "$PGDATA" -R -X stream -S replica -c fast; do
  sleep 0.2
done
exec gosu postgres postgres -c listen_addresses='*' {_POSTGRES_SETTINGS}
"""


@contextmanager
def container_servers() -> Iterator[Infra]:
    password = secrets.token_hex(16)
    ports = free_ports(("primary", "replica", "kafka"))
    with Network() as network, ExitStack() as stack:
        primary = (
            DockerContainer(POSTGRES_IMAGE)
            .with_envs(
                POSTGRES_PASSWORD=password,
                # The builtin provider: the same case folding with every build of PostgreSQL.
                POSTGRES_INITDB_ARGS="--locale-provider=builtin --builtin-locale=C.UTF-8 --encoding=UTF8",
            )
            .with_copy_into_container(_ALLOW_REPLICATION.encode(), "/docker-entrypoint-initdb.d/replication.sh", 0o644)
            .with_command(f"postgres {_POSTGRES_SETTINGS}")
            .with_bind_ports(5432, ports["primary"])
            .with_network(network)
            .with_network_aliases("primary")
        )
        replica = (
            DockerContainer(POSTGRES_IMAGE)
            .with_envs(PGPASSWORD=password)
            .with_command(["bash", "-c", _REPLICA])
            .with_bind_ports(5432, ports["replica"])
            .with_network(network)
        )
        kafka = (
            DockerContainer(KAFKA_IMAGE)
            .with_envs(**_kafka_environment(ports["kafka"]))
            .with_bind_ports(_KAFKA_PORT, ports["kafka"])
            # The image's own user may not replace the logging settings where a build has made them read-only.
            .with_kwargs(user="root")
        )
        for container in (primary, kafka, replica):
            stack.enter_context(container)
        host = primary.get_container_host_ip()
        infra = Infra(
            "testcontainers",
            f"postgresql://postgres:{password}@{host}:{ports['primary']}/postgres",
            f"postgresql://postgres:{password}@{host}:{ports['replica']}/postgres",
            f"{host}:{ports['kafka']}",
        )
        _wait("the primary", primary, lambda: _answers(infra.primary_dsn))
        _wait("the replica", replica, lambda: _answers(infra.replica_dsn))
        _wait("Kafka", kafka, lambda: "Kafka Server started" in kafka.get_logs()[0].decode(errors="replace"))
        yield infra


def _kafka_environment(port: int) -> Mapping[str, str]:
    # One setting replaces the image's whole default configuration.
    settings = single_node_settings(
        listen=f"0.0.0.0:{_KAFKA_PORT}", advertised=f"localhost:{port}", controller="localhost:9093"
    )
    return {"KAFKA_" + name.upper().replace(".", "_"): value for name, value in settings.items()}


def _answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


INSTEAD = "TEST_INFRA=embedded does without containers"


def _wait(name: str, container: DockerContainer, ready: Callable[[], bool]) -> None:
    def output() -> str:
        return "\n".join(stream.decode(errors="replace")[-2000:] for stream in container.get_logs())

    def is_ready() -> bool:
        container.reload()
        assert container.status != "exited", f"{name} ended; TEST_INFRA=embedded does without containers:\n{output()}"
        return ready()

    wait_until(
        is_ready, lambda: f"{name} answers; TEST_INFRA=embedded does without containers:\n{output()}", START_TIMEOUT_S
    )
