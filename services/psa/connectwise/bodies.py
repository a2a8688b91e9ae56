"""The bodies of ConnectWise's requests. Pure: an intent in, JSON out."""

from datetime import UTC, timedelta
from functools import partial
from typing import Any, Final

from services.psa import values
from services.psa.intents import Note, StatusChange, TimeEntry
from services.psa.ticket import TicketKind, TicketRef
from services.psa.values import instant

CHARGE_TO: Final[dict[TicketKind, str]] = {"service": "ServiceTicket", "project": "ProjectTicket"}

number = partial(values.number, "ConnectWise")


def time_entry(ticket: TicketRef, entry: TimeEntry, correlation: str, *, role: int | None = None) -> dict[str, Any]:
    """`POST /time/entries`. Start and end, and no hours beside them, which could contradict.

    No one is mailed. A missing `billableOption` leaves the billing to the agreement.
    """
    start = entry.start.astimezone(UTC).replace(microsecond=0)
    body: dict[str, Any] = {
        "chargeToId": number("ticket", ticket.id),
        "chargeToType": CHARGE_TO[ticket.kind],
        "member": {"id": number("member", entry.member)},
        "timeStart": instant(start),
        "timeEnd": instant(start + timedelta(minutes=entry.minutes)),
        "notes": entry.note,
        "internalNotes": correlation,
        "addToDetailDescriptionFlag": entry.visibility == "public",
        "addToInternalAnalysisFlag": entry.visibility == "internal",
        "addToResolutionFlag": entry.visibility == "resolution",
        "emailResourceFlag": False,
        "emailContactFlag": False,
        "emailCcFlag": False,
    }
    if entry.role is not None:
        role = number("work role", entry.role)
    if role is not None:
        body["workRole"] = {"id": role}
    if entry.work_type is not None:
        body["workType"] = {"id": number("work type", entry.work_type)}
    if entry.billable is not None:
        body["billableOption"] = "Billable" if entry.billable else "DoNotBill"
    return body


def note(request: Note, correlation: str) -> dict[str, Any]:
    """`POST .../notes`. The entity has no other place for the marker than the end of its text."""
    return {
        "text": f"{request.text}\n\n[{correlation}]",
        "detailDescriptionFlag": request.visibility == "public",
        "internalAnalysisFlag": request.visibility == "internal",
        "resolutionFlag": request.visibility == "resolution",
        "customerUpdatedFlag": False,
        "processNotifications": request.notify,
    }


def status(change: StatusChange) -> list[dict[str, Any]]:
    """`PATCH` of a ticket: a list of operations."""
    return [{"op": "replace", "path": "status/id", "value": number("status", change.status)}]
