from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.psa.connections import HaloConnection
from services.psa.egress import EgressPolicy
from services.psa.errors import ValidationError
from services.psa.halo.client import HaloClient
from services.psa.intents import Action, Note, StatusChange, TimeEntry
from services.psa.provider import Capability, ExternalRef, Status
from services.psa.ticket import TicketRef


class Halo:
    """The `Provider` for HaloPSA. Time and its note go in one Action; a note is an Action without time."""

    capabilities: Final[frozenset[Capability]] = frozenset()

    def __init__(
        self, connection: HaloConnection, policy: EgressPolicy, *, read_seconds: float, concurrency: int
    ) -> None:
        self._client = HaloClient(connection, policy, read_seconds=read_seconds, concurrency=concurrency)

    async def aclose(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def log_time(self, ticket: TicketRef, entry: TimeEntry, correlation: str) -> ExternalRef:
        """Add an Action with time, by the technician; nobody is mailed."""
        start = entry.start.astimezone(UTC).replace(microsecond=0)
        action = _action(ticket, "Time", entry.note, entry.visibility != "internal", correlation) | {
            "timetaken": entry.hours,
            "actionarrivaldate": _instant(start),
            "actioncompletiondate": _instant(start + timedelta(minutes=entry.minutes)),
            "who_agentid": _number("member", entry.member),
        }
        if entry.billable is not None:
            action["actisbillable"] = entry.billable
        return ExternalRef(str((await self._client.post("/Actions", action))["id"]))

    async def add_note(self, ticket: TicketRef, note: Note, correlation: str) -> ExternalRef:
        """Add an Action without time. Halo has no resolution notes: such a one is a public note."""
        action = _action(ticket, "Note", note.text, note.visibility != "internal", correlation)
        return ExternalRef(str((await self._client.post("/Actions", action | {"sendemail": note.notify}))["id"]))

    async def set_status(self, ticket: TicketRef, change: StatusChange) -> ExternalRef:
        """Write the status, once it is known to be one."""
        if change.status not in {status.id for status in await self.list_statuses(ticket)}:
            raise ValidationError(f"status {change.status} is not one of Halo's")
        body = {"id": _number("ticket", ticket.id), "status_id": _number("status", change.status)}
        return ExternalRef(str((await self._client.post("/Tickets", body))["id"]))

    async def list_statuses(self, ticket: TicketRef) -> list[Status]:  # noqa: ARG002  Halo's belong to no board
        """Return the statuses of all tickets; which of them end a ticket, Halo does not say."""
        found = await self._client.get("/Status", {"type": "ticket"})
        items = found if isinstance(found, list) else []
        return [Status(str(item.get("id")), str(item.get("name")), closed=False) for item in items]

    async def find_by_correlation(self, ticket: TicketRef, action: Action, correlation: str) -> ExternalRef | None:
        """Look for the marker among the ticket's actions, or at its status."""
        if isinstance(action, StatusChange):
            found = await self._client.get(f"/Tickets/{_number('ticket', ticket.id)}")
            now = found.get("status_id") if isinstance(found, dict) else None
            return ExternalRef(ticket.id) if str(now) == action.status else None
        found = await self._client.get("/Actions", {"ticket_id": str(_number("ticket", ticket.id))})
        items = found.get("actions", []) if isinstance(found, dict) else []
        return next((ExternalRef(str(item["id"])) for item in items if correlation in str(item.get("note"))), None)

    async def test_connection(self) -> None:
        """Reads the statuses, which needs the keys and the site to be right."""
        await self._client.get("/Status", {"type": "ticket"})


def _action(ticket: TicketRef, outcome: str, text: str, public: bool, correlation: str) -> dict[str, Any]:  # noqa: FBT001  a field
    return {
        "ticket_id": _number("ticket", ticket.id),
        "outcome": outcome,
        "note": f"{text}\n\n[{correlation}]".strip(),
        "hiddenfromuser": not public,
        "sendemail": False,
    }


_MOST_DIGITS: Final = 18  # whatever is longer is no id, and JSON would not carry it


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(what: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise ValidationError(f"{what} {text!r} is not a Halo id, which is a number")
    return int(text)
