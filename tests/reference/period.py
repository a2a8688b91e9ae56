"""A period by scanning the clock, minute by minute."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


@cache
def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """The first minute whose local date is not before the day. No zone changed its clock within a minute after 2011."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=27)
    while moment.astimezone(zone).date() < day:
        moment += MINUTE
    return moment


@dataclass(frozen=True)
class ReferencePeriod:
    first: date
    last: date
    zone: ZoneInfo
    now: datetime
    cut: datetime | None = None
    """Of a previous period whose last day stands for today."""

    def has(self, instant: datetime) -> bool:
        start, end = first_instant(self.first, self.zone), first_instant(self.last + timedelta(days=1), self.zone)
        return start <= instant < min(end, self.now, self.cut or self.now)

    def of(self, rows: list[dict[str, Any]], account_id: UUID) -> list[dict[str, Any]]:
        return [row for row in rows if row["account_id"] == account_id and self.has(row["created_at"])]

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=count) for count in range((self.last - self.first).days + 1)]

    @property
    def is_partial(self) -> bool:
        return self.cut is not None or self.last == self.today

    def previous(self) -> "ReferencePeriod":
        shift = timedelta(days=len(self.days))
        cut = None
        if self.is_partial:
            wall = self.now.astimezone(self.zone).replace(tzinfo=None) - (self.today - self.last)
            cut = (wall - shift).replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        return ReferencePeriod(self.first - shift, self.last - shift, self.zone, self.now, cut)

    def local_days_since(self, instant: datetime) -> int:
        return (self.today - instant.astimezone(self.zone).date()).days
