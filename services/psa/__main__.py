"""The push worker: `python -m services.psa`. With `intents ...` it is the operator's tool (`operate.py`)."""

from services.extras import require

require("psa")

import asyncio
import sys
from typing import Final

import structlog

from services import process
from services.logs import configure_logging
from services.psa.carry_out import CarryOut
from services.psa.connections import ConnectionFor
from services.psa.database import Database
from services.psa.ledger import Ledger
from services.psa.metrics import METRICS
from services.psa.operate import operate
from services.psa.providers import Providers, connection_for
from services.psa.settings import WorkerSettings
from services.psa.worker import Worker
from services.settings import settings_or_exit
from services.spans import spans

# Requests under way may end, then they are recorded as unknown, then all is left.
_CLAIM_SECONDS: Final = 1
_FINISH_SECONDS: Final = 5
_CLOSE_SECONDS: Final = 1
SERVICE: Final = "flowpilot-analytics-push-worker"

log = structlog.get_logger(__name__)


async def push_until(stop: asyncio.Event, settings: WorkerSettings, connections: ConnectionFor) -> int:
    """Return once it is told to stop and what was begun has ended."""
    database = Database(settings.database_url)
    providers = Providers(connections, settings)
    ledger = Ledger(
        database,
        lease_seconds=settings.lease_seconds,
        reconcile_seconds=settings.reconcile_seconds,
        most_sends=settings.most_sends,
    )
    with spans(SERVICE, "services.psa", traces=settings.traces) as span:
        worker = Worker(
            ledger,
            CarryOut(ledger, providers, settings.work_seconds, span),
            concurrency=settings.worker_concurrency,
            account_concurrency=settings.account_concurrency,
            poll_seconds=settings.poll_seconds,
        )
        log.info("push_worker_started", reconcile_seconds=settings.reconcile_seconds)
        running = asyncio.create_task(worker.run(stop))
        await stop.wait()
        await process.end(running, _CLAIM_SECONDS)
        await worker.finish(_FINISH_SECONDS)
        closing = {asyncio.create_task(providers.aclose()), asyncio.create_task(database.close())}
        await asyncio.wait(closing, timeout=_CLOSE_SECONDS)
    log.info("push_worker_ended")
    return 0


def main() -> None:
    """Run until SIGTERM or SIGINT, or one command of the operator's."""
    if len(sys.argv) > 1:
        raise SystemExit(operate(sys.argv[1:]))
    settings = settings_or_exit(WorkerSettings.from_env)
    configure_logging(settings.log_level)
    connections = settings_or_exit(lambda _: connection_for(settings))
    process.run(
        lambda stop: push_until(stop, settings, connections),
        metrics_port=settings.metrics_port,
        registry=METRICS.registry,
    )


if __name__ == "__main__":
    main()
