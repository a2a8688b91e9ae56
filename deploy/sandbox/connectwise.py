"""ConnectWise's side: the calls that pushes make, and their refusals."""

import base64
import hmac
import json
from typing import Any

from litestar import Controller, Request, get, patch, post

from deploy.sandbox import refusals
from deploy.sandbox.bodies import NoteBody, Operation, TimeEntryBody, instant, read
from deploy.sandbox.company import Company
from deploy.sandbox.paging import Page, matching, ordered, page_of
from deploy.sandbox.store import Ticket
from deploy.sandbox.world import BOARDS, DEFAULT_ROLE, MEMBER_WITHOUT_ROLE, MEMBERS, ROLES, status_of

NO_TIME = "Please update the status of this ticket before entering time, the current status does not allow time entry."
AnyRequest = Request[None, None, Any]


@get("/login/companyinfo/{company_id:str}")
async def company_info(company: Company, company_id: str) -> dict[str, Any] | None:
    """Where the API is; null for an unknown company. Needs no keys."""
    if company_id != company.keys.company_id:
        return None
    return {"CompanyName": company_id, "Codebase": f"{company.codebase}/", "VersionCode": "v2025.1", "IsCloud": True}


def ticket_paths(rest: str) -> list[str]:
    """Service and project tickets are resources of their own."""
    return [f"/{kind}/tickets/{{ticket:int}}{rest}" for kind in ("service", "project")]


class Api(Controller):
    """`/{codebase}apis/3.0`."""

    path = "/{codebase:str}/apis/3.0"

    @post("/time/entries")
    async def add_time(self, request: AnyRequest, company: Company, codebase: str) -> dict[str, Any]:
        """Accept time, unless the ticket, the member or the week does not."""
        admit(request, company, codebase)
        raw = await request.body()
        body = read(raw, TimeEntryBody, "timeEntry")
        hours = body.hours()
        kind = "project" if body.charge_to_type == "ProjectTicket" else "service"
        ticket = company.store.ticket(body.charge_to_id or 0, kind)
        if ticket is None:
            raise refusals.invalid("chargeToId was not found", field="chargeToId", resource="timeEntry")
        check_time(company, ticket, body)
        stored = {"timeStart": body.time_start, **json.loads(raw)}
        return stored | {"id": company.store.add_entry(ticket.id, "time", stored, hours), "actualHours": hours}

    @get("/time/entries")
    async def list_time(self, request: AnyRequest, company: Company, codebase: str) -> Page:
        """Return the entries that meet the conditions."""
        admit(request, company, codebase)
        entries = [entry.body | {"id": entry.id} for entry in company.store.entries("time")]
        found = matching(entries, request.query_params.get("conditions", ""))
        return page_of(ordered(found, request.query_params.get("orderBy", "")), request)

    @get("/time/entries/count")
    async def count_time(self, request: AnyRequest, company: Company, codebase: str) -> dict[str, int]:
        """Count the entries that meet the conditions."""
        admit(request, company, codebase)
        entries = [entry.body for entry in company.store.entries("time")]
        return {"count": len(matching(entries, request.query_params.get("conditions", "")))}

    @get("/time/workRoles")
    async def work_roles(self, request: AnyRequest, company: Company, codebase: str) -> Page:
        """List the roles."""
        admit(request, company, codebase)
        return page_of([{"id": role, "name": name} for role, name in ROLES.items()], request)

    @get("/system/members/{member:int}")
    async def member(self, request: AnyRequest, company: Company, codebase: str, member: int) -> dict[str, Any]:
        """Return a member and its default role."""
        admit(request, company, codebase)
        if member not in MEMBERS:
            raise refusals.not_found(f"Member {member} not found")
        role = None if member == MEMBER_WITHOUT_ROLE else {"id": DEFAULT_ROLE, "name": ROLES[DEFAULT_ROLE]}
        return {"id": member, "identifier": f"member{member}", "defaultWorkRole": role}

    @get("/service/boards/{board:int}/statuses")
    async def statuses(self, request: AnyRequest, company: Company, codebase: str, board: int) -> Page:
        """List a board's statuses."""
        admit(request, company, codebase)
        if board not in BOARDS:
            raise refusals.not_found(f"Board {board} not found")
        found = [
            {"id": status.id, "name": status.name, "closedStatus": status.closed, "inactive": status.inactive}
            for status in BOARDS[board]
        ]
        return page_of(found, request)

    @get("/service/boards/{board:int}/statuses/count")
    async def count_statuses(self, request: AnyRequest, company: Company, codebase: str, board: int) -> dict[str, int]:
        """Count a board's statuses."""
        admit(request, company, codebase)
        return {"count": len(BOARDS.get(board, ()))}

    @get(ticket_paths(""))
    async def ticket(self, request: AnyRequest, company: Company, codebase: str, ticket: int) -> dict[str, Any]:
        """Return a ticket with its board and status."""
        admit(request, company, codebase)
        return shown(found(request, company, ticket))

    @patch(ticket_paths(""))
    async def change(self, request: AnyRequest, company: Company, codebase: str, ticket: int) -> dict[str, Any]:
        """Set the status, if the ticket's board has it."""
        admit(request, company, codebase)
        operations = read(await request.body(), list[Operation], "ticket")
        before = found(request, company, ticket)
        for operation in operations:
            if operation.op != "replace" or operation.path.lstrip("/") != "status/id":
                raise refusals.invalid(f"path {operation.path!r} cannot be patched", resource="ticket")
            value = operation.value
            if not isinstance(value, int) or status_of(before.board, value) is None:
                raise refusals.invalid("status is not on the ticket's board", field="status", resource="ticket")
            company.store.set_status(ticket, value, {"status": value})
        return shown(found(request, company, ticket))

    @post(ticket_paths("/notes"))
    async def add_note(self, request: AnyRequest, company: Company, codebase: str, ticket: int) -> dict[str, Any]:
        """Accept a note; a closed ticket takes them too."""
        admit(request, company, codebase)
        raw = await request.body()
        read(raw, NoteBody, "note").check()
        body: dict[str, Any] = json.loads(raw)
        note = company.store.add_entry(found(request, company, ticket).id, "note", body)
        return body | {"id": note, "ticketId": ticket}

    @get(ticket_paths("/allNotes"))
    async def notes(self, request: AnyRequest, company: Company, codebase: str, ticket: int) -> Page:
        """List a ticket's notes."""
        admit(request, company, codebase)
        entries = company.store.entries("note", ticket=found(request, company, ticket).id)
        return page_of([entry.body | {"id": entry.id} for entry in entries], request)


def admit(request: AnyRequest, company: Company, codebase: str) -> None:
    """Refuse wrong keys, a missing client id and a codebase that has gone."""
    keys = company.keys
    login = base64.b64encode(f"{keys.company_id}+{keys.public_key}:{keys.private_key}".encode()).decode()
    if not hmac.compare_digest(request.headers.get("authorization", ""), f"Basic {login}"):
        raise refusals.unauthorized()
    if request.headers.get("clientid") != keys.client_id:
        raise refusals.no_client_id()
    if codebase not in (company.codebase, "v4_6_release"):
        raise refusals.not_found("The path was not found")


def check_time(company: Company, ticket: Ticket, body: TimeEntryBody) -> None:
    """Return the business rules that refuse time."""
    status = status_of(ticket.board, ticket.status)
    if status is not None and status.closed:
        raise refusals.invalid(NO_TIME, resource="timeEntry")
    if body.member is None or body.member.id not in MEMBERS:
        raise refusals.invalid("member was not found", field="member", resource="timeEntry")
    if ticket.role_required and body.work_role is None:
        raise refusals.invalid(
            "The workRole field is required", code="MissingRequiredField", field="workRole", resource="timeEntry"
        )
    if body.work_role is not None and body.work_role.id not in ROLES:
        raise refusals.invalid("workRole was not found", field="workRole", resource="timeEntry")
    closed_before = company.time_sheets_closed_before
    if closed_before and instant("timeStart", body.time_start) < instant("timeStart", closed_before):
        raise refusals.invalid("The time sheet of this week is already approved", resource="timeEntry")


def found(request: AnyRequest, company: Company, ticket_id: int) -> Ticket:
    """Return the ticket, under its own kind's path only."""
    kind = "project" if "/project/" in request.url.path else "service"
    ticket = company.store.ticket(ticket_id, kind)
    if ticket is None:
        raise refusals.not_found(f"Ticket {ticket_id} not found")
    return ticket


def shown(ticket: Ticket) -> dict[str, Any]:
    """Return a ticket as ConnectWise shows it."""
    status = status_of(ticket.board, ticket.status)
    assert status is not None  # noqa: S101  only a board's own statuses are stored
    return {
        "id": ticket.id,
        "summary": f"Ticket {ticket.id}",
        "board": {"id": ticket.board, "name": f"Board {ticket.board}"},
        "status": {"id": status.id, "name": status.name},
        "closedFlag": status.closed,
    }
