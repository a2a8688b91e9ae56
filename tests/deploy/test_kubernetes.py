"""The manifests are valid against the real schemas: Kubernetes' own, and KEDA's custom resource definitions."""

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from jsonschema import Draft202012Validator

from services.events import CONTRACTS
from tests.infra.missing import skip_outside_ci

KUBERNETES = Path(__file__).parents[2] / "deploy" / "kubernetes"
RUNBOOK = Path(__file__).parents[2] / "docs" / "operations.md"
KUBERNETES_VERSION = "1.33"
KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.6.0"
KEDA = "github.com/kedacore/keda/v2@v2.17.2"
PROCESSES = {"analytics-api", "psa-event-consumer", "outbox-relay", "push-worker"}
GO_ENV = {**os.environ, "GOFLAGS": "-modcacherw"}


def go(*arguments: str) -> str:
    if shutil.which("go") is None:
        skip_outside_ci("kustomize and KEDA's schemas come as Go modules: install Go >= 1.24 to run this")
    return subprocess.run(
        ["go", *arguments], check=True, capture_output=True, text=True, env=GO_ENV, cwd="/", timeout=240
    ).stdout


@cache
def kustomize() -> str:
    found = shutil.which("kustomize")
    if found:
        return found
    go("install", KUSTOMIZE)
    return str(Path(go("env", "GOPATH").strip()) / "bin" / "kustomize")


@cache
def built(overlay: str) -> tuple[dict[str, Any], ...]:
    text = subprocess.run(
        [kustomize(), "build", str(KUBERNETES / "overlays" / overlay)], check=True, capture_output=True, text=True
    ).stdout
    return tuple(yaml.safe_load_all(text))


def closed(schema: Any) -> Any:  # noqa: ANN401  a JSON schema is any JSON
    """The same schema, refusing unknown fields as the API server does in strict mode."""
    if isinstance(schema, dict):
        schema = {key: closed(value) for key, value in schema.items()}
        if "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
            schema.setdefault("additionalProperties", False)
    return schema


@cache
def keda_schemas() -> dict[str, Any]:
    folder = Path(json.loads(go("mod", "download", "-json", KEDA))["Dir"]) / "config" / "crd" / "bases"
    definitions = [yaml.safe_load(path.read_text()) for path in folder.glob("keda.sh_*.yaml")]
    return {
        definition["spec"]["names"]["kind"]: definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
        for definition in definitions
    }


def keda_validator(kind: str) -> Draft202012Validator:
    schema = dict(keda_schemas()[kind])
    schema["properties"] = {
        **{name: closed(part) for name, part in schema["properties"].items()},
        "metadata": {"type": "object"},
    }
    return Draft202012Validator(schema)


@pytest.mark.parametrize("overlay", ["staging", "production"])
def test_every_manifest_fits_its_schema(overlay: str) -> None:
    for manifest in built(overlay):
        if manifest["apiVersion"].startswith("keda.sh/"):
            keda_validator(manifest["kind"]).validate(manifest)
        else:
            kubernetes_validate.validate(manifest, KUBERNETES_VERSION, strict=True)


def test_a_misspelt_field_is_refused() -> None:
    (scaled,) = (manifest for manifest in built("production") if manifest["kind"] == "ScaledObject")
    wrong = {**scaled, "spec": {**scaled["spec"], "minReplicas": 1}}
    assert not keda_validator("ScaledObject").is_valid(wrong)


def containers(overlay: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    found = []
    for manifest in built(overlay):
        if manifest["kind"] in {"Deployment", "Job"}:
            pod = manifest["spec"]["template"]["spec"]
            found += [
                (manifest["metadata"]["name"], pod, container)
                for container in [*pod["containers"], *pod.get("initContainers", [])]
            ]
    return found


@pytest.mark.parametrize("overlay", ["staging", "production"])
def test_every_container_runs_with_least_privilege(overlay: str) -> None:
    for name, pod, container in containers(overlay):
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert container["securityContext"]["readOnlyRootFilesystem"], name
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, name
        assert not container["securityContext"]["allowPrivilegeEscalation"], name
        assert "memory" in container["resources"]["limits"], name


def test_no_secret_is_written_down() -> None:
    for name, _, container in containers("production"):
        for variable in container["env"]:
            if variable["name"].endswith(("_URL", "_PASSWORD", "_SECRET", "_KEY")):
                assert "secretKeyRef" in variable["valueFrom"], f"{name}: {variable['name']}"


def test_the_runbook_names_every_key_of_the_secret() -> None:
    keys = {
        variable["valueFrom"]["secretKeyRef"]["key"]
        for _, _, container in containers("production")
        for variable in container["env"]
        if "secretKeyRef" in variable.get("valueFrom", {})
    }
    assert "MIGRATION_DATABASE_URL" in keys
    assert not {key for key in keys if f"`{key}`" not in RUNBOOK.read_text()}


def test_a_process_is_restarted_for_its_own_sake_only() -> None:
    """Never because Kafka or PostgreSQL is away, which readiness may tell."""
    alive = {"/livez", "/health/live", "/metrics"}
    for manifest in built("production"):
        if manifest["kind"] == "Deployment":
            (container,) = manifest["spec"]["template"]["spec"]["containers"]
            assert container["livenessProbe"]["httpGet"]["path"] in alive, manifest["metadata"]["name"]
            assert container["startupProbe"]["httpGet"]["path"] in alive, manifest["metadata"]["name"]


def test_every_process_reaches_kafka_through_the_network_policy_if_it_uses_it() -> None:
    policies = [m for m in built("production") if m["kind"] == "NetworkPolicy"]
    (policy,) = (m for m in policies if m["metadata"]["name"] == "flowpilot-analytics-kafka")
    (selector,) = policy["spec"]["podSelector"]["matchExpressions"]
    users = {
        name
        for name, _, container in containers("production")
        if "KAFKA_BOOTSTRAP_SERVERS" in {variable["name"] for variable in container["env"]}
    }
    assert set(selector["values"]) == users


def test_every_process_has_a_deployment_and_a_disruption_budget() -> None:
    names = {kind: {m["metadata"]["name"] for m in built("production") if m["kind"] == kind} for kind in KINDS}
    assert names["Deployment"] == PROCESSES
    assert names["PodDisruptionBudget"] == PROCESSES


def test_the_consumer_is_scaled_by_keda_alone_and_never_beyond_its_partitions() -> None:
    (consumer,) = (
        m for m in built("production") if m["kind"] == "Deployment" and m["metadata"]["name"] == "psa-event-consumer"
    )
    (scaled,) = (m for m in built("production") if m["kind"] == "ScaledObject")
    assert "replicas" not in consumer["spec"]
    assert 1 <= scaled["spec"]["minReplicaCount"] <= scaled["spec"]["maxReplicaCount"] <= PARTITIONS
    assert {trigger["metadata"]["topic"] for trigger in scaled["spec"]["triggers"]} == {
        "flowpilot.flow-matched.v1",
        "flowpilot.psa-pushed.v1",
    }


KINDS = ("Deployment", "PodDisruptionBudget")
PARTITIONS = min(contract.partitions for contract in CONTRACTS)
