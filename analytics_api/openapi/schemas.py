"""JSON Schemas of the response types, by msgspec, with the formats that it leaves out."""

import datetime as dt
import typing
from dataclasses import is_dataclass
from typing import Any

import msgspec

from analytics_api.problems.errors import Problem
from analytics_api.questions.endpoints import ENDPOINTS

_REFERENCE = "#/components/schemas/{name}"


def reference(schema_type: type) -> dict[str, str]:
    """Return a `$ref` to the type's schema."""
    return {"$ref": _REFERENCE.format(name=schema_type.__name__)}


def component_schemas() -> dict[str, Any]:
    """Every type that a response holds, by name."""
    roots = [*(endpoint.response for endpoint in ENDPOINTS), Problem]
    _, components = msgspec.json.schema_components(roots, ref_template=_REFERENCE)
    for schema_type in _dataclasses_within(roots):
        properties = components[schema_type.__name__]["properties"]
        for name, hint in typing.get_type_hints(schema_type).items():
            if dt.datetime in (hint, *typing.get_args(hint)):
                # msgspec gives a format only to a datetime that its own constraint declares aware; ours always are.
                _string_part(properties[name])["format"] = "date-time"
    return dict(sorted(components.items()))


def _string_part(schema: dict[str, Any]) -> dict[str, Any]:
    return next(part for part in schema.get("anyOf", [schema]) if part["type"] == "string")


def _dataclasses_within(hints: typing.Iterable[Any]) -> set[type]:
    found: set[type] = set()
    for hint in hints:
        found |= _dataclasses_within(typing.get_args(hint))
        if isinstance(hint, type) and is_dataclass(hint):
            found |= {hint} | _dataclasses_within(typing.get_type_hints(hint).values())
    return found
