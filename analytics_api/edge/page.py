"""The built page, from memory: hashed files for good, `index.html` revalidated at `/`."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

from litestar.types import ASGIApp, HTTPScope, Receive, Send

from analytics_api.edge.layers import HttpLayer, header, matches, respond
from analytics_api.problems.responses import ALLOWED_METHODS, PROBLEM_JSON, plain_problem

INDEX = "/index.html"
_OURS = ("/api", "/health", "/metrics", "/schema")
_HASHED = "/assets/"
_IMMUTABLE = "public, max-age=31536000, immutable"
_ZERO = {"0", "0.0", "0.00", "0.000"}

# Not `mimetypes`: its table differs with the version of Python, and with what the machine has installed.
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Only our own files. React and Recharts size elements through the CSSOM, which a policy for styles lets pass."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file of the build, in one encoding, with the headers that it is sent with."""

    body: bytes
    etag: str
    headers: Mapping[str, str]
    compressed: "StaticFile | None" = None
    """The same for clients that take gzip, where that is smaller."""


class Page(HttpLayer):
    """Answers every address outside the API's own with a file of the build, where there is one."""

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        super().__init__(app)
        self._files = {
            f"/{path.relative_to(folder).as_posix()}": _static_file(path, f"/{path.relative_to(folder).as_posix()}")
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        path = scope["path"]
        if any(path == ours or path.startswith(f"{ours}/") for ours in _OURS):
            await self.app(scope, receive, send)
            return
        scope["path_template"] = "page"
        if scope["method"] != "GET":
            refusal = plain_problem(HTTPStatus.METHOD_NOT_ALLOWED, f"only {ALLOWED_METHODS} are answered here")
            await respond(send, 405, {"Content-Type": PROBLEM_JSON, "Allow": ALLOWED_METHODS}, refusal)
            return
        file = self._files.get(INDEX if path == "/" else path)
        if file is None:
            missing = plain_problem(HTTPStatus.NOT_FOUND, "nothing is found at this address")
            await respond(send, 404, {"Content-Type": PROBLEM_JSON, "Cache-Control": "no-store"}, missing)
        else:
            await _send(scope, send, file)


async def _send(scope: HTTPScope, send: Send, file: StaticFile) -> None:
    if file.compressed is not None and _takes_gzip(header(scope, b"accept-encoding")):
        file = file.compressed
    if matches(header(scope, b"if-none-match"), file.etag):
        await respond(send, 304, file.headers)
    else:
        await respond(send, 200, file.headers, file.body)


def _takes_gzip(accept_encoding: str | None) -> bool:
    codings = [coding.replace(" ", "") for coding in (accept_encoding or "").split(",")]
    return any(coding == "gzip" or (coding.startswith("gzip;q=") and coding[7:] not in _ZERO) for coding in codings)


def _static_file(path: Path, address: str) -> StaticFile:
    body = path.read_bytes()
    headers = {
        "Content-Type": _CONTENT_TYPES.get(path.suffix, "application/octet-stream"),
        "Cache-Control": _IMMUTABLE if address.startswith(_HASHED) else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if path.suffix == ".html":
        headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    compressed = gzip.compress(body, mtime=0)
    if len(compressed) > 0.9 * len(body):
        return _encoded(body, headers)
    return replace(_encoded(body, headers), compressed=_encoded(compressed, {**headers, "Content-Encoding": "gzip"}))


def _encoded(body: bytes, headers: Mapping[str, str]) -> StaticFile:
    etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    return StaticFile(body, etag, {**headers, "ETag": etag})
