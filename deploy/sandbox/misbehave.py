"""The layer around the routes that records each request and carries out its fault."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from deploy.sandbox.admin import ADMIN
from deploy.sandbox.alter import ALTERATIONS, Reply
from deploy.sandbox.company import Company
from deploy.sandbox.faults import Fault, Plan

Message = dict[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LATEST_SECONDS = 5.0
"""After it was read, a request is carried out no later: PSA_RECONCILE_AFTER_SECONDS can be set above that."""
_SILENCE_SECONDS = 120.0
_AFTER = (Fault.DROP_AFTER, Fault.ERROR_AFTER)
_ERROR = (500, b"application/json", b'{"code": "Unexpected", "message": "Server error"}')
_ANSWERS = {
    Fault.ERROR_BEFORE: _ERROR,
    Fault.ERROR_AFTER: _ERROR,
    Fault.HTML_502: (502, b"text/html", b"<html><h1>502 Bad Gateway</h1></html>"),
    Fault.HTML_403: (403, b"text/html", b"<html><h1>403 Forbidden</h1></html>"),
    Fault.HTML_404: (404, b"text/html", b"<html><h1>404 Not Found</h1></html>"),
}


class Misbehaving:
    """An ASGI application around another."""

    def __init__(self, app: Application, company: Company) -> None:
        self._app = app
        self._company = company
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or does not."""
        if scope["type"] != "http" or scope["path"].startswith(ADMIN):
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        faults, requests = self._company.faults, self._company.requests
        fault = faults.roll(scope["method"])
        requests.begin(scope, body, fault)
        try:
            before, after = _latency(faults.plan)
            await asyncio.sleep(before)
            await self._serve(scope, body, receive, _after(after, send) if after else send, fault)
        finally:
            requests.end()

    async def _serve(self, scope: Scope, body: bytes, receive: Receive, send: Send, fault: Fault | None) -> None:
        if fault is None:
            await self._app(scope, _again(body), send)
            return
        if fault in ALTERATIONS:
            await _reply(send, receive, ALTERATIONS[fault](await self._answered(scope, body)))
            return
        if fault in _AFTER:
            await self._app(scope, _again(body), _nowhere)
        if fault in _ANSWERS:
            status, kind, page = _ANSWERS[fault]
            await _respond(send, status, page, kind=kind)
            return
        match fault:
            case Fault.DROP_BEFORE | Fault.DROP_AFTER:
                scope["state"]["drop_connection"]()
            case Fault.RATE_LIMITED:
                wait = self._company.faults.plan.retry_after.encode()
                await _respond(send, 429, b'{"code": "RateLimited", "message": "Slow down"}', (b"retry-after", wait))
            case Fault.TIMEOUT_NEVER:
                await _silence(receive)
            case Fault.TIMEOUT_LATE:
                late = asyncio.create_task(self._carry_out_late(scope, body))
                self._late.add(late)
                late.add_done_callback(self._late.discard)
                await _silence(receive)

    async def _answered(self, scope: Scope, body: bytes) -> Reply:
        """Return what the routes answer."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, _again(body), keep)
        start, *parts = messages
        return Reply(start["status"], tuple(start["headers"]), b"".join(part.get("body", b"") for part in parts))

    async def _carry_out_late(self, scope: Scope, body: bytes) -> None:
        plan = self._company.faults.plan
        await asyncio.sleep(min(plan.late_seconds, LATEST_SECONDS - _latency(plan)[0]))
        await self._app(scope, _again(body), _nowhere)


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _latency(plan: Plan) -> tuple[float, float]:
    """Return the seconds before a request is carried out, and those after, before it is answered."""
    whole = plan.latency_ms / 1000
    before = min(whole, LATEST_SECONDS)
    return before, whole - before


def _after(seconds: float, send: Send) -> Send:
    async def send_late(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(seconds)
        await send(message)

    return send_late


async def _nowhere(_message: Message) -> None:
    """Return the answer that no one gets."""


async def _silence(receive: Receive) -> None:
    """Wait until the client has given up."""
    try:
        async with asyncio.timeout(_SILENCE_SECONDS):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def _respond(
    send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes], kind: bytes = b"application/json"
) -> None:
    start: Message = {
        "type": "http.response.start",
        "status": status,
        "headers": [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *headers],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _reply(send: Send, receive: Receive, reply: Reply) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": list(reply.headers)})
    if reply.pieces is None:
        await send({"type": "http.response.body", "body": reply.body, "more_body": False})
        return
    gone = asyncio.create_task(_silence(receive))
    async for piece in reply.pieces(reply.body):
        if gone.done():
            return
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(0)
    gone.cancel()
    await send({"type": "http.response.body", "body": b"", "more_body": False})
