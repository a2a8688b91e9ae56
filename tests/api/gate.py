"""A TCP gate in front of a server: the network between it and its clients, which a test may cut or freeze."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any


class Gate:
    """Forwards to a server while open."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._server: asyncio.Server | None = None
        self.port = 0

    def open(self) -> None:
        """Listen, at the same port as before."""
        self._run(self._open())

    def cut(self) -> None:
        """As when the server is killed: connections break, new ones are refused."""
        self._run(self._cut())

    def freeze(self) -> None:
        """As when the server is stopped in its tracks: connections stay, and nothing comes back any more."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def thaw(self) -> None:
        self._loop.call_soon_threadsafe(self._flows.set)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError):  # the stream's own callback would report the test's end
            server_reader, server_writer = await asyncio.open_connection(*self._target)
            self._writers |= {writer, server_writer}
            try:
                await asyncio.gather(self._pump(reader, server_writer), self._pump(server_reader, writer))
            finally:
                self._writers -= {writer, server_writer}

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65_536):
                await self._flows.wait()
                sink.write(data)
                await sink.drain()
        sink.close()

    def run(self) -> None:
        self._loop.run_forever()

    async def _end(self) -> None:
        await self._cut()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def end(self) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)


@contextmanager
def gate_to(host: str, port: int) -> Iterator[Gate]:
    """An open gate to the server, in a thread of its own."""
    gate = Gate(host, port)
    thread = threading.Thread(target=gate.run, daemon=True)
    thread.start()
    try:
        gate.open()
        yield gate
    finally:
        gate.end()
        thread.join(10)
        gate._loop.close()  # noqa: SLF001  its own helper
