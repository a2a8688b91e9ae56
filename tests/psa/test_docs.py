"""The examples of docs/psa.md, carried out."""

import os
import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine

from deploy.sandbox.client import SandboxControls
from services.psa import Note
from services.psa.operate import operate
from tests.psa.conftest import Account
from tests.psa.processes import KEYS, Sandbox, Worker
from tests.psa.test_ledger import change
from tests.psa.test_operate import UNKNOWN
from tests.psa.test_request import alchemy_url

PAGE = (Path(__file__).parents[2] / "docs" / "psa.md").read_text()
ASKS, CONNECTS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
MODULE = """
from types import SimpleNamespace

CLIENT_ID = {client!r}

async def psa_settings(account_id):
    return SimpleNamespace(site={site!r}, company_id={company!r}, public_key={public!r}, private_key={private!r})

"""


def test_the_main_applications_part(
    account: Account,
    sandbox: SandboxControls,
    sandbox_process: Sandbox,
    start_worker: Callable[..., Worker],
    tmp_path: Path,
) -> None:
    (ticket,) = sandbox.add_tickets()
    session = SimpleNamespace(
        id=account.add_session(ticket), account_id=account.id, started_at=datetime(2026, 7, 29, tzinfo=UTC), summary="S"
    )
    engine = create_engine(alchemy_url(account.database))
    given = {"engine": engine, "session": session, "close_session": lambda *_: None}
    exec(ASKS.replace("48213", ticket).replace("547", "503"), given)  # noqa: S102  our own page
    engine.dispose()

    named = re.search(r"`PSA_CONNECTIONS=((\w+)\.(\w+):\w+)`", PAGE)
    assert named is not None
    (tmp_path / named[2]).mkdir()
    settings = {name.removeprefix("CONNECTWISE_").partition("_")[0].lower(): value for name, value in KEYS.items()}
    own = MODULE.format(**settings, site=sandbox_process.url)
    (tmp_path / named[2] / f"{named[3]}.py").write_text(own + CONNECTS)
    path = os.pathsep.join([str(tmp_path), str(Path.cwd())])
    without = dict.fromkeys([*KEYS, "CONNECTWISE_SITE"], "")
    start_worker(PSA_CONNECTIONS=named[1], PYTHONPATH=path, **without)
    account.wait_for("succeeded", "succeeded", "succeeded", seconds=40)
    counts = {entry["kind"] for entry in sandbox.entries(ticket=ticket)}
    assert counts == {"time", "note", "status"}


@pytest.mark.parametrize("command", re.findall(r"python -m services\.psa (intents [^#\n]+)", PAGE))
def test_the_operators_part(account: Account, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("PSA_DATABASE_URL", account.database.dsn_for("flowpilot_pusher"))
    intent = account.push("48213", Note(text="n"))
    change(account, UNKNOWN)
    assert operate(shlex.split(command.replace("ID...", "ID").replace("ID", str(intent)))) == 0
