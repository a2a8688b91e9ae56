"""The relay: `python -m services.outbox`."""

from services.extras import require

require("relay")

import asyncio
from typing import Final

import structlog

from services import process
from services.logs import configure_logging
from services.outbox.metrics import METRICS
from services.outbox.publisher import Publisher
from services.outbox.relay import Relay
from services.outbox.settings import RelaySettings
from services.outbox.store import Store
from services.settings import settings_or_exit
from services.spans import spans

# A round under way may end, then it is cancelled, and whatever still hangs is left.
_FINISH_SECONDS: Final = 3
_CLOSE_SECONDS: Final = 1
SERVICE: Final = "flowpilot-analytics-relay"

log = structlog.get_logger(__name__)


async def relay_until(stop: asyncio.Event, settings: RelaySettings) -> int:
    """Return the exit code, once it is told to stop or the loop broke."""
    with spans(SERVICE, "services.outbox", traces=settings.traces) as span:
        relay = Relay(Store(settings.database_url), Publisher(settings.kafka), settings.poll_seconds, span)
        log.info("relay_started", kafka=settings.kafka.bootstrap_servers)
        running = asyncio.create_task(relay.run(stop))
        signalled = asyncio.create_task(stop.wait())
        await asyncio.wait({running, signalled}, return_when=asyncio.FIRST_COMPLETED)
        await process.end(running, _FINISH_SECONDS)
        await asyncio.wait({asyncio.ensure_future(relay.close())}, timeout=_CLOSE_SECONDS)
    log.info("relay_ended")
    broke = running.done() and not running.cancelled() and running.exception() is not None
    return 1 if broke else 0


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = settings_or_exit(RelaySettings.from_env)
    configure_logging(settings.log_level)
    process.run(lambda stop: relay_until(stop, settings), metrics_port=settings.metrics_port, registry=METRICS.registry)


if __name__ == "__main__":
    main()
