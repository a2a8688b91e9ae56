import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.errors import StackError


@contextmanager
def state_lock(folder: Path) -> Iterator[None]:
    """Hold the state directory for this process; the kernel lets go of it however the process ends.

    Raises:
        StackError: another stack runs on it.
    """
    try:
        opened = (folder / "lock").open("a")
    except OSError as error:
        raise StackError(f"--state-dir {folder}: {error.strerror}: choose another folder") from error
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StackError(f"a stack runs on {folder} already: stop it, or choose another --state-dir") from error
        yield
