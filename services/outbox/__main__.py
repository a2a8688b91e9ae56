"""The relay: `python -m services.outbox`."""

from services.extras import require

require("relay")

import asyncio
import os
import signal
import sys
import threading
from typing import Final

import structlog
from prometheus_client import start_http_server

from services.logs import configure_logging
from services.outbox.metrics import METRICS
from services.outbox.publisher import Publisher
from services.outbox.relay import Relay
from services.outbox.settings import RelaySettings
from services.outbox.store import Store
from services.settings import EXIT_CODE, settings_or_exit

# SIGTERM to exit within 10 s: a round under way may end, then it is cancelled, and whatever still hangs is left.
_FINISH_S: Final = 3
_CANCEL_S: Final = 2
_GIVE_UP_S: Final = 8

log = structlog.get_logger(__name__)


async def relay_until_signalled(settings: RelaySettings) -> int:
    """Return the exit code, once SIGTERM or SIGINT came or the loop broke."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    relay = Relay(Store(settings.database_url), Publisher(settings.kafka), settings.poll_seconds)
    log.info("relay_started", kafka=settings.kafka.bootstrap_servers)
    running = asyncio.create_task(relay.run(stop))
    signalled = asyncio.create_task(stop.wait())
    await asyncio.wait({running, signalled}, return_when=asyncio.FIRST_COMPLETED)
    last_resort = threading.Timer(_GIVE_UP_S, os._exit, [0])
    last_resort.daemon = True
    last_resort.start()
    await asyncio.wait({running}, timeout=_FINISH_S)
    running.cancel()
    await asyncio.wait({running, asyncio.ensure_future(relay.close())}, timeout=_CANCEL_S)
    log.info("relay_ended")
    broke = running.done() and not running.cancelled() and running.exception() is not None
    return 1 if broke else 0


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = settings_or_exit(RelaySettings.from_env)
    configure_logging(settings.log_level)
    if settings.metrics_port is not None:
        try:
            start_http_server(settings.metrics_port, registry=METRICS.registry)
        except OSError as error:
            sys.stderr.write(f"METRICS_PORT {settings.metrics_port} cannot be listened on: {error.strerror}\n")
            raise SystemExit(EXIT_CODE) from None
    code = asyncio.run(relay_until_signalled(settings))
    sys.stderr.flush()
    # Not sys.exit: a thread of the metrics server or a lookup of a name may still hang.
    os._exit(code)


if __name__ == "__main__":
    main()
