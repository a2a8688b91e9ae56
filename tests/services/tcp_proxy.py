"""A server that can go away: a TCP proxy in front of a real one."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """Forwards until it is told to refuse or to freeze."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._frozen = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.port = 0
        self.restore()

    def restore(self) -> None:
        """Forwards (again)."""
        self._frozen.clear()
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self.port = self._listener.getsockname()[1]
            threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def freeze(self) -> None:
        """Accepts, and says nothing more: a peer that vanished."""
        self._frozen.set()

    def refuse(self) -> None:
        """Cuts all connections and takes no new ones: a server that is down."""
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            for open_socket in self._open:
                # The peer may have hung up first.
                with suppress(OSError):
                    open_socket.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._forward, args=[client], daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server, selectors.DefaultSelector() as selector:
            with self._lock:
                self._open |= {client, server}
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            try:
                self._copy(selector)
            except OSError:
                pass
            finally:
                with self._lock:
                    self._open -= {client, server}

    def _copy(self, selector: selectors.BaseSelector) -> None:
        while True:
            for key, _ in selector.select(timeout=0.05):
                if self._frozen.is_set():
                    threading.Event().wait(0.05)
                    continue
                assert isinstance(key.fileobj, socket.socket)
                data = key.fileobj.recv(65_536)
                if not data:
                    return
                key.data.sendall(data)


@contextmanager
def proxy(host: str, port: int) -> Iterator[Proxy]:
    running = Proxy((host, port))
    try:
        yield running
    finally:
        running.refuse()
