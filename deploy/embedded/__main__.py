"""`python -m deploy.embedded`: the whole product on one machine. Exit code 0 after Ctrl-C or SIGTERM."""

from services.extras import require

require("embedded", "api", "consumer", "migrations", "psa", "relay")

import logging
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from deploy.embedded.errors import StackError
from deploy.embedded.lock import state_lock
from deploy.embedded.options import Options, parse_options

# Passwords, tokens and customers' data: for no one's eyes but ours, on a machine of many users, too.
_PRIVATE = 0o077
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Stopped(BaseException):
    """Somebody asked us to stop. No Exception: nothing but `main` may take it for an error."""


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    _handle_stop_signals(signal.SIG_IGN)
    raise _Stopped


def _handle_stop_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in _STOP_SIGNALS:
        signal.signal(number, handler)


def main() -> int:
    options = parse_options(sys.argv[1:])
    # A stop in the middle of a query makes it warn of what its connection cannot undo any more.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    _handle_stop_signals(_on_signal)
    os.umask(_PRIVATE)
    try:
        if options.env_file:
            _remove_stale(options.env_file)
        with _state_folder(options.state_dir) as folder, state_lock(folder):
            return _run(folder, options)
    except _Stopped:
        return 0
    except StackError as error:
        return _report(error)


def _remove_stale(env_file: Path) -> None:
    """Whoever waits for the file takes it for the sign that all is ready."""
    if not env_file.parent.is_dir():
        raise StackError(f"--env-file {env_file}: there is no folder {env_file.parent}: make it first")
    env_file.unlink(missing_ok=True)


def _report(error: StackError) -> int:
    print(f"error: {error}", file=sys.stderr, flush=True)
    return 1


def _run(folder: Path, options: Options) -> int:
    from deploy.embedded.stack import Stack  # noqa: PLC0415  a second stack is refused without loading all of it

    stack = Stack(folder, options)
    try:
        stack.start()
        stack.watch()
    except StackError as error:
        return _report(error)
    finally:
        _handle_stop_signals(signal.SIG_IGN)  # asking once more must not interrupt the stopping
        stack.stop()


@contextmanager
def _state_folder(chosen: Path | None) -> Iterator[Path]:
    if chosen is None:
        with tempfile.TemporaryDirectory(prefix="flowpilot-") as folder:
            yield Path(folder)
        return
    try:
        chosen.mkdir(parents=True, exist_ok=True)
        chosen.chmod(0o700)  # also one that was there
    except OSError as error:
        raise StackError(f"--state-dir {chosen}: {error.strerror}: choose another folder") from error
    yield chosen.resolve()


if __name__ == "__main__":
    sys.exit(main())
