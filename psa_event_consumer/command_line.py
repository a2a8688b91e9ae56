"""`python -m psa_event_consumer`: runs the consumer, or looks after what it could not apply."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence

from psycopg import Error

from psa_event_consumer.apply.offsets import FencedError
from psa_event_consumer.apply.readiness import NotReadyError
from psa_event_consumer.commands import dead_letters, jobs, offsets, recount
from psa_event_consumer.run import process
from psa_event_consumer.settings import ConsumerSettings
from services.logs import configure_logging
from services.settings import settings_or_exit


def main(arguments: Sequence[str]) -> int:
    """Return the exit code: 0, 1 where something was refused or failed, 2 for a wrong call or setting."""
    parsed = _parser().parse_args(arguments)
    settings = settings_or_exit(ConsumerSettings.from_env)
    configure_logging(settings.log_level)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # else two lines a second, of jobs that went well
    if parsed.command is None:
        return process.run(settings)
    try:
        exit_code: int = asyncio.run(parsed.command(settings, parsed))
    except (Error, FencedError, NotReadyError) as error:
        first_line, *_ = str(error).splitlines() or [type(error).__name__]
        sys.stderr.write(f"the database: {first_line}\n")
        return 1
    return exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m psa_event_consumer",
        description="Without a command: consumes events and runs the scheduled jobs until it is stopped.",
    )
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(metavar="command")
    dead_letters.add_to(commands)
    offsets.add_to(commands)
    jobs.add_to(commands)
    recount.add_to(commands)
    return parser
