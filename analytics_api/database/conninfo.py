"""The libpq connection string: passed through as it was given, with what every connection of ours needs added."""

from psycopg.conninfo import conninfo_to_dict, make_conninfo

_SERVER_SETTINGS = {
    "default_transaction_read_only": "on",
    "default_transaction_isolation": r"repeatable\ read",
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    # Both are meant for queries of seconds; ours take milliseconds, and a second worker only takes it from others.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    # A role or a database may have set them otherwise.
    "row_security": "on",
    "datestyle": "ISO",
    "extra_float_digits": "1",
}

_CLIENT_DEFAULTS: dict[str, str | int] = {
    "application_name": "analytics_api",
    "connect_timeout": 2,
    # A host that vanished sends no reset: without these a connection to it waits for a quarter of an hour.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 8000,
}


def with_server_settings(url: str) -> str:
    """Return the connection string with our settings; the operator's own win, but for the server's settings.

    Raises:
        psycopg.ProgrammingError: libpq does not understand the string.
    """
    given = conninfo_to_dict(url)
    ours = " ".join(f"-c {name}={value}" for name, value in _SERVER_SETTINGS.items())
    return make_conninfo("", **{**_CLIENT_DEFAULTS, **given, "options": f"{given.get('options', '')} {ours}".strip()})


def prefers_standby(conninfo: str) -> bool:
    """Whether the primary is meant as a fallback only."""
    return conninfo_to_dict(conninfo).get("target_session_attrs") == "prefer-standby"


def standby_only(conninfo: str) -> str:
    """Return the same servers, but only one that is a standby will do."""
    return make_conninfo(conninfo, target_session_attrs="standby")
