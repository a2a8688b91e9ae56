"""`python -m deploy.observability` writes `docs/observability.md`: every metric, its meaning and its uses."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from analytics_api.metrics import Metrics
from psa_event_consumer import metrics as consumer
from services.metrics import PREFIX, Definition
from services.outbox import metrics as relay
from services.psa import metrics as push_worker

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "observability.md"
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboards" / "flowpilot-analytics.json"

PROCESSES: Mapping[str, list[Definition]] = {
    "API": Metrics().declared.definitions,
    "Consumer": consumer.METRICS.definitions,
    "Relay": relay.METRICS.definitions,
    "Push worker": push_worker.METRICS.definitions,
}
"""What each process declares, by the heading that the page gives it."""

_HEADER = """\
# Metrics

Made by `python -m deploy.observability` from the declarations in `services/metrics.py`'s users; a test holds it equal.
Where to scrape, logs and traces: [operations.md](operations.md#metrics-logs-and-traces). What an alert asks of you:
[operations.md](operations.md#what-each-alert-means). "used" names alerts in `deploy/prometheus/alerts.yml` and panels
of `deploy/grafana/dashboards`.
"""
_NAME = re.compile(rf"\b{PREFIX}\w+")
_OF_A_HISTOGRAM = re.compile(r"_(?:bucket|sum|count)$")


def page() -> str:
    """Return the page's text."""
    used = uses()
    parts = [_HEADER]
    for process, definitions in PROCESSES.items():
        parts.append(f"\n## {process}\n\n| metric | kind, labels | meaning | used |\n|---|---|---|---|\n")
        parts.extend(_row(definition, used.get(definition.name, [])) for definition in definitions)
    return "".join(parts)


def uses() -> dict[str, list[str]]:
    """Return the alerts and panels that ask for each metric, by its name."""
    found: dict[str, list[str]] = {}
    for place, expression in _expressions():
        for name in {_metric(name) for name in _NAME.findall(expression)}:
            if place not in found.setdefault(name, []):
                found[name].append(place)
    return found


def _expressions() -> Iterator[tuple[str, str]]:
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        for rule in group["rules"]:
            yield f"alert {rule['alert']}", rule["expr"]
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            yield f'panel "{panel["title"]}"', target["expr"]


def _metric(name: str) -> str:
    histograms = {each.name for definitions in PROCESSES.values() for each in definitions if each.kind == "histogram"}
    base = _OF_A_HISTOGRAM.sub("", name)
    return base if base in histograms else name


def _row(definition: Definition, used: list[str]) -> str:
    labels = "".join(f", `{label}`" for label in definition.labels)
    return f"| `{definition.name}` | {definition.kind}{labels} | {definition.meaning} | {'; '.join(used)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page())
    print(PAGE)
