"""The published schemas say what the codec does."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from services.events.schema import asyncapi, documents, json_schemas
from tests.services.test_event_codec import flow_document, psa_document

ROOT = Path(__file__).parents[2]
FLOW = "flowpilot.flow.matched.v1"
PSA = "flowpilot.psa.pushed.v1"


def accepts(kind: str, document: dict[str, Any]) -> bool:
    return jsonschema.Draft202012Validator(json_schemas()[kind]).is_valid(document)


@pytest.mark.parametrize("name", documents())
def test_the_committed_documents_are_those_of_the_structs(name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == documents()[name], "run: python -m services.events"


def test_the_command_writes_them(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "services.events", str(tmp_path)], check=True, cwd=ROOT, timeout=60)
    written = {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*.*") if path.is_file()}
    assert written == documents()


def test_the_schemas_are_schemas() -> None:
    for schema in json_schemas().values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_each_message_of_asyncapi_points_to_a_schema_that_exists() -> None:
    document = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text())
    assert document == asyncapi()
    references = re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))
    assert references
    for reference in references:
        if reference.startswith("#/"):
            target: Any = document
            for part in reference.removeprefix("#/").split("/"):
                target = target[part]
        else:
            assert (ROOT / "docs" / reference).is_file()


def test_the_schemas_accept_good_events() -> None:
    assert accepts(FLOW, flow_document())
    assert accepts(FLOW, flow_document() | {"anything": 1})
    assert accepts(PSA, psa_document())
    assert accepts(PSA, psa_document(session_id=None))
    assert accepts(PSA, psa_document(activity_type="note_posted", hours_logged=None))
    assert not accepts(PSA, flow_document())


@pytest.mark.parametrize(
    "data",
    [
        {"hours_logged": None},
        {"hours_logged": -1},
        {"hours_logged": "1.5"},
        {"activity_type": "note_posted"},
        {"activity_type": "called"},
        {"psa_ticket_id": " "},
        {"psa_ticket_id": "\0"},
        {"psa_ticket_id": "x" * 201},
        {"account_id": "0195a8f23c0070008000000000000001"},
        {"session_id": ""},
    ],
    ids=repr,
)
def test_the_schema_refuses_what_the_codec_refuses(data: dict[str, object]) -> None:
    assert not accepts(PSA, psa_document(**data))
