"""The product's own processes, and how one sees that each is ready."""

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.errors import StackError
from deploy.embedded.processes import Child, Children
from deploy.embedded.settings import StackSettings

READY_TIMEOUT_S = 60
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Part:
    """One process of ours."""

    name: str
    arguments: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    ready_url: str | None = None
    """Answers 200 once the part does its work."""


def parts_to_run(settings: StackSettings, folder: Path) -> Iterator[Part]:
    """In the order of their start."""
    ports, has = settings.state.ports, settings.options.has
    sandbox = (("SANDBOX_PORT", str(ports["sandbox"])), ("SANDBOX_DIR", str(folder / "sandbox")))
    yield Part("sandbox", ("-m", "deploy.sandbox"), sandbox)
    if has("relay"):
        yield Part("relay", ("-m", "services.outbox"), (("METRICS_PORT", str(ports["relay-metrics"])),))
    if has("consumer"):
        yield Part("consumer", ("-m", "psa_event_consumer"), ready_url=f"{settings.consumer_url}/readyz")
    if has("push-worker"):
        metrics = (("METRICS_PORT", str(ports["push-worker-metrics"])),)
        yield Part("push-worker", ("-m", "services.psa"), metrics)
    if has("api"):
        yield Part("api", ("-m", "analytics_api"), ready_url=f"{settings.api_url}/health/ready")


def start_part(part: Part, settings: StackSettings, children: Children) -> Child:
    # Tells whoever looks at the machine's processes whose this one is.
    mark = {"FLOWPILOT_STATE_DIR": str(children.run_folder.parent)}
    environment = settings.environment(**dict(part.environment), **mark)
    return children.start(part.name, [sys.executable, *part.arguments], environment=environment, folder=_ROOT)


def wait_ready(part: Part, children: Children) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while part.ready_url and (problem := _problem(part.ready_url)):
        if dead := children.find_dead():
            raise StackError(f"{dead.name} ended {dead.ending()}")
        if time.monotonic() > deadline:
            log = children.log_folder / f"{part.name}.log"
            raise StackError(f"{part.name} is not ready after {READY_TIMEOUT_S} s ({problem}): see {log}")
        time.sleep(0.05)


def _problem(url: str) -> str | None:
    try:
        urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own http address
    except (urllib.error.URLError, OSError) as error:
        return str(error)
    return None
