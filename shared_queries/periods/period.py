import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from shared_queries.errors import ParameterError
from shared_queries.periods import zones
from shared_queries.periods.local_days import day_start, local_date, wall_instant

PeriodName = Literal["7d", "30d", "90d", "custom"]

NAMED: dict[str, tuple[PeriodName, int]] = {"7d": ("7d", 7), "30d": ("30d", 30), "90d": ("90d", 90)}
DEFAULT_NAME = "30d"
FIRST_DAY = date(1972, 1, 1)
"""Before it zones kept local mean time, whose days no other part of the product can follow."""
MAX_DAYS = 400

_DAY = timedelta(days=1)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class PeriodError(ParameterError):
    """`period`, `from`, `to` or `tz` cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The half-open instants [`start`, `end`) of whole local days, the last one perhaps cut; `end` <= `now`."""

    name: PeriodName
    first_day: date
    """`from` in the JSON."""
    last_day: date
    """`to` in the JSON: included."""
    tz: str
    start: datetime
    end: datetime
    includes_partial_day: bool
    """The last day is today in `tz` (or stands for it, in a previous period)."""
    now: datetime
    """The real now, in a previous period too."""

    @property
    def zone(self) -> ZoneInfo:
        """The zone of `tz`."""
        return zones.zone(self.tz)

    @property
    def days(self) -> list[date]:
        """The period's calendar days."""
        return list(_days(self.first_day, self.last_day))

    @property
    def day_starts(self) -> list[datetime]:
        """The first instant of each of `days`; a day ends where the next starts, the last one at `end`."""
        return list(_day_starts(self.first_day, self.last_day, self.tz))

    @property
    def days_begin_on_quarters(self) -> bool:
        """Whether every day begins and ends with a quarter of an hour of UTC: in all zones of today, not of 1979."""
        return self.first_day >= _QUARTERS_SINCE or _on_quarters(self.first_day, self.last_day, self.tz)

    def previous(self) -> "Period":
        """Return the range shifted back by its number of calendar days, cut at the same wall time of day."""
        shift = _DAY * len(self.days)
        last_day = self.last_day - shift
        end = day_start(last_day + _DAY, self.zone)
        if self.includes_partial_day:
            time_of_day = self.now.astimezone(self.zone).time()
            # A skipped wall time can lie after the day's end; a cut never adds.
            end = min(end, wall_instant(datetime.combine(last_day, time_of_day), self.zone))
        return Period(
            name=self.name,
            first_day=self.first_day - shift,
            last_day=last_day,
            tz=self.tz,
            start=day_start(self.first_day - shift, self.zone),
            end=end,
            includes_partial_day=self.includes_partial_day,
            now=self.now,
        )


@lru_cache(maxsize=1024)
def _days(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + _DAY * index for index in range((last - first).days + 1))


@lru_cache(maxsize=1024)
def _day_starts(first: date, last: date, tz: str) -> tuple[datetime, ...]:
    """Kept, since most accounts ask about the same days: 90 of them cost as much as many an answer."""
    return tuple(day_start(day, zones.zone(tz)) for day in _days(first, last))


_QUARTERS_SINCE = date(1990, 1, 1)
"""From here on every zone's offset is one; to look at the days of a long range costs as much as many an answer."""


@lru_cache(maxsize=1024)
def _on_quarters(first: date, last: date, tz: str) -> bool:
    starts = (*_day_starts(first, last, tz), day_start(last + _DAY, zones.zone(tz)))
    return not any(instant.minute % 15 or instant.second or instant.microsecond for instant in starts)


def parse_period(  # noqa: PLR0913  the four parameters of a request, its moment and its account's zone
    *, period: str | None, from_: str | None, to: str | None, tz: str | None, now: datetime, default_tz: str | None
) -> Period:
    """Return the period that a request asks for; None is a parameter that was not given.

    `default_tz` is the account's own zone, which may be null or unknown (UTC then).

    Raises:
        PeriodError: a parameter, or the parameters together, cannot be used.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    now = now.astimezone(UTC)
    tz = _zone_name(tz, default_tz)
    zone = zones.zone(tz)
    today = local_date(now, zone)
    if from_ is None and to is None:
        name, days = _named(period)
        first_day, last_day = today - _DAY * (days - 1), today
        end = now
    else:
        name = "custom"
        first_day, last_day = _custom(period, from_, to, today)
        end = min(day_start(last_day + _DAY, zone), now)
    return Period(
        name=name,
        first_day=first_day,
        last_day=last_day,
        tz=tz,
        start=day_start(first_day, zone),
        end=end,
        includes_partial_day=last_day == today,
        now=now,
    )


def _zone_name(tz: str | None, default_tz: str | None) -> str:
    if tz is None:
        return default_tz if default_tz in zones.names() else zones.UTC_NAME
    if tz not in zones.names():
        raise PeriodError("tz", f"{tz!r} is not an IANA time zone; exactly spelled, as in 'Europe/Berlin'")
    return tz


def _named(period: str | None) -> tuple[PeriodName, int]:
    if period is None:
        period = DEFAULT_NAME
    if period not in NAMED:
        raise PeriodError("period", f"{period!r} is not one of {', '.join(NAMED)}")
    return NAMED[period]


def _custom(period: str | None, from_: str | None, to: str | None, today: date) -> tuple[date, date]:
    if period is not None:
        raise PeriodError("period", "give either period, or from and to, not both")
    if to is None:
        raise PeriodError("to", "from needs to beside it, a date as YYYY-MM-DD")
    if from_ is None:
        raise PeriodError("from", "to needs from beside it, a date as YYYY-MM-DD")
    first_day, last_day = _day("from", from_), _day("to", to)
    if first_day < FIRST_DAY:
        raise PeriodError("from", f"{from_} is before {FIRST_DAY}, the first day allowed")
    if first_day > last_day:
        raise PeriodError("from", f"{from_} is after to, {to}")
    if first_day > today:
        raise PeriodError("from", f"{from_} is after today, {today}")
    if (last_day - first_day).days >= MAX_DAYS:
        raise PeriodError("to", f"{from_} to {to} is more than the {MAX_DAYS} days allowed")
    return first_day, min(last_day, today)


def _day(parameter: str, text: str) -> date:
    if _DATE.fullmatch(text) is None:
        raise PeriodError(parameter, f"{text!r} is not a date as YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PeriodError(parameter, f"{text!r} is not a day of the calendar") from None
