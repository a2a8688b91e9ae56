"""Takes the main application's tables all at once, or lets go of them and tries again.

Who waits for the second table while holding the first meets the application's transactions, which use the tables in
every order, in deadlocks; and as they began to wait earlier, they are the ones that PostgreSQL ends. So each attempt
gives way before PostgreSQL looks for a deadlock on their behalf (`deadlock_timeout`, 1 s), and between attempts the
application goes on.
"""

import random
import time

from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

PATIENCE_S = 30.0
_ATTEMPT = "500ms"
_PAUSE_S = 0.5


def lock(connection: Connection, *statements: str) -> None:
    """Execute the `LOCK TABLE` statements in the caller's transaction; what follows needs no other lock.

    Raises:
        OperationalError: some transaction has used one of the tables all the while.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not _try(connection, statements, last=time.monotonic() > deadline):
        time.sleep(random.uniform(_PAUSE_S / 2, _PAUSE_S))  # noqa: S311  jitter, not a secret


def _try(connection: Connection, statements: tuple[str, ...], *, last: bool) -> bool:
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"set local lock_timeout = '{_ATTEMPT}'")
            for statement in statements:
                connection.exec_driver_sql(statement)
    except OperationalError as error:
        if last or not isinstance(error.orig, LockNotAvailable):
            raise
        return False
    return True
