"""Why a value is no event: the slow and thorough look, taken only once the fast one has failed or is in doubt."""

import json
import re
from typing import Any, Final, NoReturn
from uuid import UUID

from services.events.contracts import CONTRACTS
from services.events.envelope import MAX_BYTES
from services.events.errors import DecodeError, printable

MAX_DEPTH: Final = 256
"""Levels of nesting that a parser must follow. Fixed, so that the answer does not depend on the caller's own stack."""

_IDS: Final = {contract.event_type: contract.ids for contract in CONTRACTS}
_canonical: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE).fullmatch
_JSON_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_KINDS: Final = {list: "an array", str: "a string", float: "a number", bool: "a boolean", type(None): "null"}


def document_in(value: bytes | None) -> dict[str, Any]:
    """Return the JSON object in a value.

    Raises:
        DecodeError: malformed, where there is none.
    """
    if value is None:
        raise DecodeError("malformed", "the value is null")
    if len(value) > MAX_BYTES:
        raise DecodeError("malformed", f"{len(value)} bytes are more than {MAX_BYTES}")
    refuse_depth(value)
    try:
        # As strict as RFC 8259. Integers become floats: one of 60,000 digits is valid JSON, and int() refuses it.
        document = json.loads(value.decode(), parse_constant=_refuse_constant, parse_int=float)
    except UnicodeDecodeError as error:
        raise DecodeError("malformed", f"not UTF-8: {error.reason} at byte {error.start}") from None
    except ValueError as error:
        raise DecodeError("malformed", f"not JSON: {error}") from None
    if not isinstance(document, dict):
        raise DecodeError("malformed", f"not a JSON object but {_KINDS[type(document)]}")
    return document


def refuse_depth(value: bytes) -> None:
    """Raise DecodeError (malformed) for nesting that would exhaust a parser's stack."""
    if value.count(b"[") + value.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for byte in _JSON_STRING.sub(b"", value):
        if byte in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise DecodeError("malformed", f"nested deeper than {MAX_DEPTH} levels")
        elif byte in b"]}":
            depth -= 1


def refuse(value: bytes | None, detail: str) -> NoReturn:
    """Raise the DecodeError for a value that did not decode: malformed, else unknown_type, else invalid."""
    document = document_in(value)
    kind = document.get("type")
    event_id = _event_id(document)
    if isinstance(kind, str) and kind not in _IDS:
        raise DecodeError("unknown_type", f"type is {printable(kind[:100])!r}", event_id)
    raise DecodeError("invalid", detail if kind is not None else "type is missing or null", event_id)


def refuse_unhyphenated(value: bytes) -> None:
    """Raise DecodeError (invalid) for an id of ours that is not written in the canonical 8-4-4-4-12 form."""
    document = document_in(value)
    data = document["data"]
    for path, text in (("id", document["id"]), *((f"data.{name}", data.get(name)) for name in _IDS[document["type"]])):
        if text is not None and _canonical(text) is None:
            raise DecodeError("invalid", f"{path} is not a UUID in its 8-4-4-4-12 form", _event_id(document))


def _event_id(document: dict[str, Any]) -> UUID | None:
    text = document.get("id")
    return UUID(text) if isinstance(text, str) and _canonical(text) else None


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON number"
    raise ValueError(message)
