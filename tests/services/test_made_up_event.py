"""CONTRIBUTING.md's list for a new event is complete, and each file that is forgotten is named by mypy or a test."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.database import Database
from tests.infra.nested import PYTEST
from tests.services import made_up_event

ROOT = Path(__file__).parents[2]
CHECKED = ("-p=services.events", "-m=psa_event_consumer.apply.effects")
COPIED = ("services", "shared_queries", "psa_event_consumer", "deploy", "tests", "pyproject.toml")
TESTS = ("tests/services/test_event_contracts.py",)
_JOURNEY = """
import asyncio, sys
from datetime import UTC, datetime
from uuid import uuid4
from deploy.topics import Settings, _new_topic
from services.kafka import KafkaSettings
from psa_event_consumer.apply.batch import Batch, decode_into
from psa_event_consumer.apply.database import connect
from psa_event_consumer.apply.transaction import apply_events
from services.events import FlowRated, contract_of, decode, encode, topic_of
from services.events.schema import asyncapi, json_schemas
from tests.consumer.applying import record_of

event = FlowRated(uuid4(), uuid4(), 5)
contract = contract_of(event)
assert contract.event_type in json_schemas() and "FlowRated" in asyncapi()["channels"]
assert _new_topic(contract, Settings(KafkaSettings("localhost:9"))).name == "flowpilot.flow-rated.v1"

async def apply():
    async with await connect(sys.argv[1]) as connection, connection.transaction():
        batch = Batch(topic_of(event))
        await decode_into(batch, [record_of(event), record_of(event, 1)], now=datetime.now(UTC), oldest=None)
        return await apply_events(connection, batch)

outcome = asyncio.run(apply())
assert (outcome.applied, outcome.duplicates, outcome.dead) == (1, 1, []), outcome
"""


@pytest.fixture(scope="module")
def _copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What has to know of events, once for all tests: mypy remembers what it has seen."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def checkout(_copy: Path) -> Iterator[Path]:
    """The copy as it was."""
    yield _copy
    for name in made_up_event.STEPS:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, _copy / name)
        else:
            (_copy / name).unlink(missing_ok=True)


def mypy(checkout: Path) -> str:
    """Return what it complains of."""
    done = _run(checkout, sys.executable, "-m", "mypy", "--follow-imports=silent", *CHECKED)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def failing_tests(checkout: Path) -> str:
    """Return what the tests complain of."""
    done = _run(checkout, *PYTEST, "-q", *TESTS)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _run(checkout: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(checkout), "MYPYPATH": str(checkout)}
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


def test_the_list_is_no_longer_than_six_files_and_is_the_one_that_contributors_read() -> None:
    assert len(made_up_event.STEPS) <= 6
    _, section = (ROOT / "CONTRIBUTING.md").read_text().split("\n## A new event\n")
    listed = re.findall(r"^\d\. (like )?`([^`]+)`", section.partition("\n## ")[0], re.MULTILINE)
    files = [name.replace("flow_matched", "flow_rated") if like else name for like, name in listed]
    assert files == list(made_up_event.STEPS)


def test_an_event_that_is_added_by_the_list_travels_the_whole_way(checkout: Path, module_database: Database) -> None:
    made_up_event.add(checkout)
    assert mypy(checkout) == ""
    assert failing_tests(checkout) == ""
    done = _run(checkout, sys.executable, "-c", _JOURNEY, module_database.dsn_for("flowpilot_consumer"))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("forgotten", made_up_event.STEPS)
def test_a_file_that_is_forgotten_is_named(checkout: Path, forgotten: str) -> None:
    made_up_event.add(checkout, without=forgotten)
    complaints = mypy(checkout) or failing_tests(checkout)
    assert Path(forgotten).stem in complaints or "FlowRated" in complaints, complaints
