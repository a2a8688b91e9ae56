"""Tickets in the ConnectWise sandbox, for sessions to be linked to."""

import json
from collections import defaultdict
from typing import Final
from urllib.error import URLError
from urllib.request import Request, urlopen
from uuid import UUID

import structlog

_AT_A_TIME: Final = 25
MEMBERS: Final = range(100, 150)
"""Technicians that the sandbox knows."""
COMPLETED: Final = "503"
"""The closing status of the board that new tickets are on."""

log = structlog.get_logger(__name__)


class Tickets:
    """Makes tickets, some in advance."""

    def __init__(self, sandbox_url: str) -> None:
        self._url = f"{sandbox_url.rstrip('/')}/_sandbox/tickets"
        self._made: dict[UUID, list[int]] = defaultdict(list)

    def take(self, account_id: UUID) -> str | None:
        """Return a fresh ticket; None while the sandbox is away."""
        if not self._made[account_id]:
            body = json.dumps({"count": _AT_A_TIME, "label": str(account_id)}).encode()
            request = Request(self._url, body, {"content-type": "application/json"})  # noqa: S310  the operator's URL
            try:
                with urlopen(request, timeout=5) as answer:  # noqa: S310  the same
                    self._made[account_id] = json.load(answer)["ids"]
            except (URLError, OSError, ValueError, KeyError) as error:
                log.warning("sandbox_gave_no_ticket", error=str(error))
                return None
        return str(self._made[account_id].pop())
