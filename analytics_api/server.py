"""Serves the application until it is told to stop."""

import asyncio
import signal
import socket

import uvicorn
from litestar.types import ASGIApp

from analytics_api.edge.connections import IDLE_SECONDS, GuardedProtocol, watch_over

GRACE_SECONDS = 8
BACKLOG = 1024
UNSENT_BYTES = 256 * 1024
"""Of answers that a client does not read, in the kernel, which would take megabytes, and have us make them."""


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        OSError: the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES)  # each connection has it from here
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def serve(app: ASGIApp, listening: socket.socket) -> bool:
    """Answer until SIGTERM or SIGINT; requests under way are finished first. False where it could not even start."""
    config = uvicorn.Config(
        app,
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=round(IDLE_SECONDS),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)

    async def until_told() -> None:
        def stop() -> None:
            server.should_exit = True

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        watch = asyncio.create_task(watch_over(server.server_state.connections))
        try:
            # uvicorn's own handling would end the process by the signal again: a stop on request is a success.
            await server._serve([listening])  # noqa: SLF001
        finally:
            watch.cancel()

    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(until_told())
    return server.started
