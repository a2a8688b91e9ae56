"""The servers of the local stack, in a temporary folder."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.infrastructure import PORTS, Infrastructure
from deploy.embedded.ports import free_ports
from deploy.embedded.postgres import REPLICATION_USER, SUPERUSER
from tests.infra.servers import Infra


@contextmanager
def embedded_servers() -> Iterator[Infra]:
    with tempfile.TemporaryDirectory(prefix="flowpilot-tests-") as folder:
        infrastructure = Infrastructure(
            Path(folder),
            ports=free_ports(PORTS),
            passwords={SUPERUSER: secrets.token_hex(16), REPLICATION_USER: secrets.token_hex(16)},
        )
        try:
            infrastructure.start()
            yield Infra(
                "embedded",
                infrastructure.primary.dsn(),
                infrastructure.replica.server.dsn(),
                infrastructure.kafka.bootstrap,
            )
        finally:
            infrastructure.stop()
