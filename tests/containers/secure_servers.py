"""A PostgreSQL and a Kafka that demand TLS and passwords."""

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from deploy.embedded.roles import LOGIN_ROLES, OWNER, join_groups, make_database, make_login_roles
from deploy.migrations.run import upgrade
from services.kafka import KafkaSettings
from tests.containers.certificates import Authority
from tests.containers.compose import PASSWORD
from tests.infra.waiting import wait_until

REPOSITORY = Path(__file__).parents[2]
KAFKA_USER = "flowpilot"

# The stand-in for the official image knows no TLS; Debian's own server does.
POSTGRES_IMAGE = """
FROM debian:bookworm-slim
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql
COPY server.crt server.key pg_hba.conf /tls/
RUN chown -R postgres /tls && chmod 600 /tls/server.key
USER postgres
RUN /usr/lib/postgresql/15/bin/initdb --pgdata /tmp/data --encoding UTF8 --locale C.UTF-8 --username postgres
CMD ["/usr/lib/postgresql/15/bin/postgres", "-D", "/tmp/data", "-c", "listen_addresses=*", "-c", "ssl=on", \
  "-c", "ssl_cert_file=/tls/server.crt", "-c", "ssl_key_file=/tls/server.key", "-c", "hba_file=/tls/pg_hba.conf"]
"""
# No line for a connection without TLS: it is refused.
HBA = "local all all trust\nhostssl all all all scram-sha-256\n"


def docker(*arguments: str, stdin: str | None = None) -> str:
    done = subprocess.run(["docker", *arguments], check=False, capture_output=True, text=True, input=stdin, timeout=300)
    assert done.returncode == 0, f"docker {arguments[0]}: {done.stderr[-2000:]}"
    return done.stdout.strip()


@contextmanager
def container(image: str, *options: str) -> Iterator[str]:
    name = f"flowpilot-secure-{uuid.uuid4().hex[:8]}"
    docker("run", "--detach", "--name", name, *options, image)
    try:
        yield name
    finally:
        docker("rm", "--force", "--volumes", name)


@contextmanager
def secure_postgres(authority: Authority, ca: Path, folder: Path) -> Iterator[int]:
    """The port of a server with the product's database, roles and migrations."""
    certificate, key = authority.issue("localhost")
    (folder / "server.crt").write_text(certificate)
    (folder / "server.key").write_text(key)
    (folder / "pg_hba.conf").write_text(HBA)
    (folder / "Dockerfile").write_text(POSTGRES_IMAGE)
    docker("build", "--quiet", "--tag", "flowpilot-test-postgres-tls", str(folder))
    with container("flowpilot-test-postgres-tls", "--publish", "127.0.0.1:0:5432") as name:
        port = int(docker("port", name, "5432").splitlines()[0].rpartition(":")[2])
        inside = ["exec", "--interactive", name, "psql", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-q"]
        ready = ["docker", "exec", name, "pg_isready", "-q"]
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL", 30, pause=0.2)
        docker(*inside, stdin=f"alter role postgres password '{PASSWORD}'")
        admin = dsn(port, "postgres", ca, database="postgres")
        with psycopg.connect(admin, autocommit=True) as connection:
            make_login_roles(connection, dict.fromkeys(LOGIN_ROLES, PASSWORD))
            make_database(connection, "flowpilot")
        with psycopg.connect(dsn(port, OWNER, ca), autocommit=True) as connection:
            connection.execute((REPOSITORY / "deploy" / "embedded" / "main_app.sql").read_bytes())
        upgrade(dsn(port, OWNER, ca))
        with psycopg.connect(admin, autocommit=True) as connection:
            join_groups(connection)
        yield port


def dsn(port: int, role: str, ca: Path, *, database: str = "flowpilot") -> str:
    return f"postgresql://{role}:{PASSWORD}@localhost:{port}/{database}?sslmode=verify-full&sslrootcert={ca}"


@contextmanager
def secure_kafka(authority: Authority, port: int, folder: Path) -> Iterator[str]:
    """The container of a broker whose clients' listener takes TLS with SCRAM-SHA-512 only; it still starts."""
    broker = folder / "broker.pem"
    broker.write_text("".join(reversed(authority.issue("localhost"))))
    settings = {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": f"CLIENT://:{port},LOCAL://localhost:9094,CONTROLLER://localhost:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"CLIENT://localhost:{port},LOCAL://localhost:9094",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CLIENT:SASL_SSL,LOCAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "LOCAL",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS": "1",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_SASL_ENABLED_MECHANISMS": "SCRAM-SHA-512",
        "KAFKA_SSL_KEYSTORE_TYPE": "PEM",
        "KAFKA_SSL_KEYSTORE_LOCATION": "/etc/kafka/secrets/broker.pem",
        "KAFKA_LISTENER_NAME_CLIENT_SCRAM___SHA___512_SASL_JAAS_CONFIG": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
        "KAFKA_HEAP_OPTS": "-Xms256m -Xmx256m",
    }
    options = [part for name, value in settings.items() for part in ("--env", f"{name}={value}")]
    options += ["--volume", f"{broker}:/etc/kafka/secrets/broker.pem:ro", "--publish", f"127.0.0.1:{port}:{port}"]
    with container("apache/kafka:4.1.1", *options) as name:
        yield name


def let_in(kafka: str) -> None:
    """Waits for the broker, and makes the user."""
    wait_until(lambda: "Kafka Server started" in docker("logs", kafka), "Kafka", 60, pause=0.2)
    docker(
        *("exec", kafka, "/opt/kafka/bin/kafka-configs.sh", "--bootstrap-server", "localhost:9094", "--alter"),
        *("--add-config", f"SCRAM-SHA-512=[password={PASSWORD}]", "--entity-type", "users"),
        *("--entity-name", KAFKA_USER),
    )


def kafka_environment(port: int, ca: Path) -> dict[str, str]:
    return {
        "KAFKA_BOOTSTRAP_SERVERS": f"localhost:{port}",
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_SASL_USERNAME": KAFKA_USER,
        "KAFKA_SASL_PASSWORD": PASSWORD,
        "KAFKA_SSL_CAFILE": str(ca),
    }


def kafka_settings(port: int, ca: Path) -> KafkaSettings:
    return KafkaSettings.from_env(kafka_environment(port, ca))
