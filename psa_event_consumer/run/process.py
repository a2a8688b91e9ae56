"""The process: everything started, and stopped within ten seconds whatever is away."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from psa_event_consumer.health.probes import Health
from psa_event_consumer.health.state import State
from psa_event_consumer.health.watchdog import Watchdog
from psa_event_consumer.jobs import all_jobs
from psa_event_consumer.jobs.scheduler import Scheduler
from psa_event_consumer.kafka.gate import Gate
from psa_event_consumer.run.loop import Span, untraced
from psa_event_consumer.run.supervisor import Supervisor
from psa_event_consumer.settings import ConsumerSettings
from services.process import on_signals

log = structlog.get_logger(__name__)

_TRANSACTION_SECONDS = 4.0
_PORT_TAKEN = 2
_COLLECT_SECONDS = 60.0


def run(settings: ConsumerSettings) -> int:
    """Consume until SIGTERM or SIGINT, and return the exit code."""
    _collect_garbage_less_often()
    with _tracing(settings) as span:
        return asyncio.run(_run(settings, span))


@contextmanager
def _tracing(settings: ConsumerSettings) -> Iterator[Span]:
    if not settings.traces:
        yield untraced
        return
    from psa_event_consumer.run.telemetry import BatchTracing  # noqa: PLC0415  an extra, needed only here

    tracing = BatchTracing(settings.group_id)
    yield tracing.batch
    tracing.close()


async def _run(settings: ConsumerSettings, span: Span) -> int:
    state = State()
    gate = Gate(settings.group_id)
    watchdog = Watchdog(state)
    health = Health(state, gate)
    try:
        await health.pages.start(settings.health_port)
    except OSError as error:
        log.critical(
            "port_taken", variable="HEALTH_PORT", then="choose a free one", port=settings.health_port, error=str(error)
        )
        return _PORT_TAKEN
    on_signals(state.stopping)
    scheduler = Scheduler(settings.database_url, all_jobs(settings, gate, watchdog, state))
    scheduler.start()
    log.info("consumer_started", group=settings.group_id, health_port=settings.health_port)
    collecting = asyncio.create_task(_collect_cycles())
    supervising = asyncio.create_task(Supervisor(settings, gate, state, watchdog, span).run())
    stopping = asyncio.create_task(state.stopping.wait())
    await asyncio.wait({supervising, stopping}, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait({supervising}, timeout=_TRANSACTION_SECONDS)
    if not supervising.done():
        # A server does not answer. What is not committed is fetched again by whoever has the partitions next.
        supervising.cancel()
        await asyncio.wait({supervising}, timeout=_TRANSACTION_SECONDS)
    await scheduler.stop()
    collecting.cancel()
    health.pages.stop()
    log.info("consumer_ended")
    return 0


def _collect_garbage_less_often() -> None:
    """Collect garbage less often: a batch is some 50,000 objects without a cycle, looked through 70 times by default.

    Measured: half of the time that decoding takes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 10, 10)


async def _collect_cycles() -> None:
    """Collect all garbage once a minute: by the threshold alone, cycles would wait for some 20 million allocations.

    A lost connection is one, with the exception that told of it: measured, 0.25 MiB each.
    """
    while True:
        await asyncio.sleep(_COLLECT_SECONDS)
        gc.collect()
