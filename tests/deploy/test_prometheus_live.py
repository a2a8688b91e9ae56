"""Against a real Prometheus that scrapes the running product: every panel and every alert asks for what exists."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.test_monitoring import DASHBOARD, PROMETHEUS, alerts
from tests.stack.stack import ROOT, RunningStack, running, wait_until

THRESHOLD = re.compile(r"\s+(?:>|==)\s+[\d.]+")
ALL_THERE_S = 90


@contextmanager
def process(command: list[str], folder: Path, **environment: str) -> Iterator[None]:
    with (folder / "processes.log").open("ab") as log:
        started = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            started.terminate()
            started.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def prometheus(folder: Path, port: int, targets: dict[str, str]) -> list[str]:
    found = shutil.which("prometheus")
    if found is None:
        reason = "Prometheus is missing: `apt-get install prometheus` brings it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # As in our own configuration, where each process is found by name instead.
    ours = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["scrape_configs"]
    scraped = [
        {key: value for key, value in job.items() if key != "dns_sd_configs"}
        | {"static_configs": [{"targets": [targets[job["job_name"]]]}]}
        for job in ours
    ]
    config = {"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": scraped}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    return [
        found,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]


def ask(port: int, expression: str) -> list[Any]:
    url = f"http://127.0.0.1:{port}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            result: list[Any] = json.load(response)["data"]["result"]
            return result
    except OSError:
        return []


def measured(alert: dict[str, Any]) -> list[str]:
    """What an alert compares, without its thresholds: each must have a value while all is well."""
    whole = THRESHOLD.sub("", alert["expr"].replace("\n", " "))
    parts = [whole] if "vector(0)" in whole else whole.split(" or ")
    return [part.removeprefix("absent") for part in parts]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("prometheus")
    left_out = ("--without=relay", "--without=push-worker")
    with running(folder / "state", "--accounts=1", "--sessions-per-day=200", "--speed=200", *left_out) as stack:
        targets, processes = parts_by_hand(stack)
        port = free_port()
        processes.append((prometheus(folder, port, targets), {}))
        with ExitStack() as started:
            for command, environment in processes:
                started.enter_context(process(command, folder, **environment))
            yield port


def parts_by_hand(stack: RunningStack) -> tuple[dict[str, str], list[tuple[list[str], dict[str, str]]]]:
    """Relay and push worker with their metrics on; and where Prometheus finds all four."""
    environment = stack.environment
    relay, pusher = free_port(), free_port()
    targets = {
        "analytics-api": urllib.parse.urlsplit(environment["API_URL"]).netloc,
        "psa-event-consumer": urllib.parse.urlsplit(environment["CONSUMER_URL"]).netloc,
        "outbox-relay": f"127.0.0.1:{relay}",
        "push-worker": f"127.0.0.1:{pusher}",
    }
    modules = (("services.outbox", relay), ("services.psa", pusher))
    processes = [
        ([sys.executable, "-m", module], {**environment, "METRICS_PORT": str(port)}) for module, port in modules
    ]
    return targets, processes


def test_every_panel_and_every_alert_finds_its_series(port: int) -> None:
    panels = [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]
    missing = {target["expr"] for panel in panels for target in panel["targets"]}
    missing |= {expression for alert in alerts() for expression in measured(alert)}

    def all_there() -> bool:
        missing.difference_update([expression for expression in missing if ask(port, expression)])
        return not missing

    with suppress(AssertionError):
        wait_until(all_there, ALL_THERE_S, "all there")
    assert not sorted(missing), "\n".join(sorted(missing))
