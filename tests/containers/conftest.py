import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deploy.embedded.ports import free_port
from tests.containers.compose import Compose
from tests.infra.missing import skip_outside_ci

TARGETS = ("api", "consumer", "relay", "push-worker", "migrate")


def engine_answers() -> bool:
    try:
        return subprocess.run(["docker", "info"], check=False, capture_output=True, timeout=20).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    if not engine_answers():
        skip_outside_ci("no Docker engine answers: start one, then run `make compose-test` again")


@contextmanager
def composed(name: str) -> Iterator[Compose]:
    """The stack without the demo's parts; gone at the end, volumes included."""
    compose = Compose(project=f"flowpilot-{name}-{os.getpid()}", kafka_port=free_port())
    try:
        compose("up", "--detach", "--wait", "primary", "replica", "kafka")
        compose("up", "--detach", "--wait", "relay", "consumer", "api")
        yield compose
    finally:
        compose("down", "--volumes", "--timeout", "5")


@pytest.fixture(scope="session")
def images(engine: None) -> None:  # noqa: ARG001  asked for its effect
    """Every image, of this checkout."""
    Compose(project="flowpilot-build", kafka_port=0, profiles=("demo",))("build")


@pytest.fixture(scope="session")
def stack(images: None) -> Iterator[Compose]:  # noqa: ARG001  asked for its effect
    """One stack for the tests that leave it whole."""
    with composed("test") as compose:
        yield compose


@pytest.fixture
def doomed_stack(images: None) -> Iterator[Compose]:  # noqa: ARG001  asked for its effect
    """A stack of its own for a test that breaks it."""
    with composed("failover") as compose:
        yield compose
