"""How our processes connect to PostgreSQL: the one place of their connection options.

Nothing is sent in libpq's `options`, and nothing is kept in a session: behind PgBouncer in transaction mode, which
refuses the first and forgets the second, each transaction has to say for itself what holds in it.
"""

from collections.abc import Mapping
from typing import Any, Final

from psycopg.conninfo import conninfo_to_dict

CONNECT_SECONDS: Final = 5
_LOST_PEER: Final[Mapping[str, Any]] = {
    # A peer that vanished without a word is noticed within half a minute.
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
# After a fail-over the old primary may answer as a replica: choose another host, or wait.
PRIMARY: Final = {"target_session_attrs": "read-write"}


def parameters(url: str, *, application_name: str, **defaults: Any) -> dict[str, Any]:  # noqa: ANN401  libpq's own
    """Return libpq's parameters for a URL; what the URL itself says goes before ours."""
    return {"application_name": application_name, **_LOST_PEER, **defaults, **conninfo_to_dict(url)}


def set_local(**settings: str) -> str:
    """Return the statement that begins a transaction with these settings of the server, which end with it."""
    return "; ".join(f"set local {name} = '{value}'" for name, value in settings.items())
