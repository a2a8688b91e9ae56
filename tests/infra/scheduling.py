"""Which tests one worker takes together, and in which order the workers take them.

Not by the marks of pytest-xdist's `loadgroup`: with pytest 9 it finds none of them, and says nothing (3.8.0).
"""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

SHARING = ("tests/browser", "tests/stack", "tests/api/requests")
"""Folders whose files share a service or browser. They take longest, so they come first: what comes last is short."""


class TogetherScheduling(LoadScopeScheduling):
    """A worker takes a file, or a whole folder of those above, so that none of their fixtures is made twice."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = str(PurePosixPath(file).parent)
        return folder if folder in SHARING else file


def rank(nodeid: str) -> int:
    """Where a test comes in the order; those of one rank stay as they were."""
    folder = str(PurePosixPath(nodeid.partition("::")[0]).parent)
    return SHARING.index(folder) if folder in SHARING else len(SHARING)
