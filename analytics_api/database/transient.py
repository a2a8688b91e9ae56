"""Which database errors are nobody's fault: a replica that replays, restarts, is promoted, or is gone."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_LOST_SNAPSHOT = frozenset(
    {
        "40001",  # serialization failure: how a standby cancels a query that stands in the way of replay
        "40P01",  # deadlock, with replay
        "25P03",  # idle in transaction for too long: we were starved, not idle
        "53300",  # too many connections
        "57P01",  # terminated by an administrator, or by a conflict with replay
        "57P02",  # another backend crashed
        "57P03",  # starting up or shutting down
        "57P05",  # idle for too long
    }
)
_CANCELLED = "57014"


def is_worth_a_retry(error: BaseException) -> bool:
    """Whether the same reading may well succeed in a new transaction, right now."""
    if isinstance(error, DBAPIError):
        state = sqlstate(error)
        # Without a SQLSTATE the server never answered: the connection could not be made, or broke.
        return error.connection_invalidated or state is None or state in _LOST_SNAPSHOT or state.startswith("08")
    return isinstance(error, TimeoutError | OSError)


def is_unavailability(error: BaseException) -> bool:
    """Whether the database is to blame, not the question: the client may ask again later."""
    return is_worth_a_retry(error) or isinstance(error, PoolTimeoutError) or sqlstate(error) == _CANCELLED


def sqlstate(error: BaseException) -> str | None:
    """Return the server's own code for the error, if it is the server's."""
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
