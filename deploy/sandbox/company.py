"""The sandbox's state that the routes share."""

from dataclasses import dataclass, field

from deploy.sandbox.faults import Faults
from deploy.sandbox.requests import Requests
from deploy.sandbox.settings import Keys
from deploy.sandbox.store import Store


@dataclass(slots=True)
class Company:
    """One company: its keys, what it holds, and how it misbehaves."""

    keys: Keys
    store: Store
    codebase: str = "v2025_1"
    """Changes with a release; the tests make one."""
    time_sheets_closed_before: str = ""
    """An instant: earlier time belongs to weeks that are approved already."""
    pages_actions: bool = True
    """Whether HaloPSA knows pages of actions; without them it takes a count alone."""
    faults: Faults = field(default_factory=Faults)
    requests: Requests = field(default_factory=Requests)
