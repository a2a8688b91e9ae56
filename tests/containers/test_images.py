"""What each image holds, and what it does not."""

import json
import subprocess
from typing import Any

import pytest

from tests.containers.compose import JWT_SECRET, PASSWORD, Compose
from tests.containers.conftest import TARGETS

BASE = "python:3.13-slim-bookworm"
MAX_ADDED_BYTES = 150_000_000


def inspect(image: str) -> dict[str, Any]:
    done = subprocess.run(["docker", "image", "inspect", image], check=True, capture_output=True, text=True)
    answer: list[dict[str, Any]] = json.loads(done.stdout)
    return answer[0]


def shell(image: str, script: str) -> str:
    done = subprocess.run(
        ["docker", "run", "--rm", "--read-only", "--network", "none", "--entrypoint", "sh", image, "-c", script],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize("target", TARGETS)
class TestImage:
    def test_adds_little_to_its_base(self, target: str) -> None:
        added = inspect(f"flowpilot-analytics-{target}")["Size"] - inspect(BASE)["Size"]
        assert added < MAX_ADDED_BYTES, f"{target} adds {added / 1e6:.0f} MB"

    def test_does_not_run_as_root(self, target: str) -> None:
        assert inspect(f"flowpilot-analytics-{target}")["Config"]["User"] == "10001:10001"

    def test_can_write_nothing_of_its_own(self, target: str) -> None:
        assert shell(f"flowpilot-analytics-{target}", "find /app /packages -writable | head -n 1") == ""

    def test_holds_no_build_tools_and_no_tests(self, target: str) -> None:
        assert (
            shell(f"flowpilot-analytics-{target}", "ls -d /app/tests || command -v gcc cc make npm git || true") == ""
        )

    def test_holds_no_secret(self, target: str) -> None:
        image = f"flowpilot-analytics-{target}"
        history = subprocess.run(
            ["docker", "history", "--no-trunc", "--format", "{{.CreatedBy}}", image],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        told = json.dumps(inspect(image)["Config"]) + history
        assert PASSWORD not in told
        assert JWT_SECRET not in told


def test_no_secret_in_a_log_or_process_list(stack: Compose) -> None:
    told = stack("logs", "relay", "consumer", "api", "migrate") + "".join(
        stack("top", service) for service in ("relay", "consumer", "api")
    )
    assert PASSWORD not in told
    assert JWT_SECRET not in told
