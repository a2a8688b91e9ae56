"""The main application imports the contracts and the settings without the drivers that they do not need."""

import subprocess
import sys

import pytest

BLOCKED = """
import sys
for name in {blocked!r}:
    sys.modules[name] = None  # import raises ImportError
import {module}
print("imported")
"""


@pytest.mark.parametrize(
    ("module", "blocked"),
    [
        ("services.events", ["aiokafka", "httpx", "psycopg", "sqlalchemy", "structlog", "yaml", "opentelemetry"]),
        ("services.settings", ["aiokafka", "httpx", "psycopg", "sqlalchemy", "structlog"]),
        ("services.kafka", ["aiokafka", "httpx", "psycopg", "sqlalchemy"]),
        ("services.outbox", ["aiokafka", "httpx", "psycopg", "prometheus_client", "structlog", "opentelemetry"]),
    ],
)
def test_a_module_imports_without(module: str, blocked: list[str]) -> None:
    code = BLOCKED.format(module=module, blocked=blocked)
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr) == ("imported\n", "")
