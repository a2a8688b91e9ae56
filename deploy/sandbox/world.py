"""What exists in the sandbox's company from the start: boards with their statuses, members and roles."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class BoardStatus:
    """A status; it belongs to one board."""

    id: int
    name: str
    closed: bool = False
    """Closed tickets take no time entry."""
    inactive: bool = False


BOARDS: Final[dict[int, tuple[BoardStatus, ...]]] = {
    1: (
        BoardStatus(501, "New"),
        BoardStatus(502, "In Progress"),
        BoardStatus(503, "Completed", closed=True),
        BoardStatus(504, "Waiting (old)", inactive=True),
        BoardStatus(505, "Waiting on Client"),
    ),
    2: (BoardStatus(601, "New"), BoardStatus(602, "Scheduled"), BoardStatus(603, "Closed", closed=True)),
}
"""By board id; a new ticket has its board's first status."""

MEMBERS: Final = range(100, 200)
"""The members' ids."""
MEMBER_WITHOUT_ROLE: Final = 199
DEFAULT_ROLE: Final = 5
ROLES: Final[dict[int, str]] = {5: "Engineer", 6: "Consultant"}


def status_of(board: int, status: int) -> BoardStatus | None:
    """Return the board's status of that id."""
    return next((found for found in BOARDS.get(board, ()) if found.id == status), None)
