"""ConnectWise's errors, `{"code", "message", "errors": [{"code", "message", "field"}]}`, as ours.

The code tells them from what a gateway says, be it HTML or a JSON of its own.
"""

import re
from typing import Any, Final

from services.psa.answer import Answer
from services.psa.errors import (
    AuthenticationError,
    MissingWorkRoleError,
    PsaError,
    TimeNotAllowedError,
    ValidationError,
)
from services.psa.http import PsaHttp

_NO_TIME: Final = re.compile(r"does not allow time entry|time ?sheet", re.IGNORECASE)
_MOST_ERRORS: Final = 20
_NO_ROLE: Final = re.compile(r"work ?role", re.IGNORECASE)


def failure_of(http: PsaHttp, answer: Answer, *, write: bool) -> PsaError:
    """Return the typed error for an answer that is no success; its message is the PSA's own, without our secrets."""
    codes, messages = _said(answer.body)
    said = "; ".join(dict.fromkeys(messages))
    failure = http.failure(answer, said, write=write, own=own(answer))
    if not isinstance(failure, ValidationError):
        return failure
    if "Unauthorized" in codes or ("ConnectWiseApi" in codes and "UserNotAuthenticated" in said):
        return AuthenticationError(str(failure))
    if _NO_TIME.search(said):
        return TimeNotAllowedError(str(failure))
    if "MissingRequiredField" in codes and any(_NO_ROLE.search(text) for text in (*_fields(answer.body), said)):
        return MissingWorkRoleError(str(failure))
    return failure


def own(answer: Answer) -> bool:
    """Tell whether it is ConnectWise that answers so."""
    return isinstance(answer.body, dict) and isinstance(answer.body.get("code"), str)


def _said(body: object) -> tuple[set[str], list[str]]:
    """Return the codes, and the particular messages; the general one where there are none."""
    if not isinstance(body, dict):
        return set(), []
    errors = _errors(body)
    codes = {part["code"] for part in (*errors, body) if isinstance(part.get("code"), str)}
    return codes, _messages(errors) or _messages([body])


def _messages(parts: list[dict[str, Any]]) -> list[str]:
    return [part["message"] for part in parts if isinstance(part.get("message"), str) and part["message"].strip()]


def _fields(body: object) -> list[str]:
    parts = _errors(body) if isinstance(body, dict) else []
    return [part["field"] for part in parts if isinstance(part.get("field"), str)]


def _errors(body: dict[str, Any]) -> list[dict[str, Any]]:
    errors = body.get("errors")
    return [error for error in errors[:_MOST_ERRORS] if isinstance(error, dict)] if isinstance(errors, list) else []
