"""A process whose extra is not installed says so in one line."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from services.extras import EXTRAS

START_WITHOUT = """
import runpy, sys
sys.modules[{package!r}] = None  # import and find_spec take it for not installed
runpy.run_module({process!r}, run_name="__main__", alter_sys=True)
"""
PROJECT = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_packages_of_an_extra_are_those_of_the_project(extra: str) -> None:
    distributions = packages_distributions()
    known = {re.sub(r"[-_.]+", "-", name).lower() for module in EXTRAS[extra] for name in distributions[module]}
    listed = {re.split(r"[\[><=]", requirement)[0] for requirement in PROJECT["optional-dependencies"][extra]}
    assert known == {name.lower() for name in listed} - {PROJECT["name"]}


@pytest.mark.parametrize(
    ("process", "package", "extra"),
    [
        ("services.outbox", "aiokafka", "relay"),
        ("services.psa", "httpx", "psa"),
        ("psa_event_consumer", "apscheduler", "consumer"),
        ("analytics_api", "litestar", "api"),
        ("deploy.migrations", "alembic", "migrations"),
        ("deploy.topics", "aiokafka", "relay"),
        ("deploy.embedded", "jgo", "embedded"),
    ],
)
def test_a_process_without_its_extra_is_one_line_and_exit_code_2(process: str, package: str, extra: str) -> None:
    code = START_WITHOUT.format(process=process, package=package)
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    line = rf"python -m {process} needs {package}: pip install 'flowpilot-analytics\[{extra}.*\]'\n"
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(line, ended.stderr)
