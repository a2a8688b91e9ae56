"""The shell of a process: signals, metrics, the deadline and the exit code."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Final, NoReturn

import structlog
from prometheus_client import CollectorRegistry

from services.pages import PageServer, metrics_reply
from services.settings import EXIT_CODE

DEADLINE_SECONDS: Final = 9.0
"""From the signal to the end, whatever hangs: an orchestrator kills after ten."""
_INTERRUPTED: Final = 130

log = structlog.get_logger(__name__)


Work = Callable[[asyncio.Event], Coroutine[Any, Any, int]]


def run(work: Work, *, metrics_port: int | None, registry: CollectorRegistry) -> NoReturn:
    """Run `work`, serve its metrics where there is a port, and end the process with the exit code that it returns.

    SIGTERM or SIGINT sets the event; `work` then has until the deadline. A second signal ends the process at once.
    """
    code = asyncio.run(_until_told(work, metrics_port, registry))
    sys.stderr.flush()
    # Not sys.exit: a lookup of a name may still hang.
    os._exit(code)


async def _until_told(work: Work, metrics_port: int | None, registry: CollectorRegistry) -> int:
    stop = asyncio.Event()
    on_signals(stop)
    pages = PageServer({"/metrics": lambda: metrics_reply(registry)})
    if metrics_port is not None:
        try:
            await pages.start(metrics_port)
        except OSError as error:
            sys.stderr.write(f"METRICS_PORT {metrics_port} cannot be listened on: {error.strerror}\n")
            return EXIT_CODE
    return await work(stop)


def on_signals(stop: asyncio.Event) -> None:
    """Set the event at SIGTERM or SIGINT, and see to it that the process ends."""

    def told() -> None:
        if stop.is_set():
            os._exit(_INTERRUPTED)
        log.info("stopping", within_seconds=DEADLINE_SECONDS)
        stop.set()
        # A thread: it also ends a process whose event loop does not turn. Nothing depends on a clean end.
        deadline = threading.Timer(DEADLINE_SECONDS, os._exit, (0,))
        deadline.daemon = True
        deadline.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told)


async def end(task: asyncio.Task[Any], seconds: float) -> None:
    """Let the task end by itself for so long; cancel it then, and leave it after as long again."""
    await asyncio.wait({task}, timeout=seconds)
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=seconds)
