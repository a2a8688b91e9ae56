"""The real service as a process of its own, and tokens for it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import jwt

from deploy.embedded.ports import free_port
from tests.infra.waiting import wait_until

SECRET = "a secret of the tests that is long enough for HS256"
BASE = "/api/v1/analytics/flowpilot"
PATHS = {
    "overview": BASE,
    "coverage": f"{BASE}/coverage",
    "flow-quality": f"{BASE}/flow-quality",
    "psa": f"{BASE}/psa",
    "trend": f"{BASE}/trend",
    "engineers": f"{BASE}/engineers",
    "me": f"{BASE}/me",
    "flow-effects": f"{BASE}/flow-effects",
    "sessions": f"{BASE}/sessions",
}
START_SECONDS = 30


def token(user_id: UUID | str, **claims: object) -> str:
    """A token as the main application makes it; a claim given as None is left out."""
    payload = {"sub": str(user_id), "exp": int(time.time()) + 3600, **claims}
    return jwt.encode({name: value for name, value in payload.items() if value is not None}, SECRET, "HS256")


@dataclass
class RunningApi:
    """A service that answers at `url`."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    client: httpx.Client

    def get(
        self,
        path: str,
        user_id: UUID | str | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """GET as that user."""
        authorization = {"Authorization": f"Bearer {token(user_id)}"} if user_id else {}
        return self.client.get(path, params=params, headers={**authorization, **(headers or {})})

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15)


def environment(database_url: str, **changes: str) -> dict[str, str]:
    """The variables of the service, and nothing of ours that could change it."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **inherited,
        "ANALYTICS_DATABASE_URL": database_url,
        "AUTH_JWT_SECRET": SECRET,
        "API_PORT": str(free_port()),
        # Nothing beats in most tests: they are not about freshness.
        "MAX_STALENESS_SECONDS": "86400",
        "PYTHONWARNINGS": "error",
        **changes,
    }


def built_page(folder: Path) -> Path:
    """A page as Vite builds it, but small: what the tree holds of the real one is not these tests' business."""
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text('<!doctype html><script type="module" src="/assets/app-1f2e3d4c.js"></script>')
    (folder / "assets" / "app-1f2e3d4c.js").write_text("document.title = 'FlowPilot'")
    (folder / "assets" / "app-5a6b7c8d.css").write_text(".glass-card-static { padding: 1rem }\n" * 100)
    (folder / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    return folder


@contextmanager
def running_api(
    log: Path, database_url: str, *, descriptors: int | None = None, code: Path | None = None, **changes: str
) -> Iterator[RunningApi]:
    """Start it, perhaps with few descriptors or another tree's code, wait until it listens, and stop it at the end."""
    env = environment(database_url, **{"FRONTEND_DIST": str(built_page(log.parent / "dist")), **changes})
    url = f"http://127.0.0.1:{env['API_PORT']}"
    with log.open("wb") as output:
        limited = ["prlimit", f"--nofile={descriptors}:{descriptors}"] if descriptors else []
        command = [*limited, sys.executable, "-m", "analytics_api"]
        process = subprocess.Popen(command, env=env, cwd=code, stdout=output, stderr=output)
    try:
        with httpx.Client(base_url=url, timeout=30) as client:
            _wait_until_live(client, process, log)
            yield RunningApi(url, process, log, client)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_live(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    def is_live() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return client.get("/health/live").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    wait_until(is_live, lambda: f"the API is live: {log.read_text()}", START_SECONDS)
