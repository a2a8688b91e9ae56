"""Alerts and dashboard: valid, each alert made to fire, and every runbook link leads somewhere."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from deploy import observability
from tests.infra.missing import skip_outside_ci

REPOSITORY = Path(__file__).parents[2]
PROMETHEUS = REPOSITORY / "deploy" / "prometheus"
DASHBOARD = REPOSITORY / "deploy" / "grafana" / "dashboards" / "flowpilot-analytics.json"


def promtool(*arguments: str) -> str:
    if shutil.which("promtool") is None:
        skip_outside_ci("promtool is missing: `apt-get install prometheus` brings it")
    done = subprocess.run(["promtool", *arguments], check=False, capture_output=True, text=True, cwd=PROMETHEUS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def alerts() -> list[dict[str, Any]]:
    rules = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())
    return [rule for group in rules["groups"] for rule in group["rules"]]


def test_the_configuration_is_valid() -> None:
    promtool("check", "config", "prometheus.yml")


def test_every_alert_fires_on_its_fault_and_none_on_a_healthy_system() -> None:
    promtool("test", "rules", "alerts_test.yml")
    tested = re.findall(r'ALERTS\{alertname="(\w+)"', (PROMETHEUS / "alerts_test.yml").read_text())
    assert sorted(tested) == sorted(alert["alert"] for alert in alerts())


def test_every_alert_has_its_page_in_the_runbook() -> None:
    page = (REPOSITORY / "docs" / "operations.md").read_text()
    for alert in alerts():
        assert alert["annotations"]["runbook_url"] == f"docs/operations.md#{alert['alert'].lower()}"
        assert f"### {alert['alert']}\n" in page
        assert alert["labels"]["severity"] in {"page", "ticket"}


def test_every_panel_asks_something() -> None:
    panels = [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]
    assert panels
    for panel in panels:
        assert all(target["expr"] for target in panel["targets"]), panel["title"]


def test_the_page_of_metrics_is_what_the_declarations_say() -> None:
    assert observability.PAGE.read_text() == observability.page(), "run python -m deploy.observability"


def test_every_metric_is_used_and_every_name_that_is_used_is_declared() -> None:
    declared = [definition.name for definitions in observability.PROCESSES.values() for definition in definitions]
    assert len(declared) == len(set(declared))
    assert set(observability.uses()) == set(declared), "add an alert or a panel, or remove the metric"


def test_every_series_name_in_the_house_is_declared() -> None:
    """Also in tests and prose: a name that nothing exports reads as zero there, and passes."""
    declared = {definition.name for definitions in observability.PROCESSES.values() for definition in definitions}
    files = subprocess.check_output(["git", "ls-files", "*.py", "*.md", "*.yml", "*.yaml"], text=True, cwd=REPOSITORY)
    for file in files.split():
        for name in re.findall(
            r"\bflowpilot_(?:api|consumer|relay|push|job|rollup)_\w+", (REPOSITORY / file).read_text()
        ):
            base = re.sub(r"_(?:bucket|sum|count)$", "", name)
            assert {name, base} & declared, f"{file}: {name}"
