"""`python -m analytics_api [openapi | check-schema]`: the command line; without a command it serves."""

from services.extras import require

require("api")

import asyncio
import logging
import sys
import zoneinfo

import structlog

from analytics_api.app import create_app
from analytics_api.database.replica import Replica
from analytics_api.database.schema_state import rollup_faults, schema_differences
from analytics_api.openapi.document import encoded
from analytics_api.problems.errors import UnavailableError
from analytics_api.server import bind, serve
from analytics_api.settings import Settings
from services.logs import configure_logging
from services.settings import settings_or_exit
from shared_queries.tables import trigger_failure

USAGE = "usage: python -m analytics_api [openapi | check-schema]\n"

log = structlog.get_logger(__name__)


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    # The package tzdata alone, as PYTHONTZPATH='' says: a day must be the same day on every machine.
    zoneinfo.reset_tzpath(to=[])
    match arguments:
        case []:
            return _serve(settings_or_exit(Settings.from_env))
        case ["openapi"]:
            sys.stdout.buffer.write(encoded())
            return 0
        case ["check-schema"]:
            return _check_schema(settings_or_exit(Settings.from_env))
        case _:
            sys.stderr.write(USAGE)
            return 2


def _serve(settings: Settings) -> int:
    configure_logging(settings.log_level)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    try:
        listening = bind(settings.host, settings.port)
    except OSError as error:
        sys.stderr.write(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}): set API_HOST and API_PORT to a free"
            " address\n"
        )
        return 1
    with listening:
        log.info("serving", host=settings.host, port=settings.port, page=settings.frontend_dist is not None)
        has_served = serve(create_app(settings), listening)
    log.info("stopped")
    return 0 if has_served else 1


def _check_schema(settings: Settings) -> int:
    """Print one line for each difference; 1 where there is any."""

    async def differences() -> list[str]:
        replica = Replica(settings.database_url)
        try:
            found = (await replica.read(schema_differences)).all
            is_migrated = not any(trigger_failure.fullname in each for each in found)
            return [*found, *(await replica.read(rollup_faults) if is_migrated else [])]
        finally:
            await replica.close()

    try:
        found = asyncio.run(differences())
    except UnavailableError as error:
        sys.stderr.write(f"ANALYTICS_DATABASE_URL: {error} ({_reason(error)})\n")
        return 1
    for difference in found:
        sys.stdout.write(f"{difference}\n")
    if not found:
        sys.stdout.write("the schema is as expected\n")
    return 1 if found else 0


def _reason(error: UnavailableError) -> str:
    original = getattr(error.__cause__, "orig", error.__cause__)
    # A connection string never reaches psycopg's messages, but hosts and users do: this is for whoever set them.
    return " ".join(str(original).split()) or type(original).__name__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
