"""The OpenAPI 3.1 document: built from the endpoint and parameter tables, so that it cannot drift from the parser."""

from http import HTTPStatus
from typing import Any

import msgspec

from analytics_api.openapi.examples import EXAMPLES
from analytics_api.openapi.schemas import component_schemas, reference
from analytics_api.problems.errors import Problem
from analytics_api.questions.endpoints import ENDPOINTS, Endpoint
from analytics_api.questions.parameters import FORMAT, Parameter
from services.version import VERSION

_DESCRIPTION = """\
Coverage, flow quality and PSA numbers of the caller's own account. No parameter selects an account.

Counts and sums of nothing are 0; rates, means and percentiles of nothing are null. Rates lie in 0..1, durations are
minutes, hours are decimal hours. Nothing is rounded. Every number of one response comes from one snapshot.
"""

_HEADERS: dict[str, Any] = {
    "ETag": {
        "description": "Weak tag of the answer without `as_of`; send it back as `If-None-Match`.",
        "schema": {"type": "string"},
    },
    "As-Of": {
        "description": "Everything older is in the numbers; absent while that is unknown.",
        "schema": {"type": "string", "format": "date-time"},
    },
}

_PROBLEMS = {
    HTTPStatus.BAD_REQUEST: "A parameter is unknown, repeated, empty, malformed, out of range, or another endpoint's.",
    HTTPStatus.UNAUTHORIZED: "No token, or one that is bad or expired, or of an unknown user.",
    HTTPStatus.FORBIDDEN: "The user is disabled, or has a role below `team_admin`.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The address is longer than 4,096 bytes.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The headers are longer than 16 KiB.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "A fault of the service.",
    HTTPStatus.SERVICE_UNAVAILABLE: "No database answered in time.",
}


def document() -> dict[str, Any]:
    """Return the whole document, ready to be encoded."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "FlowPilot Analytics", "version": VERSION, "description": _DESCRIPTION},
        "security": [{"bearer": []}],
        "paths": {endpoint.path: {"get": _operation(endpoint)} for endpoint in ENDPOINTS},
        "components": {
            "schemas": component_schemas(),
            "responses": {str(int(status)): _problem_response(text) for status, text in _PROBLEMS.items()},
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A token of the main application; `sub` is the user's id.",
                },
            },
        },
    }


def encoded() -> bytes:
    """Return the document as indented JSON, as it is committed and served."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2) + b"\n"


def example_bodies(described: dict[str, Any]) -> dict[str, str]:
    """Each path's example answer as indented JSON."""
    examples = {
        path: item["get"]["responses"]["200"]["content"]["application/json"]["example"]
        for path, item in described["paths"].items()
    }
    return {
        path: msgspec.json.format(msgspec.json.encode(example), indent=2).decode() for path, example in examples.items()
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "operationId": endpoint.operation_id,
        "summary": endpoint.summary,
        "description": endpoint.description,
        "parameters": [_parameter(parameter) for parameter in endpoint.parameters],
        "responses": {
            "200": {"description": _answer(endpoint), "headers": _HEADERS, "content": _content(endpoint)},
            "304": {"description": "The answer is the one that `If-None-Match` names.", "headers": _HEADERS},
            **{str(int(status)): {"$ref": f"#/components/responses/{int(status)}"} for status in _PROBLEMS},
        },
    }


def _content(endpoint: Endpoint) -> dict[str, Any]:
    # CSV is told in words: as a second content type it would make every generated client's answer "this or a string".
    example = msgspec.to_builtins(EXAMPLES[endpoint.name])
    return {"application/json": {"schema": reference(endpoint.response), "example": example}}


def _answer(endpoint: Endpoint) -> str:
    return "The answer; with `format=csv` as `text/csv` instead." if FORMAT in endpoint.parameters else "The answer."


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", **parameter.schema}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.description,
        "schema": schema,
    }


def _problem_response(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": reference(Problem)}}}
