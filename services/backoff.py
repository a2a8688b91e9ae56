import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class Backoff:
    """Growing, jittered waits between attempts, so that many processes do not return at the same moment."""

    first: float
    """Seconds before the second attempt, at most."""
    longest: float
    """Seconds that no wait exceeds."""
    _attempts: int = field(default=0, init=False)

    def next(self) -> float:
        """Seconds to wait before the next attempt."""
        limit: float = min(self.longest, self.first * 2 ** min(self._attempts, 32))
        self._attempts += 1
        return limit * random.uniform(0.5, 1)  # noqa: S311  jitter, no secret

    def reset(self) -> None:
        """Start anew, after a success."""
        self._attempts = 0
