"""The push worker: `python -m services.psa`. With `intents ...` it is the operator's tool (`operate.py`)."""

from services.extras import require

require("psa")

import asyncio
import os
import signal
import sys
import threading
from typing import Final

import structlog
from prometheus_client import start_http_server

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
from services.settings import EXIT_CODE, SettingsError, settings_or_exit

# SIGTERM to exit within 10 s: requests under way may end, then they are recorded as unknown, then all is left.
_FINISH_S: Final = 5
_CLOSE_S: Final = 2
_GIVE_UP_S: Final = 9

log = structlog.get_logger(__name__)


async def push_until_signalled(settings: WorkerSettings, connections: ConnectionFor) -> None:
    """Return once SIGTERM or SIGINT came and what was begun has ended."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    database = Database(settings.database_url)
    providers = Providers(connections, settings)
    ledger = Ledger(
        database,
        lease_seconds=settings.lease_seconds,
        reconcile_seconds=settings.reconcile_seconds,
        most_sends=settings.most_sends,
    )
    worker = Worker(
        ledger,
        CarryOut(ledger, providers, settings.work_seconds),
        concurrency=settings.worker_concurrency,
        account_concurrency=settings.account_concurrency,
        poll_seconds=settings.poll_seconds,
    )
    log.info("push_worker_started", reconcile_seconds=settings.reconcile_seconds)
    running = asyncio.create_task(worker.run(stop))
    await stop.wait()
    last_resort = threading.Timer(_GIVE_UP_S, os._exit, [0])
    last_resort.daemon = True
    last_resort.start()
    await asyncio.wait({running}, timeout=_CLOSE_S)
    running.cancel()
    await worker.finish(_FINISH_S)
    await asyncio.wait({asyncio.create_task(providers.aclose()), asyncio.create_task(database.close())}, timeout=1)
    log.info("push_worker_ended")


def main() -> None:
    """Run until SIGTERM or SIGINT, or one command of the operator's."""
    if len(sys.argv) > 1:
        raise SystemExit(operate(sys.argv[1:]))
    settings = settings_or_exit(WorkerSettings.from_env)
    configure_logging(settings.log_level)
    try:
        connections = connection_for(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(EXIT_CODE) from None
    if settings.metrics_port is not None:
        try:
            start_http_server(settings.metrics_port, registry=METRICS.registry)
        except OSError as error:
            sys.stderr.write(f"METRICS_PORT {settings.metrics_port} cannot be listened on: {error.strerror}\n")
            raise SystemExit(EXIT_CODE) from None
    asyncio.run(push_until_signalled(settings, connections))
    sys.stderr.flush()
    # Not sys.exit: a thread of the metrics server or a lookup of a name may still hang.
    os._exit(0)


if __name__ == "__main__":
    main()
