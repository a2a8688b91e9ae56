"""How much one poll may expand, and how much of it may be in memory."""

from dataclasses import dataclass
from typing import Final

MAX_HELD: Final = 16 * 1024 * 1024
MAX_EXPANDED: Final = 512 * 1024 * 1024
"""A second's work; also what one batch may expand to before the rest of it is given up."""


@dataclass(slots=True)
class Budget:
    """Of the poll under way: many small bombs must not do together what one large one may not."""

    held: int = 0
    expanded: int = 0

    def renew(self) -> None:
        """Begin a poll."""
        self.held = self.expanded = 0

    @property
    def is_spent(self) -> bool:
        """Whether the poll has to hand over what it has."""
        return self.held >= MAX_HELD or self.expanded >= MAX_EXPANDED


BUDGET: Final = Budget()
"""aiokafka makes its readers by itself, and all run in one event loop."""
