"""Connections that are held for nothing, and requests that are no HTTP."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from analytics_api.edge.connections import MAX_BODY_BYTES, MAX_HEAD_BYTES
from tests.api.conftest import READER
from tests.api.running import PATHS, RunningApi, running_api
from tests.api.world import Account
from tests.infra.database import Database

DESCRIPTORS = 300
EACH = 60
BACK_SECONDS = 30
LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
HOLDING = {
    "nothing sent": b"",
    "half a head": LIVE,
    "no body after the answer": LIVE + b"Content-Length: 10\r\n\r\n0",
    "half a chunked body": LIVE + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    "answers not read": (b"GET /schema/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n") * 400,
}


@pytest.fixture
def narrow(package_database: Database, tmp_path: Path) -> Iterator[RunningApi]:
    """A service that may open few files."""
    with running_api(tmp_path / "log", package_database.replica_dsn_for(READER), descriptors=DESCRIPTORS) as api:
        yield api


def connected(api: RunningApi) -> socket.socket:
    host, port = api.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def sent(api: RunningApi, request: bytes) -> bytes:
    """All that the service says until it closes."""
    with connected(api) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
        return b"".join(parts)


def test_no_way_of_holding_connections_keeps_anybody_out_or_lasts(narrow: RunningApi, alpha: Account) -> None:
    # Its descriptors, not what a client sees: one that reads nothing does not see the end either.
    descriptors = psutil.Process(narrow.process.pid).num_fds
    assert narrow.get(PATHS["coverage"], alpha.admin).status_code == 200
    before = descriptors()
    with ExitStack() as stack:
        for request in HOLDING.values():
            for _ in range(EACH):
                connection = stack.enter_context(connected(narrow))
                connection.setblocking(False)  # noqa: FBT003  the socket's own
                with suppress(OSError):  # no room for all of it, or one too many and closed at once
                    connection.sendall(request)
        assert descriptors() > before + EACH
        deadline = time.monotonic() + BACK_SECONDS
        while descriptors() > before + 2:
            assert narrow.client.get("/health/live").status_code == 200
            answer = narrow.get(PATHS["coverage"], alpha.admin)
            assert answer.status_code == 200, answer.text
            assert time.monotonic() < deadline, f"{descriptors() - before} descriptors are still taken"


def test_a_body_without_end_is_cut_off(api: RunningApi) -> None:
    taken = 0
    with connected(api) as connection:
        connection.sendall(LIVE + b"Transfer-Encoding: chunked\r\n\r\n")
        try:
            while taken < 50 * (MAX_HEAD_BYTES + MAX_BODY_BYTES):
                connection.sendall(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
                taken += 0x1000
        except OSError:
            return
    pytest.fail(f"{taken} bytes were taken")


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"NOT HTTP AT ALL\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        LIVE + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["TLS", "version", "no HTTP", "blank in a name", "no number", "both lengths"],
)
def test_what_is_no_http_gets_a_problem_and_a_closed_connection(api: RunningApi, request_: bytes) -> None:
    head, _, body = sent(api, request_).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 400


def test_a_head_without_end_is_a_431(api: RunningApi) -> None:
    many = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 1000) for number in range(70))
    with connected(api) as connection:
        connection.sendall(LIVE + many)
        assert connection.recv(100).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("target", ["http://elsewhere.example{path}", "/{path}", "///{path}"])
def test_every_spelling_of_an_address_reaches_the_api(api: RunningApi, target: str) -> None:
    for path, status in (("/health/ready", b"200"), (PATHS["psa"], b"401"), ("/api/nothing", b"404")):
        request = f"GET {target.format(path=path)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        answer = sent(api, request.encode())
        assert answer.startswith(b"HTTP/1.1 " + status), target
        assert b"text/html" not in answer
