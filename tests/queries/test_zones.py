"""Day bounds in every zone that exists, 2014 to 2027, held against what a local day is."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from shared_queries.periods import zones
from shared_queries.periods.local_days import day_start

FIRST, LAST = date(2014, 1, 1), date(2027, 12, 31)
DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
NOONS = [datetime(FIRST.year, 1, 1, 12, tzinfo=UTC) + DAY * count for count in range((LAST - FIRST).days + 1)]
SCAN = [timedelta(minutes=30 * step) for step in range(1, 2 * 27)]


def test_the_names_are_those_of_the_standard_library_over_tzdata_alone() -> None:
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    try:
        assert zones.names() == zoneinfo.available_timezones()
    finally:
        zoneinfo.reset_tzpath(before)


def test_a_zone_comes_from_tzdata_whatever_the_machine_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoneinfo, "TZPATH", ("/nowhere",))
    assert zones.zone("Europe/Berlin").key == "Europe/Berlin"
    with pytest.raises(KeyError):
        zones.zone("Europe/Atlantis")


def test_every_day_of_every_zone_starts_at_its_first_instant() -> None:
    changes = 0
    for zone in distinct_zones():
        for day, is_near_a_change in days_of(zone):
            start = day_start(day, zone)
            if not is_near_a_change:
                assert start.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, time()), (zone.key, day)
                continue
            changes += 1
            assert start.astimezone(zone).date() >= day, (zone.key, day)
            before = [start - MICROSECOND, *(start - step for step in SCAN)]
            assert all(moment.astimezone(zone).date() < day for moment in before), (zone.key, day)
    assert changes > 10_000


def distinct_zones() -> Iterator[ZoneInfo]:
    """One zone of each kind of rules: most names are aliases."""
    seen = set()
    for name in sorted(zones.names()):
        rules = files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
        if rules not in seen:
            seen.add(rules)
            yield zones.zone(name)


def days_of(zone: ZoneInfo) -> Iterator[tuple[date, bool]]:
    """Every day around a change of the offset, and one in nine of the others."""
    offsets = [noon.astimezone(zone).utcoffset() for noon in NOONS]
    changes = [index for index in range(1, len(NOONS)) if offsets[index] != offsets[index - 1]]
    near = {change + step for change in changes for step in range(-3, 3)}
    for index in sorted(near | set(range(0, len(NOONS), 9))):
        if 0 <= index < len(NOONS):
            yield NOONS[index].date(), index in near
