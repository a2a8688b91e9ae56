"""The product's own processes, and the two that play the world around it."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.processes import Child, Children
from deploy.embedded.settings import StackSettings

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Part:
    """One process of ours."""

    name: str
    arguments: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    ports: tuple[str, ...] = ()
    """Those of the state's ports that it listens on."""
    ready_url: str | None = None
    """Answers 200 once the part does its work."""


def parts_to_run(settings: StackSettings, folder: Path) -> Iterator[Part]:
    """In the order of their start."""
    ports, has = settings.state.ports, settings.options.has
    sandbox = (("SANDBOX_PORT", str(ports["sandbox"])), ("SANDBOX_DIR", str(folder / "sandbox")))
    yield Part("sandbox", ("-m", "deploy.sandbox"), sandbox, ports=("sandbox",))
    if has("relay"):
        metrics = (("METRICS_PORT", str(ports["relay-metrics"])),)
        yield Part("relay", ("-m", "services.outbox"), metrics, ports=("relay-metrics",))
    if has("consumer"):
        ready = f"{settings.consumer_url}/readyz"
        yield Part("consumer", ("-m", "psa_event_consumer"), ports=("consumer",), ready_url=ready)
    if has("push-worker"):
        metrics = (("METRICS_PORT", str(ports["push-worker-metrics"])),)
        yield Part("push-worker", ("-m", "services.psa"), metrics, ports=("push-worker-metrics",))
    if has("api"):
        yield Part("api", ("-m", "analytics_api"), ports=("api",), ready_url=f"{settings.api_url}/health/ready")
    if has("simulator"):
        yield _simulator(settings)


def _simulator(settings: StackSettings) -> Part:
    state = settings.state
    return Part(
        "simulator",
        ("-m", "deploy.simulator", *settings.options.simulator_arguments),
        (
            ("MAIN_APP_DSN", settings.main_app_dsn()),
            ("DEMO_ACCOUNT_ID", state.demo_account_id),
            ("DEMO_USER_ID", state.demo_user_id),
        ),
    )


def start_part(part: Part, settings: StackSettings, children: Children) -> Child:
    # Tells whoever looks at the machine's processes whose this one is.
    mark = {"FLOWPILOT_STATE_DIR": str(children.run_folder.parent)}
    environment = settings.environment(**dict(part.environment), **mark)
    return children.start(part.name, [sys.executable, *part.arguments], environment=environment, folder=_ROOT)
