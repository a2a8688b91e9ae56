"""What no PSA has: tickets made to order, faults, counts and the requests seen."""

from typing import Annotated, Literal

import msgspec
from litestar import Controller, delete, get, post, put
from msgspec import Meta

from deploy.sandbox.company import Company
from deploy.sandbox.faults import Plan
from deploy.sandbox.requests import Seen
from deploy.sandbox.store import Entry, EntryKind
from deploy.sandbox.world import BOARDS

ADMIN = "/_sandbox"


class NewTickets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `POST /_sandbox/tickets` makes."""

    count: Annotated[int, Meta(ge=1, le=100_000)] = 1
    kind: Literal["service", "project"] = "service"
    board: Literal[1, 2] = 1
    label: str = ""
    """Such as the account's id: the counts can be asked for by label."""
    role_required: bool = False
    """Whether time on it needs a work role."""


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `PUT /_sandbox/behaviour` sets."""

    codebase: str = "v2025_1"
    time_sheets_closed_before: str = ""
    pages_actions: bool = True


class Administration(Controller):
    """For whoever runs the sandbox; it takes no keys."""

    path = ADMIN

    @get("/health")
    async def health(self) -> dict[str, str]:
        """Answer once the sandbox serves."""
        return {"status": "ok"}

    @post("/tickets")
    async def add_tickets(self, company: Company, data: NewTickets) -> dict[str, list[int]]:
        """Make tickets."""
        board = data.board
        assert board in BOARDS  # noqa: S101  the type says so
        ids = company.store.add_tickets(
            data.count, kind=data.kind, board=board, label=data.label, role_required=data.role_required
        )
        return {"ids": ids}

    @get("/counts")
    async def counts(self, company: Company, label: str | None = None) -> dict[str, float]:
        """Totals of what was accepted."""
        requests = company.requests
        return company.store.counts(label) | {"requests": requests.total, "most_at_a_time": requests.most_active}

    @get("/entries")
    async def entries(self, company: Company, kind: EntryKind | None = None, ticket: int | None = None) -> list[Entry]:
        """Everything that was accepted."""
        return company.store.entries(kind, ticket=ticket)

    @put("/faults")
    async def set_faults(self, company: Company, data: Plan) -> Plan:
        """From now on these faults."""
        company.faults.set(data)
        return data

    @put("/behaviour")
    async def set_behaviour(self, company: Company, data: Behaviour) -> Behaviour:
        """From now on this behaviour."""
        company.codebase = data.codebase
        company.time_sheets_closed_before = data.time_sheets_closed_before
        company.pages_actions = data.pages_actions
        return data

    @get("/requests")
    async def requests(self, company: Company) -> list[Seen]:
        """Return the last requests, without secrets."""
        return list(company.requests.last)

    @delete("/requests")
    async def forget_requests(self, company: Company) -> None:
        """Forget them."""
        company.requests.clear()
