"""Applications that mount the packed page: installed from the registry, built and served as their teams would."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Literal

import httpx

from tests.infra.waiting import wait_until

ROOT = Path(__file__).parents[2]
NODE = str(ROOT / ".ci" / "node")
EXAMPLE = ROOT / "frontend" / "examples" / "host"
OVERLAYS = Path(__file__).parent / "overlays"
PAGE = "@flowpilot/analytics-page"
INSTALL_SECONDS = 240
START_SECONDS = 60

Mode = Literal["build", "dev"]
MODES: tuple[Mode, ...] = ("build", "dev")


@dataclass(frozen=True, kw_only=True)
class Host:
    """The example with another team's choices laid over it."""

    name: str
    dependencies: dict[str, str]
    overlays: tuple[str, ...] = ()
    path: str
    """Where the application shows the page."""
    build: tuple[str, ...]
    dev: tuple[str, ...]


VITE_BUILD = ("vite", "build")
VITE_DEV = ("vite", "--host", "127.0.0.1", "--strictPort", "--port")
TYPES = {"typescript": "~5.9.3"}
WEBPACK_BUILD = ("webpack", "--mode", "production")
WEBPACK_DEV = ("webpack", "serve", "--mode", "development", "--host", "127.0.0.1", "--port")
WEBPACK = {
    "webpack": "^5.100.0",
    "webpack-cli": "^6.0.0",
    "webpack-dev-server": "^5.2.0",
    "html-webpack-plugin": "^5.6.0",
    "mini-css-extract-plugin": "^2.9.0",
    "css-loader": "^7.1.0",
    "style-loader": "^4.0.0",
    "esbuild-loader": "^4.0.0",
}
POSTCSS = {"postcss": "^8.5.0", "postcss-loader": "^8.2.0"}
REACT18 = {
    "react": "^18.2.0",
    "react-dom": "^18.2.0",
    "react-router": "^7.9.0",
    # What a host may have of its own, as old as the page allows.
    "@tanstack/react-query": "5.0.0",
    "recharts": "3.2.0",
}
REACT19 = {"react": "^19.2.0", "react-dom": "^19.2.0", "react-router": "^7.9.0"}
TAILWIND3 = {"tailwindcss": "^3.4.0", "@tailwindcss/forms": "^0.5.0"}

HOSTS = (
    Host(
        name="vite8-react19-tailwind4-router",
        # The example as it is.
        dependencies={},
        overlays=("server",),
        path="/analytics",
        build=VITE_BUILD,
        dev=VITE_DEV,
    ),
    Host(
        name="vite7-react18-tailwind3-router",
        dependencies={
            **REACT18,
            **TAILWIND3,
            "@types/react": "^18.3.0",
            "@types/react-dom": "^18.3.0",
            "@vitejs/plugin-react": "^5.0.0",
            "vite": "^7.0.0",
            **TYPES,
        },
        overlays=("tailwind3", "server"),
        path="/analytics",
        build=VITE_BUILD,
        dev=VITE_DEV,
    ),
    Host(
        name="webpack5-react19-bootstrap",
        dependencies={
            "react": "^19.0.0",
            "react-dom": "^19.0.0",
            "bootstrap": "^5.3.0",
            **WEBPACK,
        },
        overlays=("webpack",),
        path="/",
        build=WEBPACK_BUILD,
        dev=WEBPACK_DEV,
    ),
    # The rest of the matrix: each bundler with either React and either Tailwind.
    Host(
        name="vite8-react18-tailwind3-router",
        dependencies={**REACT18, **TAILWIND3, "@vitejs/plugin-react": "^6.0.0", "vite": "^8.0.0"},
        overlays=("tailwind3",),
        path="/analytics",
        build=VITE_BUILD,
        dev=VITE_DEV,
    ),
    Host(
        name="vite7-react19-tailwind4-router",
        dependencies={
            **REACT19,
            "@vitejs/plugin-react": "^5.0.0",
            "vite": "^7.0.0",
            "tailwindcss": "^4.1.0",
            "@tailwindcss/vite": "^4.1.0",
        },
        path="/analytics",
        build=VITE_BUILD,
        dev=VITE_DEV,
    ),
    Host(
        name="webpack5-react18-tailwind3-router",
        dependencies={**REACT18, **TAILWIND3, **WEBPACK, **POSTCSS},
        overlays=("tailwind3", "webpack-router"),
        path="/analytics",
        build=WEBPACK_BUILD,
        dev=WEBPACK_DEV,
    ),
    Host(
        name="webpack5-react19-tailwind4-router",
        dependencies={**REACT19, **WEBPACK, **POSTCSS, "tailwindcss": "^4.1.0", "@tailwindcss/postcss": "^4.1.0"},
        overlays=("tailwind4-postcss", "webpack-router"),
        path="/analytics",
        build=WEBPACK_BUILD,
        dev=WEBPACK_DEV,
    ),
)


@dataclass(frozen=True)
class Installed:
    """A host in a folder of its own, with the ports that it is served at."""

    host: Host
    folder: Path
    ports: dict[Mode, int] = field(hash=False)

    def origin(self, mode: Mode) -> str:
        return f"http://127.0.0.1:{self.ports[mode]}"

    def url(self, mode: Mode) -> str:
        return self.origin(mode) + self.host.path

    def run(self, *command: str) -> str:
        """A program of the host's; fails with what it printed."""
        program = [NODE, *command] if command[0] == "node" else [NODE, f"node_modules/.bin/{command[0]}", *command[1:]]
        done = subprocess.run(program, check=False, cwd=self.folder, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def packed(folder: Path) -> Path:
    """What `make page-package` makes."""
    subprocess.run(
        [NODE, "npm", "pack", "--silent", "--pack-destination", str(folder)],
        check=True,
        cwd=ROOT / "frontend",
        stdout=subprocess.DEVNULL,
    )
    (tarball,) = folder.glob("*.tgz")
    return tarball


def laid_out(host: Host, tarball: Path, folder: Path) -> None:
    """The host's sources; what the example asks for unless the host asks for something else."""
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    for overlay in host.overlays:
        shutil.copytree(OVERLAYS / overlay, folder, dirs_exist_ok=True)
    manifest = json.loads((folder / "package.json").read_text())
    if host.dependencies:
        manifest["dependencies"] = dict(host.dependencies)
        del manifest["devDependencies"]
    manifest["dependencies"][PAGE] = f"file:{tarball}"
    (folder / "package.json").write_text(json.dumps(manifest, indent=2))


@contextmanager
def installing(folder: Path) -> Iterator[Callable[[], None]]:
    """`npm install` in the background; the value waits for its end."""
    with (folder / "npm.log").open("wb") as log, running([NODE, "npm", "install", "--no-progress"], folder, log) as npm:

        def wait() -> None:
            assert npm.wait(INSTALL_SECONDS) == 0, (folder / "npm.log").read_text()

        yield wait


@contextmanager
def running(command: list[str], folder: Path, log: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process with all its children, which are ended with it."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=log,  # type: ignore[call-overload]  # an open file
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(15)


class Site(SimpleHTTPRequestHandler):
    """A web server as applications with a router need it: what is no file is the page."""

    def send_head(self):  # type: ignore[no-untyped-def]  # noqa: ANN201  as inherited
        if not Path(self.translate_path(self.path)).is_file():
            self.path = "/index.html"
        return super().send_head()

    def log_message(self, *_: object) -> None:
        """Says nothing: the browser reports what fails."""


@contextmanager
def served(installed: Installed, mode: Mode) -> Iterator[None]:
    """The host, built and behind a web server, or on its development server."""
    with ExitStack() as stack:
        if mode == "build":
            installed.run(*installed.host.build)
            handler = partial(Site, directory=str(installed.folder / "dist"))
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", installed.ports[mode]), handler))
            Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
        else:
            program, *arguments = installed.host.dev
            command = [NODE, f"node_modules/.bin/{program}", *arguments, str(installed.ports[mode])]
            log = stack.enter_context((installed.folder / "dev.log").open("wb"))
            stack.enter_context(running(command, installed.folder, log))
            wait_until(
                partial(_answers, installed.url(mode)), f"{installed.host.name} on its dev server", START_SECONDS
            )
        yield


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, headers={"Accept": "text/html"}).is_success
    except httpx.TransportError:
        return False
