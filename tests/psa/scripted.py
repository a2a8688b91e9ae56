"""A PSA that says what the test tells it to, over real HTTP: for answers that the sandbox never gives."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Said:
    """One answer."""

    status: int = 200
    body: object = None
    """JSON, or text and bytes as they are."""
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


COMPANY = Said(body={"Codebase": "v2025_1/"})


@dataclass
class ScriptedPsa:
    """Answers in order; the last one again and again. The codebase is answered apart unless the script has it."""

    url: str
    answers: list[Said]
    company: Said
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def next(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Said:
        self.seen.append((method, path, headers, body))
        if path.startswith("/login/companyinfo/"):
            return self.company
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def calls(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path, _headers, _body in self.seen]


@contextmanager
def scripted(*answers: Said, company: Said = COMPANY) -> Iterator[ScriptedPsa]:
    psa = ScriptedPsa("", list(answers), company)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = psa.next(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            content = said.encoded()
            self.send_response(said.status)
            for name, value in {"Content-Length": str(len(content)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = answer  # noqa: N815  the server's own names

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    psa.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield psa
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
