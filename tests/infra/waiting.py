import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


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
    return found
