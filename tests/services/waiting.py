import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object], what: str, within: float = 30) -> None:
    """Returns once the condition holds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.02)
