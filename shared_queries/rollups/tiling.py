"""Which stretches of a period come from which rollup: the coarsest that fits, facts for what no hour covers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)

_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The half-open instants [`start`, `end`); empty where they are the same."""

    start: datetime
    end: datetime

    def whole(self, width: timedelta) -> "Stretch":
        """Return the part that is made of whole UTC stretches of that width; empty, at the start, where none fits."""
        first, last = ceiling(self.start, width), floor(self.end, width)
        return Stretch(first, last) if first < last else Stretch(self.start, self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """Disjoint stretches that make up a period: facts, hours, days, weeks, days, hours, facts. Any may be empty."""

    facts_before: Stretch
    hours_before: Stretch
    days_before: Stretch
    weeks: Stretch
    days_after: Stretch
    hours_after: Stretch
    facts_after: Stretch
    rolled_up: Stretch
    """All but the facts: what pending deltas belong to."""


def tiles(start: datetime, end: datetime, finest: timedelta = HOUR) -> Tiles:
    """Return the tiles of [`start`, `end`); facts for what no whole stretch of the finest width covers."""
    period = Stretch(start, end)
    hours = period.whole(finest)
    days = hours.whole(DAY)
    weeks = days.whole(WEEK)
    return Tiles(
        facts_before=Stretch(period.start, hours.start),
        hours_before=Stretch(hours.start, days.start),
        days_before=Stretch(days.start, weeks.start),
        weeks=weeks,
        days_after=Stretch(weeks.end, days.end),
        hours_after=Stretch(days.end, hours.end),
        facts_after=Stretch(hours.end, period.end),
        rolled_up=hours,
    )


def floor(instant: datetime, width: timedelta) -> datetime:
    """Return the start of the stretch of UTC time that the instant is in. Weeks begin on Monday."""
    return instant - (instant - _MONDAY) % width


def ceiling(instant: datetime, width: timedelta) -> datetime:
    """Return the first start of a stretch that is not before the instant."""
    return instant + (_MONDAY - instant) % width
