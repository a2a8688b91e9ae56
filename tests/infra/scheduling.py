"""Which tests one worker takes together, and in which order the workers take them.

Not by the marks of pytest-xdist's `loadgroup`: with pytest 9 it finds none of them, and says nothing (3.8.0).
"""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

FIRST = (
    "tests/browser",
    "tests/consumer/test_faults.py",
    "tests/stack",
    "tests/services/test_relay_outages.py",
    "tests/api/requests",
)
"""What takes longest, so that what comes last is short: one that computes beside one that waits. A folder's files
share a service or browser."""


class TogetherScheduling(LoadScopeScheduling):
    """A worker takes a file, or a whole folder of those above, so that none of their fixtures is made twice."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file, folder = _where(nodeid)
        return folder if folder in FIRST else file


def rank(nodeid: str) -> int:
    """Where a test comes in the order; those of one rank stay as they were."""
    return min((FIRST.index(place) for place in _where(nodeid) if place in FIRST), default=len(FIRST))


def _where(nodeid: str) -> tuple[str, str]:
    file = nodeid.partition("::")[0]
    return file, str(PurePosixPath(file).parent)
