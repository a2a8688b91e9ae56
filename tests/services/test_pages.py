"""Connections to a process's probes and metrics that are held for nothing."""

import asyncio
import socket
from contextlib import ExitStack, suppress
from http import HTTPStatus

import pytest

from deploy.embedded.ports import free_port
from services import pages
from services.pages import MOST, PageServer

LARGE = 50_000_000
HALF = b"GET /large HTTP/1.1\r\n"


async def test_no_client_holds_anybody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SECONDS", 1.0)
    loop, port = asyncio.get_running_loop(), free_port()
    server = PageServer({"/large": lambda: (HTTPStatus.OK, "text/plain", bytes(LARGE))})
    await server.start(port)

    async def sent(request: bytes) -> socket.socket:
        connection = stack.enter_context(socket.socket())
        connection.setblocking(False)  # noqa: FBT003  the socket's own
        await loop.sock_connect(connection, ("127.0.0.1", port))
        await loop.sock_sendall(connection, request)
        return connection

    async def all_of(connection: socket.socket) -> bytes:
        read = bytearray()
        with suppress(ConnectionError):
            while part := await loop.sock_recv(connection, 2**20):
                read += part
        return bytes(read)

    began = loop.time()
    with ExitStack() as stack:
        async with asyncio.timeout(20):
            crowd = [await sent(HALF) for _ in range(MOST + 1)]
            assert (await all_of(await sent(b"GET /nothing HTTP/1.1\r\n\r\n"))).startswith(b"HTTP/1.1 404 ")
            assert await all_of(crowd[0]) == b"", "one more ends the oldest"
            assert loop.time() < began + pages.SECONDS
            unread = await sent(HALF + b"\r\n")
            assert await all_of(await sent(HALF)) == b"", "as does time"
            assert len(await all_of(unread)) < LARGE
            assert (await all_of(await sent(HALF + b"\r\n"))).endswith(bytes(LARGE))
    server.stop()
