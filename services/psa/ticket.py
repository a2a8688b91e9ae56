"""`ticket_ref`: which ticket, and of which kind where the PSA keeps several kinds apart."""

from dataclasses import dataclass
from typing import Literal, Self

from services.psa.errors import InvalidIntentError

TicketKind = Literal["service", "project"]


@dataclass(frozen=True, slots=True)
class TicketRef:
    """`48213` and `service:48213` are the service ticket, `project:48213` is the project ticket of that id."""

    id: str
    """The PSA's own id, opaque to us; what the event carries as `psa_ticket_id`."""
    kind: TicketKind = "service"

    def __str__(self) -> str:
        """Return the one form that is stored, so that the same ticket is always the same text."""
        return self.id if self.kind == "service" else f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a ticket reference.

        Raises:
            InvalidIntentError: there is no id in it.
        """
        kind, colon, ticket_id = text.partition(":")
        if not colon or kind not in ("service", "project"):
            kind, ticket_id = "service", text
        if not ticket_id.strip():
            raise InvalidIntentError(f"ticket_ref {text!r} names no ticket")
        return cls(ticket_id.strip(), "project" if kind == "project" else "service")
