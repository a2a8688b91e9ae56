"""Errors in ConnectWise's form."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import State


class Refused(Exception):  # noqa: N818  it is an answer, not a failure of the sandbox
    """A request that ConnectWise would not accept."""

    def __init__(self, status: int, code: str, message: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"code": code, "message": message, "errors": errors or []}


def respond(_request: Request[None, None, State], refused: Refused) -> Response[dict[str, Any]]:
    """Return the refusal as a response."""
    return Response(refused.body, status_code=refused.status)


def not_found(message: str) -> Refused:
    """No such thing."""
    return Refused(404, "NotFound", message)


def invalid(message: str, *, code: str = "InvalidField", field: str = "", resource: str = "") -> Refused:
    """Refuse the content."""
    return Refused(
        400,
        "InvalidObject",
        f"{resource or 'entity'} object is invalid",
        [{"code": code, "message": message, "resource": resource, "field": field}],
    )


def unauthorized() -> Refused:
    """Refuse the keys."""
    return Refused(401, "Unauthorized", "Invalid or unknown API keys")


def no_client_id() -> Refused:
    """Refuse a missing or unknown name of the integration."""
    return Refused(401, "ConnectWiseApi", "UserNotAuthenticated")
