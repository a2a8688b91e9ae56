"""Pushes to the PSA: asked for in the main application's transaction, made once, each success an event.

    from services.psa import PushIntent, TimeEntry, request_push

    await request_push(connection, PushIntent(account_id, session_id, "48213", TimeEntry(member="154", ...)))

Needs msgspec alone: neither an HTTP client nor a database driver. `python -m services.psa` carries the intents out.
"""

from services.psa.errors import IntentConflictError, InvalidIntentError, PsaError
from services.psa.intents import Action, Note, PushIntent, StatusChange, TimeEntry
from services.psa.request import request_push
from services.psa.ticket import TicketRef

__all__ = [
    "Action",
    "IntentConflictError",
    "InvalidIntentError",
    "Note",
    "PsaError",
    "PushIntent",
    "StatusChange",
    "TicketRef",
    "TimeEntry",
    "request_push",
]
