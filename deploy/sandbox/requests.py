"""What was asked of the sandbox, without the secrets, for tests that compare it with the documentation."""

from collections import deque
from collections.abc import MutableMapping
from typing import Any

import msgspec

_KEPT = 5_000
_SECRET_HEADERS = frozenset({"authorization", "clientid"})


class Seen(msgspec.Struct, frozen=True):
    """One request, before any fault."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any
    fault: str | None


class Requests:
    """The last requests, how many there were, and how many at a time."""

    def __init__(self) -> None:
        self.last: deque[Seen] = deque(maxlen=_KEPT)
        self.total = 0
        self.active = 0
        self.most_active = 0

    def begin(self, scope: MutableMapping[str, Any], body: bytes, fault: str | None) -> None:
        """Count a request that has been read."""
        self.total += 1
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        shown = {name: "***" if name in _SECRET_HEADERS else value for name, value in headers.items()}
        query = scope["query_string"].decode()
        self.last.append(Seen(scope["method"], scope["path"], query, shown, _body(body), fault))

    def end(self) -> None:
        """Note that it has been answered, or never will be."""
        self.active -= 1

    def clear(self) -> None:
        """Forget the past."""
        self.last.clear()
        self.total = 0
        self.most_active = self.active


def _body(body: bytes) -> Any:  # noqa: ANN401  JSON of any shape
    try:
        return msgspec.json.decode(body) if body else None
    except msgspec.DecodeError:
        return "not JSON"  # a form, which holds Halo's secret
