"""Which real servers the tests run on."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Infra:
    """The servers of a test run; the URIs are the superuser's, of the database `postgres`."""

    kind: str
    primary_dsn: str
    replica_dsn: str
    kafka_bootstrap: str


def chosen_kind() -> str:
    """`TEST_INFRA`, or containers where an engine answers, else the embedded servers."""
    kind = os.environ.get("TEST_INFRA")
    if kind is None:
        return "testcontainers" if _engine_answers() else "embedded"
    if kind not in {"testcontainers", "embedded", "external"}:
        raise ValueError(f"TEST_INFRA is {kind!r}: choose testcontainers, embedded or external")
    return kind


@contextmanager
def servers(kind: str) -> Iterator[Infra]:
    """Starts the servers of this kind, and stops what it started."""
    if kind == "testcontainers":
        from tests.infra.containers import container_servers  # noqa: PLC0415  needs Docker's client

        start = container_servers()
    elif kind == "embedded":
        from tests.infra.embedded import embedded_servers  # noqa: PLC0415  needs the embedded binaries

        start = embedded_servers()
    else:
        start = _external_servers()
    with start as infra:
        yield infra


@contextmanager
def _external_servers() -> Iterator[Infra]:
    yield Infra(
        "external",
        os.environ["TEST_PRIMARY_DSN"],
        os.environ["TEST_REPLICA_DSN"],
        os.environ["TEST_KAFKA_BOOTSTRAP"],
    )


def _engine_answers() -> bool:
    if shutil.which("docker") is None:
        return False
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=20, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False
