"""What a PSA must offer so that intents can be carried out in it."""

from dataclasses import dataclass
from typing import Any, Protocol, Self

from services.psa.egress import EgressPolicy
from services.psa.intents import Action, Note, StatusChange, TimeEntry
from services.psa.ticket import TicketRef
from services.psa.values import id_in


@dataclass(frozen=True, slots=True)
class ExternalRef:
    """What the PSA calls the thing that was made."""

    id: str

    @classmethod
    def of(cls, entity: Any) -> Self:  # noqa: ANN401  JSON of any shape
        """Make that of an entity as the PSA answers it; empty where it is there and its id cannot be read."""
        return cls(id_in(entity) or "")


@dataclass(frozen=True, slots=True)
class Status:
    """A status that the ticket may have."""

    id: str
    name: str
    closed: bool
    inactive: bool = False


class Provider(Protocol):
    """One account's PSA. Each method raises the errors of `services.psa.errors`.

    The writes may be called once for an intent: none repeats a request whose outcome is not known. `correlation` is
    put where `find_by_correlation` finds it again.
    """

    def __init__(
        self,
        connection: Any,  # noqa: ANN401  each PSA has its own class, of `services.psa.connections`
        policy: EgressPolicy,
        *,
        read_seconds: float,
        concurrency: int,
    ) -> None:
        """Take what the main application says of the account's connection; nothing is asked of the PSA yet."""

    async def log_time(self, ticket: TicketRef, entry: TimeEntry, correlation: str) -> ExternalRef:
        """Book time on the ticket."""

    async def add_note(self, ticket: TicketRef, note: Note, correlation: str) -> ExternalRef:
        """Add a note to the ticket."""

    async def set_status(self, ticket: TicketRef, change: StatusChange) -> ExternalRef:
        """Give the ticket a status, once that is known to be one of its own."""

    async def list_statuses(self, ticket: TicketRef) -> list[Status]:
        """Return the statuses that the ticket may have."""

    async def find_by_correlation(self, ticket: TicketRef, action: Action, correlation: str) -> ExternalRef | None:
        """Return what an earlier call made, or None. A status is found where the ticket has it."""

    async def test_connection(self) -> None:
        """Return if the keys and the address work."""

    async def aclose(self) -> None:
        """Close its connections."""
