"""Connections that are held for nothing, and requests that are no HTTP."""

import json
import resource
import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import median

import psutil
import pytest

from analytics_api.edge.connections import MAX_BODY_BYTES, MAX_HEAD_BYTES, MAX_PIPELINED
from tests.api.conftest import READER
from tests.api.running import PATHS, RunningApi, running_api
from tests.api.world import Account
from tests.infra.database import Database
from tests.infra.waiting import wait_until

HELD = 1_000
BACK_SECONDS = 30
NOISE = 0.05
"""Seconds by which an answer may take longer whatever happens."""
LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
HOLDING = {
    "nothing sent": b"",
    "idle after an answer": LIVE + b"\r\n",
    "half a head": LIVE,
    "no body after the answer": LIVE + b"Content-Length: 10\r\n\r\n0",
    "half a chunked body": LIVE + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    "answers not read": (b"GET /schema/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n") * MAX_PIPELINED,
}


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


def test_no_way_of_holding_connections_keeps_anybody_out_or_lasts(
    package_database: Database, alpha: Account, tmp_path: Path
) -> None:
    """A quarter of them is more than it may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    url = package_database.replica_dsn_for(READER)
    with running_api(tmp_path / "log", url, descriptors=HELD) as api, ExitStack() as stack:
        # Its descriptors, not what a client sees: one that reads nothing does not see the end either.
        taken = psutil.Process(api.process.pid).num_fds
        alone = [seconds_of_a_question(api, alpha) for _ in range(20)]
        before = taken()
        for number in range(HELD):
            connection = stack.enter_context(connected(api))
            connection.setblocking(False)  # noqa: FBT003  the socket's own
            with suppress(OSError):  # no room for all of it, or one too many and closed at once
                connection.sendall(list(HOLDING.values())[number % len(HOLDING)])
        wait_until(lambda: taken() > before + HELD // 5, "them to be accepted")
        beside = [0.0]

        def given_back() -> bool:
            assert api.client.get("/health/live").status_code == 200
            beside.append(seconds_of_a_question(api, alpha))
            return taken() <= before + 2

        wait_until(given_back, lambda: f"{taken() - before} descriptors back", BACK_SECONDS)
        assert median(beside) < 2 * median(alone) + NOISE


def seconds_of_a_question(api: RunningApi, account: Account) -> float:
    begun = time.perf_counter()
    answer = api.get(PATHS["coverage"], account.admin)
    assert answer.status_code == 200, answer.text
    return time.perf_counter() - begun


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
        LIVE + b"Transfer-Encoding: chunked\r\n\r\nno number\r\n",
    ],
    ids=["TLS", "version", "no HTTP", "blank in a name", "no number", "both lengths", "no length of a chunk"],
)
def test_what_is_no_http_gets_a_problem_and_a_closed_connection(api: RunningApi, request_: bytes) -> None:
    head, _, body = sent(api, request_).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 400


def test_requests_that_do_not_wait_for_answers_are_few(api: RunningApi) -> None:
    """Each costs as much as one that does, and a packet holds thousands."""
    few, many = ((LIVE + b"\r\n") * number + LIVE + b"Connection: close\r\n\r\n" for number in (MAX_PIPELINED, 2_000))
    assert sent(api, few).count(b"HTTP/1.1 200 ") == MAX_PIPELINED + 1
    with suppress(ConnectionError):
        assert sent(api, many).count(b"HTTP/1.1 200 ") <= MAX_PIPELINED


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
