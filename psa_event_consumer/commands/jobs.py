"""`jobs run NAME`: a job at once, whether it is due or not."""

import argparse
import json
import sys
from functools import partial
from typing import Any

from psa_event_consumer.apply import database
from psa_event_consumer.commands.types import Commands
from psa_event_consumer.jobs import all_jobs
from psa_event_consumer.jobs.job import once_free, run
from psa_event_consumer.settings import ConsumerSettings


def add_to(commands: Commands) -> None:
    """Add `jobs` to the command line."""
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
        async with await database.connect(settings.database_url) as connection:
            result = await once_free(partial(run, connection, job))
    except Exception as error:  # noqa: BLE001  the line says what went wrong
        _print({"job": job.name, "ok": False, "error": f"{type(error).__name__}: {error}"})
        return 1
    _print({"job": job.name, "ok": True, **result})
    return 0


def _print(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, default=str) + "\n")
