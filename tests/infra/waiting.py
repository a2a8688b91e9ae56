import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
LONGEST_PAUSE = 0.1
"""Seconds. Pauses grow so far: a probe may cost as much as what it waits for."""


def wait_until(
    probe: Callable[[], Found],
    what: str | Callable[[], str],
    within: float = 30,
    *,
    pause: float = 0.02,
    sleep: Callable[[float], object] = time.sleep,
) -> Found:
    """The probe's first true answer; fails, saying `what` never came, after `within` seconds.

    `sleep` lets something go on between two probes: a page, whose handlers run only while it is waited for.
    """
    deadline = time.monotonic() + within
    while not (found := probe()):
        if time.monotonic() > deadline:
            said = what if isinstance(what, str) else what()
            raise AssertionError(f"not within {within:g} s: {said}; last seen: {found!r}")
        sleep(pause)
        pause = max(pause, min(1.2 * pause, LONGEST_PAUSE))
    return found
