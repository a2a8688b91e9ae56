from typing import Any

from services.psa.connections import ConnectWiseConnection
from services.psa.connectwise import bodies
from services.psa.connectwise.client import ConnectWiseClient
from services.psa.egress import EgressPolicy
from services.psa.errors import MissingWorkRoleError, UnavailableError, ValidationError
from services.psa.intents import Action, Note, StatusChange, TimeEntry
from services.psa.provider import ExternalRef, Status
from services.psa.ticket import TicketRef


class ConnectWise:
    """The `Provider` for ConnectWise PSA."""

    def __init__(
        self, connection: ConnectWiseConnection, policy: EgressPolicy, *, read_seconds: float, concurrency: int
    ) -> None:
        self._client = ConnectWiseClient(connection, policy, read_seconds=read_seconds, concurrency=concurrency)

    async def aclose(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def log_time(self, ticket: TicketRef, entry: TimeEntry, correlation: str) -> ExternalRef:
        """Book time. Where the PSA misses a work role, the member's default one is sent: the first try was refused."""
        try:
            return await self._log_time(bodies.time_entry(ticket, entry, correlation))
        except MissingWorkRoleError:
            role = await self._default_role(entry.member) if entry.role is None else None
            if role is None:
                raise
            return await self._log_time(bodies.time_entry(ticket, entry, correlation, role=role))

    async def _log_time(self, body: dict[str, Any]) -> ExternalRef:
        return ExternalRef.of(await self._client.write("POST", "/time/entries", body))

    async def _default_role(self, member: str) -> int | None:
        found = await self._client.get(f"/system/members/{bodies.number('member', member)}")
        return _id_of(found, "defaultWorkRole")

    async def add_note(self, ticket: TicketRef, note: Note, correlation: str) -> ExternalRef:
        """Add the note to the section that its visibility names; no one is notified unless the note says so."""
        return ExternalRef.of(
            await self._client.write("POST", f"{_path(ticket)}/notes", bodies.note(note, correlation))
        )

    async def set_status(self, ticket: TicketRef, change: StatusChange) -> ExternalRef:
        """Write the status once the ticket's own board is known to have it: ids mean nothing on another board."""
        statuses = {status.id: status for status in await self.list_statuses(ticket) if not status.inactive}
        if change.status not in statuses:
            raise ValidationError(
                f"status {change.status} is not one of the ticket's board, which has"
                f" {', '.join(f'{status.id} ({status.name})' for status in statuses.values()) or 'none'}"
            )
        return ExternalRef.of(await self._client.write("PATCH", _path(ticket), bodies.status(change)))

    async def list_statuses(self, ticket: TicketRef) -> list[Status]:
        """Return the statuses of the board that the ticket is on now."""
        board = _id_of(await self._client.get(_path(ticket)), "board")
        if board is None:
            raise UnavailableError(f"ticket {ticket.id} does not say which board it is on")
        return [
            Status(
                id=str(item.get("id")),
                name=str(item.get("name")),
                closed=item.get("closedStatus") is True,
                inactive=item.get("inactive") is True,
            )
            async for item in self._client.every(f"/service/boards/{board}/statuses", {})
        ]

    async def find_by_correlation(self, ticket: TicketRef, action: Action, correlation: str) -> ExternalRef | None:
        """Look for what an earlier request made. The member is no condition: somebody may have changed it since."""
        match action:
            case TimeEntry():
                conditions = (
                    f"chargeToId={bodies.number('ticket', ticket.id)}"
                    f' and chargeToType="{bodies.CHARGE_TO[ticket.kind]}"'
                )
                newest_first = {"conditions": conditions, "orderBy": "id desc"}
                return await self._find("/time/entries", newest_first, "internalNotes", correlation)
            case Note():
                return await self._find(f"{_path(ticket)}/allNotes", {}, "text", correlation)
            case StatusChange():
                now = _id_of(await self._client.get(_path(ticket)), "status")
                if now is None:
                    raise UnavailableError(f"ticket {ticket.id} does not say which status it has")
                return ExternalRef(ticket.id) if str(now) == action.status else None

    async def _find(self, path: str, params: dict[str, str], field: str, correlation: str) -> ExternalRef | None:
        async for item in self._client.every(path, params):
            if correlation in str(item.get(field)):
                return ExternalRef.of(item)
        return None

    async def test_connection(self) -> None:
        """Read one work role, which needs the keys, the client id and the codebase to be right."""
        await self._client.get("/time/workRoles", {"page": "1", "pageSize": "1"})


def _path(ticket: TicketRef) -> str:
    return f"/{ticket.kind}/tickets/{bodies.number('ticket', ticket.id)}"


def _id_of(entity: object, field: str) -> int | None:
    """Return the id in a reference such as `"board": {"id": 1}`."""
    reference = entity.get(field) if isinstance(entity, dict) else None
    found = reference.get("id") if isinstance(reference, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None
