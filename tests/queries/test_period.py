from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from shared_queries.periods.local_days import day_start
from shared_queries.periods.period import Period, PeriodError, parse_period
from shared_queries.periods.zones import zone

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


def parse(now: datetime = NOW, default_tz: str | None = None, **asked: str) -> Period:
    return parse_period(
        period=asked.get("period"),
        from_=asked.get("from_"),
        to=asked.get("to"),
        tz=asked.get("tz"),
        now=now,
        default_tz=default_tz,
    )


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_seven_days_are_today_and_the_six_days_before_it() -> None:
    period = parse(period="7d", tz="America/New_York")
    assert (period.name, period.first_day, period.last_day) == ("7d", date(2026, 3, 12), date(2026, 3, 18))
    assert (period.start, period.end) == (utc(2026, 3, 12, 4), NOW)
    assert period.includes_partial_day
    assert [day.day for day in period.days] == [12, 13, 14, 15, 16, 17, 18]


def test_thirty_days_in_the_accounts_zone_are_the_default() -> None:
    period = parse(default_tz="Asia/Kathmandu")
    assert (period.name, period.tz, len(period.days)) == ("30d", "Asia/Kathmandu", 30)
    # 15:30 in London is 21:15 in Kathmandu, whose days begin at 18:15.
    assert period.start == utc(2026, 2, 16, 18, 15)


@pytest.mark.parametrize("default_tz", [None, "", "utc", "Mars/Olympus", "Europe/berlin", " UTC", "../UTC"])
def test_an_account_without_a_known_zone_lives_in_utc(default_tz: str | None) -> None:
    assert parse(default_tz=default_tz).tz == "UTC"


def test_today_is_the_zones_own_day() -> None:
    at = utc(2026, 3, 18, 10, 30)
    assert parse(now=at, period="7d", tz="Pacific/Kiritimati").last_day == date(2026, 3, 19)
    assert parse(now=at, period="7d", tz="Pacific/Niue").last_day == date(2026, 3, 17)


def test_now_may_have_any_offset() -> None:
    at = datetime(2026, 3, 18, 21, 30, tzinfo=timezone(timedelta(hours=6)))
    assert parse(now=at) == parse(now=NOW)
    assert parse(now=at).end.tzinfo is UTC


def test_a_naive_now_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="time zone"):
        parse(now=datetime(2026, 3, 18))  # noqa: DTZ001  the case


def test_a_custom_period_holds_both_of_its_days() -> None:
    period = parse(from_="2026-03-01", to="2026-03-03", tz="Europe/Berlin")
    assert (period.name, period.start, period.end) == ("custom", utc(2026, 2, 28, 23), utc(2026, 3, 3, 23))
    assert not period.includes_partial_day


@pytest.mark.parametrize("to", ["2026-03-18", "2026-03-19", "2026-04-30"])
def test_a_custom_period_ends_now_when_its_last_day_is_today_or_later(to: str) -> None:
    period = parse(from_="2026-03-18", to=to)
    assert (period.first_day, period.last_day, period.end) == (date(2026, 3, 18), date(2026, 3, 18), NOW)
    assert period.includes_partial_day


def test_four_hundred_days_as_asked_are_allowed_even_when_to_lies_ahead() -> None:
    assert len(parse(from_="2025-02-12", to="2026-03-18").days) == 400
    assert parse(from_="2026-03-18", to="2027-04-21").last_day == date(2026, 3, 18)


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        pytest.param({"period": "14d"}, "period", id="unknown period"),
        pytest.param({"period": ""}, "period", id="empty period"),
        pytest.param({"period": "7D"}, "period", id="capital letter"),
        pytest.param({"period": "custom"}, "period", id="the name of the answer"),
        pytest.param({"period": "7d", "from_": "2026-03-01", "to": "2026-03-02"}, "period", id="both ways"),
        pytest.param({"period": "7d", "to": "2026-03-02"}, "period", id="period and to"),
        pytest.param({"from_": "2026-03-01"}, "to", id="from alone"),
        pytest.param({"to": "2026-03-01"}, "from", id="to alone"),
        pytest.param({"from_": "", "to": "2026-03-01"}, "from", id="empty from"),
        pytest.param({"from_": "2026-03-01", "to": ""}, "to", id="empty to"),
        pytest.param({"from_": "2026-03-02", "to": "2026-03-01"}, "from", id="from after to"),
        pytest.param({"from_": "2026-03-19", "to": "2026-03-20"}, "from", id="from after today"),
        pytest.param({"from_": "1971-12-31", "to": "1972-01-01"}, "from", id="before 1972"),
        pytest.param({"from_": "2025-02-11", "to": "2026-03-18"}, "to", id="401 days"),
        pytest.param({"from_": "2026-03-18", "to": "2027-04-22"}, "to", id="401 days as asked"),
        pytest.param({"from_": "2026-03-18", "to": "9999-12-31"}, "to", id="the end of time"),
        pytest.param({"from_": "2026-02-29", "to": "2026-03-01"}, "from", id="no leap year"),
        pytest.param({"from_": "20260301", "to": "2026-03-01"}, "from", id="without hyphens"),
        pytest.param({"from_": "2026-W10-1", "to": "2026-03-18"}, "from", id="week date"),
        pytest.param({"from_": "2026-3-1", "to": "2026-03-18"}, "from", id="one digit"),
        pytest.param({"from_": "2026-03-01T00:00", "to": "2026-03-18"}, "from", id="with a time"),
        pytest.param({"from_": "2026-03-01\n", "to": "2026-03-18"}, "from", id="newline"),
        pytest.param({"from_": "\u0662\u0660\u0662\u0666-03-01", "to": "2026-03-18"}, "from", id="other digits"),
        pytest.param({"tz": ""}, "tz", id="empty zone"),
        pytest.param({"tz": "europe/berlin"}, "tz", id="zone in small letters"),
        pytest.param({"tz": "Europe/Atlantis"}, "tz", id="unknown zone"),
        pytest.param({"tz": "/etc/localtime"}, "tz", id="a path"),
        pytest.param({"tz": "tzdata.zi"}, "tz", id="a file that is no zone"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(asked: dict[str, Any], parameter: str) -> None:
    with pytest.raises(PeriodError) as refused:
        parse(**asked)
    assert refused.value.parameter == parameter
    assert refused.value.message


def test_the_first_day_allowed_is_the_first_of_1972() -> None:
    period = parse(from_="1972-01-01", to="1972-01-07", tz="Africa/Monrovia")
    # Liberia was 44 min 30 s behind, until the midnight of the 7th was skipped.
    assert (period.start, period.end) == (utc(1972, 1, 1, 0, 44, 30), utc(1972, 1, 8))
    assert period.day_starts[-1] == utc(1972, 1, 7, 0, 44, 30)


@pytest.mark.parametrize(
    ("tz", "day", "start"),
    [
        pytest.param("America/Havana", "2025-11-02", utc(2025, 11, 2, 4), id="midnight comes twice"),
        pytest.param("America/Havana", "2025-03-09", utc(2025, 3, 9, 5), id="midnight is skipped"),
        pytest.param("America/Santiago", "2025-09-07", utc(2025, 9, 7, 4), id="midnight is skipped, south"),
        pytest.param("America/Santiago", "2025-04-06", utc(2025, 4, 6, 4), id="the day before ends twice"),
        pytest.param("America/Scoresbysund", "2025-03-30", utc(2025, 3, 30, 1), id="the last hour is skipped"),
        pytest.param("America/St_Johns", "2010-11-07", utc(2010, 11, 7, 2, 30), id="a minute, then back a day"),
        pytest.param("Pacific/Apia", "2011-12-30", utc(2011, 12, 30, 10), id="a day that never was"),
        pytest.param("Pacific/Apia", "2011-12-31", utc(2011, 12, 30, 10), id="the day after it"),
        pytest.param("Pacific/Kiritimati", "1994-12-31", utc(1994, 12, 31, 10), id="another such day"),
        pytest.param("Asia/Kathmandu", "2025-05-05", utc(2025, 5, 4, 18, 15), id="45 minutes"),
        pytest.param("Australia/Lord_Howe", "2025-10-06", utc(2025, 10, 5, 13), id="half an hour of daylight saving"),
    ],
)
def test_a_day_starts_at_its_first_instant(tz: str, day: str, start: datetime) -> None:
    assert parse(from_=day, to=day, tz=tz, now=NOW).start == start


def test_a_midnight_amid_a_jump_is_the_jump() -> None:
    # Toronto went from 23:30 to 00:30; no zone has done so since 1972, and any may again.
    assert day_start(date(1919, 3, 31), zone("America/Toronto")) == utc(1919, 3, 31, 4, 30)


def test_the_previous_period_is_shifted_by_its_calendar_days_and_cut_at_the_same_time_of_day() -> None:
    # The clocks of New York changed on 8 March: 11:30 is 15:30Z on the 18th and 16:30Z on the 4th.
    previous = parse(period="7d", tz="America/New_York").previous().previous()
    assert (previous.first_day, previous.last_day) == (date(2026, 2, 26), date(2026, 3, 4))
    assert (previous.start, previous.end) == (utc(2026, 2, 26, 5), utc(2026, 3, 4, 16, 30))
    assert (previous.name, previous.includes_partial_day, previous.now) == ("7d", True, NOW)


def test_the_previous_period_of_whole_days_is_whole_days() -> None:
    previous = parse(from_="2026-03-01", to="2026-03-10", tz="Europe/Berlin").previous()
    assert (previous.first_day, previous.last_day) == (date(2026, 2, 19), date(2026, 2, 28))
    assert (previous.start, previous.end) == (utc(2026, 2, 18, 23), utc(2026, 2, 28, 23))
    assert not previous.includes_partial_day


def test_the_days_counted_are_those_left_after_to_was_cut_to_today() -> None:
    previous = parse(from_="2026-03-17", to="2026-03-30").previous()
    assert (previous.first_day, previous.last_day, previous.end) == (
        date(2026, 3, 15),
        date(2026, 3, 16),
        utc(2026, 3, 16, 15, 30),
    )


@pytest.mark.parametrize(
    ("tz", "now", "cut"),
    [
        # 2025-11-02 01:30 comes twice in New York; 8 days later it is 01:30 again.
        pytest.param("America/New_York", utc(2025, 11, 3, 6, 30), utc(2025, 11, 2, 5, 30), id="repeated: the first"),
        pytest.param("America/New_York", utc(2025, 3, 10, 6, 30), utc(2025, 3, 9, 7, 30), id="skipped: offset before"),
        # 23:30 was skipped on the 29th; by the offset before the jump it would lie in the 30th.
        pytest.param("America/Scoresbysund", utc(2025, 3, 31, 0, 30), utc(2025, 3, 30, 1), id="never past the day"),
        pytest.param("America/Havana", utc(2025, 11, 3, 5, 30), utc(2025, 11, 2, 4, 30), id="repeated after midnight"),
    ],
)
def test_the_cut_falls_where_clocks_change(tz: str, now: datetime, cut: datetime) -> None:
    today = parse(now=now, period="7d", tz=tz).last_day.isoformat()
    assert parse(now=now, from_=today, to=today, tz=tz).previous().end == cut


def test_the_previous_period_may_begin_before_1972() -> None:
    assert parse(from_="1972-01-01", to="1972-01-31").previous().first_day == date(1971, 12, 1)
