"""The sandbox's own controls, for the simulator and the tests."""

from typing import Any

import httpx
import msgspec

from deploy.sandbox.admin import ADMIN
from deploy.sandbox.faults import Plan


class SandboxControls:
    """Makes tickets, sets faults and asks for counts."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=f"{url.rstrip('/')}{ADMIN}", timeout=30, trust_env=False)

    def close(self) -> None:
        """Close its connection."""
        self._client.close()

    def add_tickets(
        self,
        count: int = 1,
        *,
        label: str = "",
        kind: str = "service",
        board: int = 1,
        role_required: bool = False,
    ) -> list[str]:
        """Return new tickets' ids; `counts` can be asked for by label."""
        body = {"count": count, "label": label, "kind": kind, "board": board, "role_required": role_required}
        return [str(ticket) for ticket in self._call("POST", "/tickets", body)["ids"]]

    def counts(self, label: str | None = None) -> dict[str, float]:
        """Totals of what was accepted, on all tickets or on those with the label."""
        found: dict[str, float] = self._call("GET", "/counts", params={} if label is None else {"label": label})
        return found

    def entries(self, **filters: str) -> list[dict[str, Any]]:
        """Return what was accepted; filters are `kind` (time, note, status) and `ticket`."""
        found: list[dict[str, Any]] = self._call("GET", "/entries", params=filters)
        return found

    def requests(self) -> list[dict[str, Any]]:
        """Return the last requests, without secrets."""
        found: list[dict[str, Any]] = self._call("GET", "/requests")
        return found

    def forget_requests(self) -> None:
        """Forget them, and the highest number at a time."""
        self._call("DELETE", "/requests")

    def set_faults(self, plan: Plan | None = None) -> None:
        """Set the faults from now on; none without a plan."""
        self._call("PUT", "/faults", plan or Plan())

    def set_behaviour(self, **behaviour: str | bool) -> None:
        """`codebase`, `time_sheets_closed_before` and `pages_actions`; what is not given is as at the start."""
        self._call("PUT", "/behaviour", behaviour)

    def _call(self, method: str, path: str, body: object = None, params: dict[str, str] | None = None) -> Any:  # noqa: ANN401  JSON of any shape
        content = None if body is None else msgspec.json.encode(body)
        headers = {"Content-Type": "application/json"}
        response = self._client.request(method, path, content=content, params=params, headers=headers)
        response.raise_for_status()
        return response.json() if response.content else None
