"""Months of history: sessions and their events, in bulk and in one transaction an account.

The events go through the outbox like any other, with the times at which they happened: what the page shows of the past
has come the product's own way.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import psycopg

from deploy.simulator.cast import Account
from deploy.simulator.settings import Scale
from deploy.simulator.story import Push, Story, chance, draw, new_id
from services.events import Event, FlowMatched, PsaPushed, encode, key_of, topic_of, type_of

_SATURDAY: Final = 5
_WEEKEND: Final = 0.16
_WORKDAY: Final = (7.0, 19.0, 10.5)
"""When it starts, ends and is busiest."""
_LEFT_PERCENT: Final = 50
_SESSIONS: Final = (
    "copy ai_sessions (id, account_id, user_id, problem_domain, status, confidence_tier, confidence_score,"
    " matched_flow_id, match_score, session_rating, psa_ticket_id, created_at, resolved_at) from stdin"
)
_OUTBOX: Final = "copy analytics.outbox (id, aggregatetype, aggregateid, type, payload) from stdin"
# A shorter gap is not worth a history: the demonstration was just started again.
_SHORTEST_GAP: Final = timedelta(hours=1)


def load(connection: psycopg.Connection, account: Account, scale: Scale, now: datetime) -> int:
    """Tell what happened since the account's last session, at most `scale.days`; the number of new sessions."""
    with connection.transaction():
        # Two simulators on one database would otherwise both find it empty.
        connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"simulator {account.id}"])
        found = connection.execute("select max(created_at) from ai_sessions where account_id = %s", [account.id])
        (last,) = found.fetchone() or (None,)
        since = max(filter(None, (last, now - timedelta(days=scale.days))))
        if now - since < _SHORTEST_GAP:
            return 0
        stories = list(_stories(account, scale, since, now))
        with connection.cursor().copy(_SESSIONS) as copy:
            for story in stories:
                copy.write_row(_session(story, now))
        with connection.cursor().copy(_OUTBOX) as copy:
            for event in _events(stories, now):
                copy.write_row((event.id, topic_of(event), key_of(event), type_of(event), encode(event)))
        return len(stories)


def _stories(account: Account, scale: Scale, since: datetime, now: datetime) -> Iterator[Story]:
    zone = ZoneInfo(account.timezone or "UTC")
    day, last = since.astimezone(zone).date(), now.astimezone(zone).date()
    while day <= last:
        # Of the day alone, so that the same days are drawn whenever the history begins.
        rng = random.Random(f"{scale.seed}/{account.id}/{day}")  # noqa: S311  a play, no secret
        growth = 1 - 0.3 * (last - day).days / 365
        expected = scale.sessions_per_day * account.volume * growth * (_WEEKEND if day.weekday() >= _SATURDAY else 1)
        for _ in range(max(0, round(rng.gauss(expected, expected**0.5)))):
            created_at = _moment(rng, day, zone)
            story = draw(rng, account, created_at, now)
            if since < created_at < now and not (day == last and _is_left_to_live(story)):
                yield story
        day += timedelta(days=1)


def _is_left_to_live(story: Story) -> bool:
    """Whether today's session is left out, so that there is room for sessions to come while somebody watches."""
    return story.id.int % 100 < _LEFT_PERCENT


def expected_today(account: Account, scale: Scale, now: datetime) -> float:
    """Return how many sessions a day like today has by this hour, as the history draws them."""
    local = now.astimezone(ZoneInfo(account.timezone or "UTC"))
    hour = local.hour + local.minute / 60
    by_now = 0.07 * hour / 24 + 0.93 * _share_until(hour)
    return scale.sessions_per_day * account.volume * by_now * (_WEEKEND if local.weekday() >= _SATURDAY else 1)


def _share_until(hour: float) -> float:
    """Return the distribution function of `_moment`'s triangle."""
    start, end, peak = _WORKDAY
    if hour <= start:
        return 0.0
    if hour >= end:
        return 1.0
    if hour <= peak:
        return (hour - start) ** 2 / ((end - start) * (peak - start))
    return 1 - (end - hour) ** 2 / ((end - start) * (end - peak))


def _moment(rng: random.Random, day: date, zone: ZoneInfo) -> datetime:
    hour = rng.uniform(0, 24) if chance(rng, 0.07) else rng.triangular(*_WORKDAY)
    return (datetime.combine(day, time(), zone) + timedelta(hours=hour)).astimezone(UTC)


def _session(story: Story, now: datetime) -> tuple[object, ...]:
    ends_at = story.created_at + timedelta(seconds=story.seconds)
    ended = ends_at < now
    matches = [match for match in story.matches if story.created_at + timedelta(seconds=match.after) < now]
    return (
        story.id,
        story.account_id,
        story.user_id,
        story.domain,
        story.status if ended else "active",
        story.tier,
        story.confidence,
        matches[-1].flow.id if matches else None,
        matches[-1].score if matches else None,
        story.rating if ended else None,
        story.ticket,
        story.created_at,
        _recorded_end(story, ends_at) if ended else None,
    )


def _recorded_end(story: Story, ends_at: datetime) -> datetime | None:
    """When the main application says that it ended: now and then it does not say, or its clock was wrong."""
    fault = story.id.int % 1000
    if fault == 0:
        return None
    return story.created_at - timedelta(minutes=3) if fault == 1 else ends_at


def _events(stories: list[Story], now: datetime) -> Iterator[Event]:
    for story in stories:
        for match in story.matches:
            at = story.created_at + timedelta(seconds=match.after)
            if at < now:
                yield FlowMatched(story.account_id, story.id, match.flow.id, match.score, id=match.event_id, time=at)
        for push in story.pushes:
            at = story.created_at + timedelta(seconds=push.after)
            if at < now:
                yield pushed(story, push, at)
        yield from _work_without_session(story, now)


def pushed(story: Story, push: Push, at: datetime) -> PsaPushed:
    """Return the event of one push."""
    return PsaPushed(
        story.account_id,
        story.id if push.has_session else None,
        push.activity_type,
        push.ticket,
        push.hours,
        id=push.event_id,
        time=at,
    )


def _work_without_session(story: Story, now: datetime) -> Iterator[PsaPushed]:
    """Every thirtieth session, somebody logs time that no session knows of."""
    rng = random.Random(story.id.int)  # noqa: S311  a play, no secret
    at = story.created_at + timedelta(hours=2)
    if chance(rng, 1 / 30) and at < now:
        hours = rng.choice((0.5, 0.75, 1.0, 2.0))
        ticket = str(rng.randrange(10_000, 40_000))
        yield PsaPushed(story.account_id, None, "time_entry_posted", ticket, hours, id=new_id(rng, at), time=at)
