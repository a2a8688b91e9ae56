"""How long to wait before the next attempt: the one formula of all processes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import uniform

Dice = Callable[[float, float], float]
_DOUBLINGS = 32


def growing(attempt: int, *, first: float, longest: float, dice: Dice = uniform) -> float:
    """Return the seconds to wait after so many attempts: doubling from `first` to `longest`.

    Spread over the upper half, so that many processes do not return at the same moment.
    """
    whole: float = min(longest, first * 2 ** min(max(attempt - 1, 0), _DOUBLINGS))
    return whole * dice(0.5, 1)


@dataclass(slots=True)
class Backoff:
    """The waits of one loop."""

    first: float
    """Seconds before the second attempt, at most."""
    longest: float
    """Seconds that no wait exceeds."""
    _attempts: int = field(default=0, init=False)

    def next(self) -> float:
        """Return the seconds to wait before the next attempt."""
        self._attempts += 1
        return growing(self._attempts, first=self.first, longest=self.longest)

    def reset(self) -> None:
        """Start again, after a success."""
        self._attempts = 0
