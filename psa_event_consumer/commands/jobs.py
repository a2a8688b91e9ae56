"""`jobs run NAME`: a job at once, whether it is due or not."""

import argparse
import asyncio
import json
import sys
import time
from typing import Any

from psa_event_consumer.apply import database
from psa_event_consumer.commands.types import Commands
from psa_event_consumer.jobs import all_jobs
from psa_event_consumer.jobs.job import BusyError, Job, run
from psa_event_consumer.settings import ConsumerSettings

_WAIT_SECONDS = 60.0
_AGAIN_SECONDS = 0.2


def add_to(commands: Commands) -> None:
    """Add the noun."""
    verbs = commands.add_parser("jobs", help="run a scheduled job now").add_subparsers(required=True, metavar="run")
    parser = verbs.add_parser("run", help="runs it, due or not, and prints one JSON line")
    parser.add_argument("name", metavar="NAME")
    parser.set_defaults(command=_run)


async def _run(settings: ConsumerSettings, arguments: argparse.Namespace) -> int:
    table = all_jobs(settings)
    job = table.get(arguments.name)
    if job is None:
        sys.stderr.write(f"no job is named {arguments.name!r}; there are: {', '.join(table)}\n")
        return 2
    try:
        result = await _run_once_free(settings, job)
    except Exception as error:  # noqa: BLE001  the line says what went wrong
        _print({"job": job.name, "ok": False, "error": f"{type(error).__name__}: {error}"})
        return 1
    _print({"job": job.name, "ok": True, **result})
    return 0


async def _run_once_free(settings: ConsumerSettings, job: Job) -> dict[str, Any]:
    """Wait up to a minute for another run of the job to end."""
    deadline = time.monotonic() + _WAIT_SECONDS
    async with await database.connect(settings.database_url) as connection:
        while True:
            try:
                return dict(await run(connection, job))
            except BusyError:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(_AGAIN_SECONDS)


def _print(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, default=str) + "\n")
