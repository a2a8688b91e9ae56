"""The composed stack is reached from other machines with secrets of one's own, or not at all."""

import secrets

import pytest

from deploy.embedded.ports import free_port
from tests.containers.compose import Compose

DEFAULTS = {"FLOWPILOT_PASSWORD": "", "AUTH_JWT_SECRET": ""}
OWN = {"FLOWPILOT_PASSWORD": "of-my-own", "AUTH_JWT_SECRET": "of-my-own-and-at-least-32-bytes-long"}


def guard(**environment: str) -> str:
    project = f"flowpilot-guard-{secrets.token_hex(4)}"
    compose = Compose(project, free_port(), environment=environment)
    try:
        return compose("run", "--rm", "--no-deps", "guard", timeout=120)
    finally:
        compose("down", "--volumes")


@pytest.mark.parametrize("address", ["127.0.0.1", ""])
def test_on_this_machine_alone_the_default_secrets_will_do(address: str) -> None:
    guard(BIND_ADDRESS=address, **DEFAULTS)


@pytest.mark.parametrize("own", ["FLOWPILOT_PASSWORD", "AUTH_JWT_SECRET", None])
def test_beyond_it_each_default_secret_is_refused(own: str | None) -> None:
    given = {name: OWN[name] if name == own else "" for name in DEFAULTS}
    with pytest.raises(AssertionError, match=r"set (FLOWPILOT_PASSWORD|AUTH_JWT_SECRET) to a secret of your own"):
        guard(BIND_ADDRESS="0.0.0.0", **given)  # noqa: S104  refused
    guard(BIND_ADDRESS="0.0.0.0", **OWN)  # noqa: S104  its secrets are its own
