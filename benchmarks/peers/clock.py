from datetime import UTC, datetime


def now() -> datetime:
    """Return the present."""
    return datetime.now(UTC)
