from datetime import UTC, timedelta
from functools import partial
from typing import Any

from services.psa.connections import HaloConnection
from services.psa.egress import EgressPolicy
from services.psa.errors import UnavailableError, ValidationError
from services.psa.halo.client import HaloClient
from services.psa.intents import Action, Note, StatusChange, TimeEntry
from services.psa.provider import ExternalRef, Status
from services.psa.ticket import TicketRef
from services.psa.values import id_in, instant
from services.psa.values import number as number_of

number = partial(number_of, "Halo")


class Halo:
    """The `Provider` for HaloPSA. Time and its note go in one Action; a note is an Action without time."""

    def __init__(
        self, connection: HaloConnection, policy: EgressPolicy, *, read_seconds: float, concurrency: int
    ) -> None:
        self._client = HaloClient(connection, policy, read_seconds=read_seconds, concurrency=concurrency)

    async def aclose(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def log_time(self, ticket: TicketRef, entry: TimeEntry, correlation: str) -> ExternalRef:
        """Add an Action with time, by the technician; no one is mailed."""
        start = entry.start.astimezone(UTC).replace(microsecond=0)
        action = _action(ticket, "Time", entry.note, entry.visibility != "internal", correlation) | {
            "timetaken": entry.hours,
            "actionarrivaldate": instant(start),
            "actioncompletiondate": instant(start + timedelta(minutes=entry.minutes)),
            "who_agentid": number("member", entry.member),
        }
        if entry.billable is not None:
            action["actisbillable"] = entry.billable
        return ExternalRef.of(await self._client.post("/Actions", action))

    async def add_note(self, ticket: TicketRef, note: Note, correlation: str) -> ExternalRef:
        """Add an Action without time. Halo has no resolution notes: such a one is a public note."""
        action = _action(ticket, "Note", note.text, note.visibility != "internal", correlation)
        return ExternalRef.of(await self._client.post("/Actions", action | {"sendemail": note.notify}))

    async def set_status(self, ticket: TicketRef, change: StatusChange) -> ExternalRef:
        """Write the status, once it is known to be one."""
        if change.status not in {status.id for status in await self.list_statuses(ticket)}:
            raise ValidationError(f"status {change.status} is not one of Halo's")
        body = {"id": number("ticket", ticket.id), "status_id": number("status", change.status)}
        return ExternalRef.of(await self._client.post("/Tickets", body))

    async def list_statuses(self, ticket: TicketRef) -> list[Status]:  # noqa: ARG002  Halo's belong to no board
        """Return the statuses of all tickets; which of them end a ticket, Halo does not say."""
        found = await self._client.get("/Status", {"type": "ticket"})
        if not isinstance(found, list):
            raise UnavailableError("/Status is not answered by a list")
        return [Status(id_in(item) or "", str(item.get("name")), closed=False) for item in found if id_in(item)]

    async def find_by_correlation(self, ticket: TicketRef, action: Action, correlation: str) -> ExternalRef | None:
        """Look for the marker among the ticket's actions, or at its status."""
        if isinstance(action, StatusChange):
            found = await self._client.get(f"/Tickets/{number('ticket', ticket.id)}")
            now = found.get("status_id") if isinstance(found, dict) else None
            if not isinstance(now, int):
                raise UnavailableError(f"ticket {ticket.id} does not say which status it has")
            return ExternalRef(ticket.id) if str(now) == action.status else None
        of_ticket = {"ticket_id": str(number("ticket", ticket.id))}
        async for item in self._client.every("/Actions", of_ticket, "actions"):
            if correlation in str(item.get("note")):
                return ExternalRef.of(item)
        return None

    async def test_connection(self) -> None:
        """Read the statuses, which needs the keys and the site to be right."""
        await self._client.get("/Status", {"type": "ticket"})


def _action(ticket: TicketRef, outcome: str, text: str, public: bool, correlation: str) -> dict[str, Any]:  # noqa: FBT001  a field
    return {
        "ticket_id": number("ticket", ticket.id),
        "outcome": outcome,
        "note": f"{text}\n\n[{correlation}]".strip(),
        "hiddenfromuser": not public,
        "sendemail": False,
    }
