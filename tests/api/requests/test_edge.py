"""What holds for every address: methods, unknown addresses, headers, bounds, other origins."""

import socket
import threading
import time
from http.client import HTTPConnection

import pytest

from analytics_api.edge.connections import HEAD_SECONDS
from tests.api.requests.conftest import ORIGIN
from tests.api.running import PATHS, RunningApi, token
from tests.api.world import Account


@pytest.mark.parametrize("path", [*PATHS.values(), "/health/live", "/health/ready", "/metrics", "/schema"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_are_405_with_what_is_allowed(api: RunningApi, method: str, path: str) -> None:
    response = api.client.request(method, path, content=b'{"x": 1}')
    assert (response.status_code, response.json()["status"]) == (405, 405)
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", [*PATHS.values(), "/health/live", "/health/ready", "/metrics", "/schema"])
def test_head_is_get_without_the_body(api: RunningApi, alpha: Account, path: str) -> None:
    headers = {"Authorization": f"Bearer {token(alpha.admin)}"}
    got, head = api.client.get(path, headers=headers), api.client.head(path, headers=headers)
    assert (got.status_code, head.status_code, head.content) == (200, 200, b"")
    if path != "/metrics":
        assert head.headers["content-length"] == str(len(got.content))
    assert head.headers.get("etag") == got.headers.get("etag")


@pytest.mark.parametrize("path", ["/api", "/api/v1", "/api/v1/analytics/flowpilot/nothing", "/api/v2/x", "/schema/x"])
def test_an_unknown_address_is_a_404_problem(api: RunningApi, path: str) -> None:
    for method in ("GET", "POST"):
        response = api.client.request(method, path)
        assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


def test_every_response_carries_the_same_protection(api: RunningApi, alpha: Account) -> None:
    for path in (*PATHS.values(), "/schema", "/api/nothing", "/", "/health/live", PATHS["psa"] + "?bad=1"):
        headers = api.get(path, alpha.admin).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_an_allowed_origin_may_read_answers_and_their_tags(api: RunningApi, alpha: Account) -> None:
    for path, status in ((PATHS["overview"], 200), (PATHS["overview"] + "?bad=1", 400), ("/api/nothing", 404)):
        response = api.get(path, alpha.admin, headers={"Origin": ORIGIN})
        assert response.status_code == status
        assert response.headers["access-control-allow-origin"] == ORIGIN
        exposed = {name.strip() for name in response.headers["access-control-expose-headers"].split(",")}
        assert {"As-Of", "ETag"} <= exposed
        assert "Origin" in response.headers["vary"]
        assert "access-control-allow-credentials" not in response.headers
    assert (
        api.client.get(PATHS["overview"], headers={"Origin": ORIGIN}).headers["access-control-allow-origin"] == ORIGIN
    )
    vary = api.get(PATHS["overview"], alpha.admin, headers={"Origin": ORIGIN}).headers["vary"]
    assert vary == "Authorization, Origin"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", f"{ORIGIN}.evil.example", "http://app.flowpilot.example", f"{ORIGIN}:444"],
)
def test_another_origin_may_not(api: RunningApi, alpha: Account, origin: str) -> None:
    asked = {"Access-Control-Request-Method": "GET", "Origin": origin}
    assert "access-control-allow-origin" not in api.get(PATHS["psa"], alpha.admin, headers={"Origin": origin}).headers
    assert "access-control-allow-origin" not in api.client.options(PATHS["psa"], headers=asked).headers


def test_a_preflight_is_answered_without_a_token(api: RunningApi) -> None:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    response = api.client.options(PATHS["psa"], headers=asked)
    assert response.status_code == 204
    assert response.headers["access-control-allow-methods"] == "GET, HEAD"
    assert "Authorization" in response.headers["access-control-allow-headers"]
    assert "If-None-Match" in response.headers["access-control-allow-headers"]


def test_long_addresses_and_headers_are_refused(api: RunningApi, alpha: Account) -> None:
    long_address = api.get(f"{PATHS['sessions']}?domain={'x' * 5000}", alpha.admin)
    long_header = api.get(PATHS["psa"], alpha.admin, headers={"X-Long": "x" * 20_000})
    many_headers = api.get(PATHS["psa"], alpha.admin, headers={f"X-{number}": "x" * 100 for number in range(300)})
    statuses = [response.status_code for response in (long_address, long_header, many_headers)]
    assert statuses == [414, 431, 431]
    assert api.get(PATHS["psa"], alpha.admin).status_code == 200


def test_a_request_that_never_ends_is_cut_off(api: RunningApi) -> None:
    host, port = api.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n")
        try:
            for _ in range(10_000):
                connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")
        except OSError:
            pass
        else:
            pytest.fail("ten megabytes of headers were taken")
    assert api.client.get("/health/live").status_code == 200


def test_the_log_names_routes_and_never_what_was_asked(api: RunningApi, alpha: Account) -> None:
    secret = token(alpha.admin)
    api.client.get(f"{PATHS['sessions']}?domain=very-private", headers={"Authorization": f"Bearer {secret}"})
    api.client.get("/api/nothing/very-private")
    log = api.log.read_text()
    assert PATHS["sessions"] in log
    assert '"route": "unmatched"' in log
    assert "very-private" not in log
    assert secret not in log
    assert secret.split(".")[1] not in log


def test_a_request_that_trickles_in_is_given_up(api: RunningApi) -> None:
    host, port = api.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=1) as slow:
        slow.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        deadline = time.monotonic() + 2 * HEAD_SECONDS
        while True:
            assert time.monotonic() < deadline, "the connection is still open"
            try:
                slow.sendall(b"x")
                if slow.recv(1) == b"":
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return


def test_a_kept_connection_may_ask_again_later(api: RunningApi) -> None:
    host, port = api.url.removeprefix("http://").split(":")
    connection = HTTPConnection(host, int(port), timeout=5)
    for pause in (0, HEAD_SECONDS + 0.5):
        # Not a wait for something to happen: for nothing to happen.
        threading.Event().wait(pause)
        connection.request("GET", "/health/live")
        answer = connection.getresponse()
        assert (answer.status, answer.read() != b"") == (200, True)
    connection.close()
