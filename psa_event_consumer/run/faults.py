"""Faults never end the process and never bury an event: wait, connect again, load the positions, fetch again."""

import asyncio
from contextlib import suppress

from aiokafka.errors import KafkaError
from psycopg import Error, OperationalError

from psa_event_consumer.apply.offsets import FencedError
from psa_event_consumer.apply.readiness import NotReadyError
from services.backoff import growing

_FIRST_SECONDS = 0.1
_LONGEST_SECONDS = 10.0
_NAMES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (NotReadyError, "database_not_as_expected"),
    (FencedError, "fenced"),
    ((KafkaError, TimeoutError, OSError), "kafka"),
)


async def wait_after(faults_in_a_row: int, stop: asyncio.Event) -> None:
    """Wait twice as long each time, with jitter, so that replicas do not all return at once; a stop ends it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(growing(faults_in_a_row, first=_FIRST_SECONDS, longest=_LONGEST_SECONDS)):
            await stop.wait()


def name_of(fault: BaseException) -> str:
    """Return a short name for logs and metrics: where to look."""
    if isinstance(fault, Error):
        away = "database_away" if isinstance(fault, OperationalError) else "database"
        return away if fault.sqlstate is None else f"sqlstate_{fault.sqlstate}"
    return next((name for kinds, name in _NAMES if isinstance(fault, kinds)), "unexpected")
