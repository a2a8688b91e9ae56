"""What a period is made of from the rollups."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_queries.periods.period import parse_period
from shared_queries.rollups.sources import DAY, HOUR, Tiles, tiles

BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe")
LEVELS = (("facts", "hours"), ("hours", "days"), ("days", "weeks"))
BOUNDS = ("weeks", *(f"{level}{part}" for level, _ in LEVELS for part in ("_before", "_after")))


@pytest.mark.parametrize("finest", [HOUR, DAY])
@given(
    later=st.timedeltas(timedelta(), 800 * DAY),
    zone=st.sampled_from(ZONES),
    asked=st.sampled_from(["7d", "30d", "90d"]) | st.tuples(st.integers(2, 40), st.integers(1, 400)),
)
def test_every_instant_of_the_period_counts_once_and_no_other(
    finest: timedelta, later: timedelta, zone: str, asked: str | tuple[int, int]
) -> None:
    now = BEGINNING + later
    if isinstance(asked, str):
        period = parse_period(period=asked, from_=None, to=None, tz=zone, now=now, default_tz=None)
    else:
        ago, days = asked
        last = now.date() - ago * DAY
        first = last - (days - 1) * DAY
        period = parse_period(period=None, from_=str(first), to=str(last), tz=zone, now=now, default_tz=None)
    made_of = tiles(period, finest)
    edges = {getattr(getattr(made_of, name), end) for name in BOUNDS for end in ("start", "end")}
    for edge in (*edges, period.start, period.end):
        for instant in (edge - timedelta(microseconds=1), edge, edge + HOUR / 2):
            assert times_counted(instant, made_of) == (period.start <= instant < period.end)
    assert made_of.facts_before.end - made_of.facts_before.start <= max(finest / 2, period.end - period.start)


def times_counted(instant: datetime, made_of: Tiles) -> int:
    """As the statements do."""

    def within(name: str) -> bool:
        stretch = getattr(made_of, name)
        return bool(stretch.start <= instant < stretch.end)

    signed = [
        -1 if within(coarser) else 1
        for level, coarser in LEVELS
        if within(f"{level}_before") or within(f"{level}_after")
    ]
    return sum(signed) + within("weeks")
