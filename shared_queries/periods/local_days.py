"""Local days and wall times as instants.

Always in Python: PostgreSQL's `AT TIME ZONE` takes the second of two midnights, where a day starts at its first.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return a local day's first instant, in UTC: a skipped midnight is the jump, a repeated one its first."""
    midnight = datetime.combine(day, time())
    first = wall_instant(midnight, zone)
    if _wall(first, zone) == midnight:
        return first
    before_the_jump = midnight.replace(tzinfo=zone, fold=1).astimezone(UTC)
    seconds = round((first - before_the_jump).total_seconds())
    # Walls only rise in this window, so the jump is the first second at or after the midnight that never was.
    jump = bisect_left(
        range(seconds), midnight, key=lambda second: _wall(before_the_jump + timedelta(seconds=second), zone)
    )
    return before_the_jump + timedelta(seconds=jump)


def wall_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return a naive wall time's instant, in UTC: its first occurrence, or by the offset before a jump."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of an instant in that zone."""
    return instant.astimezone(zone).date()


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)
