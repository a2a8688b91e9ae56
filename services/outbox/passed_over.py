"""What Kafka refused: kept in the outbox, passed over for a while, then tried again."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class PassedOver(Generic[Key]):
    """Keys that are passed over until their time is up.

    Kept in memory: after a restart each is tried once more, which is what an operator who mended its cause wants.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._until: dict[Key, float] = {}

    def hold(self, key: Key) -> None:
        """Pass over the key from now on."""
        self._until[key] = self._clock() + self._seconds

    def keys(self) -> list[Key]:
        """Return the keys whose time is not up; the others are forgotten."""
        now = self._clock()
        self._until = {key: until for key, until in self._until.items() if until > now}
        return list(self._until)
