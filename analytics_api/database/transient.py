"""Which database errors are no one's fault: a replica that replays, restarts, is promoted, or is gone."""

import psycopg
from psycopg_pool import PoolTimeout

_LOST_SNAPSHOT = frozenset(
    {
        "40001",  # serialization failure: how a standby cancels a query that stands in the way of replay
        "40P01",  # deadlock, with replay
        "0A000",  # a migration has changed what a prepared statement gives; on a new connection it is prepared again
        "25P03",  # idle in transaction for too long: we were starved, not idle
        "53300",  # too many connections
        "57P01",  # terminated by an administrator, or by a conflict with replay
        "57P02",  # another backend crashed
        "57P03",  # starting up or shutting down
        "57P05",  # idle for too long
    }
)
_CANCELLED = "57014"
_GONE = "FP001"
"""What our views raise in the place of a column that the main application has dropped."""


def is_worth_a_retry(error: BaseException) -> bool:
    """Return whether the same reading may well succeed in a new transaction, right now."""
    if isinstance(error, PoolTimeout):
        return False
    state = sqlstate(error)
    if state is not None:
        return state in _LOST_SNAPSHOT or state.startswith("08")
    # Without a SQLSTATE the server never answered: the connection could not be made, or broke.
    return isinstance(error, psycopg.OperationalError | TimeoutError | OSError)


def is_unavailability(error: BaseException) -> bool:
    """Return whether the database is to blame, not the question: the client may ask again later."""
    return is_worth_a_retry(error) or isinstance(error, PoolTimeout) or sqlstate(error) == _CANCELLED


def gone_column(error: BaseException) -> str | None:
    """Return the sentence that names the column, where one that the statement reads is gone."""
    return error.diag.message_primary if isinstance(error, psycopg.Error) and error.diag.sqlstate == _GONE else None


def breaks_others(error: BaseException) -> bool:
    """Return whether every other connection is probably as useless, with its server gone or its statements outdated."""
    state = sqlstate(error)
    return is_worth_a_retry(error) and (state is None or state.startswith(("08", "0A", "57P")))


def sqlstate(error: BaseException) -> str | None:
    """Return the server's own code for the error, if it is the server's."""
    return error.sqlstate if isinstance(error, psycopg.Error) else None
