from datetime import UTC, datetime


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)
