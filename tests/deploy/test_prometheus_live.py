"""Against a real Prometheus that scrapes the running product: every panel and every alert asks for what exists."""

import json
import os
import re
import shutil
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

from deploy.embedded.ports import free_port
from tests.deploy.test_monitoring import DASHBOARD, PROMETHEUS, alerts
from tests.infra.missing import skip_outside_ci
from tests.infra.waiting import wait_until
from tests.stack.stack import ROOT, RunningStack, running

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


def composed(targets: dict[str, str]) -> list[dict[str, Any]]:
    """As in our own configuration, where each process is found by name instead."""
    jobs = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["scrape_configs"]
    return [
        {key: value for key, value in job.items() if key != "dns_sd_configs"}
        | {"static_configs": [{"targets": [targets[job["job_name"]]]}]}
        for job in jobs
    ]


def in_kubernetes(targets: dict[str, str]) -> list[dict[str, Any]]:
    """As in our configuration for Kubernetes, with what it finds out about each pod and a stranger's."""
    (job,) = yaml.safe_load((PROMETHEUS / "kubernetes.yml").read_text())["scrape_configs"]
    assert job.pop("kubernetes_sd_configs") == [{"role": "pod"}]
    meta = "__meta_kubernetes_pod"
    pods = [
        {
            f"{meta}_label_app_kubernetes_io_part_of": part_of,
            f"{meta}_label_app_kubernetes_io_name": name,
            f"{meta}_annotation_prometheus_io_scrape": "true",
            f"{meta}_annotation_prometheus_io_port": targets[like].rpartition(":")[2],
            f"{meta}_name": f"{name}-0",
            "__meta_kubernetes_namespace": "flowpilot-analytics",
        }
        for part_of, name, like in (
            *(("flowpilot-analytics", name, name) for name in targets),
            ("something-else", "stranger", "outbox-relay"),
        )
    ]
    return [job | {"static_configs": [{"targets": ["127.0.0.1:1"], "labels": pod} for pod in pods]}]


def prometheus(folder: Path, port: int, scraped: list[dict[str, Any]]) -> list[str]:
    found = shutil.which("prometheus")
    if found is None:
        skip_outside_ci("Prometheus is missing: `apt-get install prometheus` brings it")
    config = {"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": scraped}
    file = folder / f"prometheus-{port}.yml"
    file.write_text(yaml.safe_dump(config))
    return [
        found,
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / f'data-{port}'}",
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
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """Of a Prometheus beside the compose file, and of one in Kubernetes."""
    folder = tmp_path_factory.mktemp("prometheus")
    left_out = ("--without=relay", "--without=push-worker")
    with running(folder / "state", "--accounts=1", "--sessions-per-day=200", "--speed=200", *left_out) as stack:
        targets, processes = parts_by_hand(stack)
        ports = free_port(), free_port()
        for port, scraped in zip(ports, (composed(targets), in_kubernetes(targets)), strict=True):
            processes.append((prometheus(folder, port, scraped), {}))
        with ExitStack() as started:
            for command, environment in processes:
                started.enter_context(process(command, folder, **environment))
            yield ports


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


def test_every_panel_and_every_alert_finds_its_series(ports: tuple[int, int]) -> None:
    port, _ = ports
    panels = [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]
    missing = {target["expr"] for panel in panels for target in panel["targets"]}
    missing |= {expression for alert in alerts() for expression in measured(alert)}

    def all_there() -> bool:
        missing.difference_update([expression for expression in missing if ask(port, expression)])
        return not missing

    with suppress(AssertionError):
        wait_until(all_there, "all there", ALL_THERE_S)
    assert not sorted(missing), "\n".join(sorted(missing))


def test_in_kubernetes_the_jobs_have_the_names_that_the_alerts_ask_for(ports: tuple[int, int]) -> None:
    _, port = ports

    def jobs(expression: str) -> set[str]:
        return {sample["metric"]["job"] for sample in ask(port, expression)}

    everyone = {"analytics-api", "psa-event-consumer", "outbox-relay", "push-worker"}
    wait_until(lambda: jobs("up == 1") == everyone, "every process scraped", ALL_THERE_S)
    assert jobs("up") == everyone
    wait_until(
        lambda: "heartbeat" in jobs("flowpilot_job_last_success_timestamp_seconds"), "jobs by their names", ALL_THERE_S
    )
