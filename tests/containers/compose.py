"""The compose file, run for a test under a project name of its own."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

COMPOSE_FILE = Path(__file__).parents[2] / "deploy" / "compose.yaml"
PASSWORD = "compose-test-password"
JWT_SECRET = "compose-test-secret-of-at-least-32-bytes"

Value = TypeVar("Value")


@dataclass(frozen=True)
class Compose:
    """`docker compose` for one project."""

    project: str
    kafka_port: int
    profiles: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, timeout: float = 600) -> str:
        profiles = [part for name in self.profiles for part in ("--profile", name)]
        command = ["docker", "compose", "--file", str(COMPOSE_FILE), "--project-name", self.project, *profiles]
        environment = {
            **os.environ,
            "FLOWPILOT_PASSWORD": PASSWORD,
            "AUTH_JWT_SECRET": JWT_SECRET,
            "API_PORT": "0",
            "KAFKA_PORT": str(self.kafka_port),
            **self.environment,
        }
        done = subprocess.run(
            [*command, *arguments], check=False, capture_output=True, text=True, env=environment, timeout=timeout
        )
        if done.returncode:
            raise AssertionError(f"docker compose {' '.join(arguments)}: {done.stderr[-3000:]}{done.stdout[-2000:]}")
        return done.stdout

    def address(self, service: str, port: int, *, index: int = 0) -> str:
        """host:port on this machine, of any container of the service or of the one with this number."""
        return self("port", "--index", str(index), service, str(port)).strip().replace("0.0.0.0", "127.0.0.1")  # noqa: S104  what it may print

    def healthy(self, service: str) -> int:
        """How many of its containers say that they are well."""
        lines = self("ps", "--format", "json", service).splitlines()
        return sum(json.loads(line)["Health"] == "healthy" for line in lines if line)

    def kafka(self, user: str) -> dict[str, str]:
        """How a client on this machine logs in to the broker."""
        return {
            "bootstrap.servers": self.address("kafka", 19092),
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "PLAIN",
            "sasl.username": user,
            "sasl.password": PASSWORD,
        }

    def dsn(self, role: str, service: str = "primary", password: str = PASSWORD) -> str:
        return f"postgresql://{role}:{password}@{self.address(service, 5432)}/flowpilot"
