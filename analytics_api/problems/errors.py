"""Every error of the API as an RFC 9457 problem: one base, small subclasses, one body."""

from http import HTTPStatus
from typing import ClassVar

import msgspec
from msgspec import UNSET, UnsetType


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details (RFC 9457), `application/problem+json`."""

    type: str
    title: str
    status: int
    detail: str
    parameter: str | UnsetType = UNSET
    """The query parameter that was refused."""
    allowed: str | UnsetType = UNSET
    """What that parameter may be."""


class ProblemError(Exception):
    """Base of the errors that become a response; the message is its `detail` and is seen by the client."""

    status: ClassVar[HTTPStatus]
    kind: ClassVar[str]
    title: ClassVar[str]
    headers: ClassVar[dict[str, str]] = {}

    @property
    def problem(self) -> Problem:
        """The response's body."""
        return Problem(type=problem_type(self.kind), title=self.title, status=self.status, detail=str(self))


class BadParameterError(ProblemError):
    """A query parameter is unknown, repeated, empty, malformed or out of range."""

    status = HTTPStatus.BAD_REQUEST
    kind = "bad-parameter"
    title = "A parameter is not allowed"

    def __init__(self, parameter: str, complaint: str, *, allowed: str | None = None) -> None:
        allowed_text = f"; allowed: {allowed}" if allowed else ""
        super().__init__(f"{parameter}: {complaint}{allowed_text}")
        self.parameter = parameter
        self.allowed = allowed

    @property
    def problem(self) -> Problem:
        """The response's body, with the parameter's name as a field of its own."""
        return msgspec.structs.replace(
            super().problem, parameter=self.parameter, allowed=UNSET if self.allowed is None else self.allowed
        )


class UnauthorizedError(ProblemError):
    """No one we know is asking: no token, a bad or expired one, or a user that does not exist."""

    status = HTTPStatus.UNAUTHORIZED
    kind = "unauthorized"
    title = "A valid token is needed"
    # RFC 6750: a refused token gets the error code, a request without any token the bare challenge.
    headers: ClassVar = {"WWW-Authenticate": 'Bearer realm="flowpilot-analytics", error="invalid_token"'}


class MissingTokenError(UnauthorizedError):
    """The request carries no bearer token at all."""

    headers: ClassVar = {"WWW-Authenticate": 'Bearer realm="flowpilot-analytics"'}


class ForbiddenError(ProblemError):
    """The user is known and may not see the analytics."""

    status = HTTPStatus.FORBIDDEN
    kind = "forbidden"
    title = "This user may not see the analytics"


class UnavailableError(ProblemError):
    """No database answered in time; asking again is worth it."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    kind = "unavailable"
    title = "The database does not answer"
    headers: ClassVar = {"Retry-After": "5"}


class ColumnGoneError(ProblemError):
    """The question reads a column that the main application has dropped; others are answered."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    kind = "column-gone"
    title = "A column that the question needs is gone"


class BusyError(UnavailableError):
    """One account asks for more at once than may be answered at once; its requests have to wait for each other."""

    kind = "busy"
    title = "Too many questions at once"
    headers: ClassVar = {"Retry-After": "2"}


def problem_type(kind: str) -> str:
    """Return the problem's `type`: a relative reference, resolved against the API's own address."""
    return f"/schema#problem-{kind}"
