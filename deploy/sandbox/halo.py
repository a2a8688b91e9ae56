"""HaloPSA's side: a token, Actions (note and time in one), and a ticket's status."""

import secrets
from typing import Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import Parameter

from deploy.sandbox.bodies import read
from deploy.sandbox.company import Company
from deploy.sandbox.refusals import Refused, invalid, not_found
from deploy.sandbox.world import BOARDS, status_of

_TOKEN_SECONDS = 3600
_ACTIONS_AT_A_TIME = 50
_TOKENS: set[str] = set()
AnyRequest = Request[None, None, Any]


class ActionBody(msgspec.Struct, forbid_unknown_fields=True):
    """One of the array that `POST /api/Actions` takes."""

    ticket_id: int
    outcome: str
    note: str
    hiddenfromuser: bool = True
    sendemail: bool = False
    timetaken: float = 0
    actionarrivaldate: str | None = None
    actioncompletiondate: str | None = None
    actisbillable: bool | None = None
    chargerate: int | None = None
    who_agentid: int | None = None


class TicketBody(msgspec.Struct, forbid_unknown_fields=True):
    """One of the array that `POST /api/Tickets` takes."""

    id: int
    status_id: int


@post("/auth/token", status_code=200)
async def token(request: AnyRequest, company: Company) -> dict[str, Any]:
    """OAuth2 client credentials."""
    form = await request.form()
    given = (form.get("grant_type"), form.get("client_id"), form.get("client_secret"))
    if given != ("client_credentials", company.keys.public_key, company.keys.private_key):
        raise Refused(401, "invalid_client", "invalid_client")
    fresh = secrets.token_urlsafe(24)
    _TOKENS.add(fresh)
    return {"access_token": fresh, "token_type": "Bearer", "expires_in": _TOKEN_SECONDS}


class HaloApi(Controller):
    """`/api`."""

    path = "/api"

    @post("/Actions")
    async def add_actions(self, request: AnyRequest, company: Company) -> list[dict[str, Any]]:
        """Accept actions: one with time is a time entry, one without a note."""
        admit(request)
        made = []
        for action in read(await request.body(), list[ActionBody], "action"):
            ticket = company.store.ticket(action.ticket_id)
            if ticket is None:
                raise invalid(f"ticket {action.ticket_id} not found")
            body = msgspec.to_builtins(action)
            entry = company.store.add_entry(
                ticket.id, "time" if action.timetaken > 0 else "note", body, action.timetaken
            )
            made.append(body | {"id": entry})
        return made

    @get("/Actions")
    async def actions(self, request: AnyRequest, company: Company, ticket_id: int) -> dict[str, Any]:
        """Return a ticket's actions, some of them at a time, and how many there are."""
        admit(request)
        entries = [entry for entry in company.store.entries(ticket=ticket_id) if entry.kind != "status"]
        served = [entry.body | {"id": entry.id} for entry in entries[_asked_for(request, company)]]
        return {"record_count": len(entries), "actions": served}

    @post("/Tickets")
    async def change_tickets(self, request: AnyRequest, company: Company) -> list[dict[str, Any]]:
        """Set statuses."""
        admit(request)
        changes = read(await request.body(), list[TicketBody], "ticket")
        for change in changes:
            ticket = company.store.ticket(change.id)
            if ticket is None or status_of(ticket.board, change.status_id) is None:
                raise invalid("ticket or status not found")
            company.store.set_status(change.id, change.status_id, {"status": change.status_id})
        return [msgspec.to_builtins(change) for change in changes]

    @get("/Tickets/{ticket_id:int}")
    async def ticket(self, request: AnyRequest, company: Company, ticket_id: int) -> dict[str, Any]:
        """Return a ticket."""
        admit(request)
        ticket = company.store.ticket(ticket_id)
        if ticket is None:
            raise not_found(f"ticket {ticket_id} not found")
        return {"id": ticket.id, "status_id": ticket.status}

    @get("/Status")
    async def statuses(self, request: AnyRequest, kind: str = Parameter(query="type")) -> list[dict[str, Any]]:
        """Return the statuses of tickets, which belong to no board."""
        admit(request)
        if kind != "ticket":
            return []
        return [{"id": status.id, "name": status.name} for board in BOARDS.values() for status in board]


def _asked_for(request: AnyRequest, company: Company) -> slice:
    """Return the part of a list that the request asks for."""

    def number(name: str, default: int) -> int:
        return int(request.query_params.get(name, default))

    if not company.pages_actions:
        return slice(number("count", _ACTIONS_AT_A_TIME))
    size = min(number("page_size", _ACTIONS_AT_A_TIME), _ACTIONS_AT_A_TIME)
    first = (number("page_no", 1) - 1) * size
    return slice(first, first + size)


def admit(request: AnyRequest) -> None:
    """Refuse a missing or unknown token."""
    if request.headers.get("authorization", "").removeprefix("Bearer ") not in _TOKENS:
        raise Refused(401, "unauthorized", "invalid token")
