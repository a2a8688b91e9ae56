"""The live part: a schedule of small transactions, which outlives the database's absence."""

import heapq
import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import psycopg
import structlog

from deploy.simulator import steps
from deploy.simulator.cast import Account
from deploy.simulator.history import expected_today
from deploy.simulator.settings import Scale
from deploy.simulator.story import Story, draw
from deploy.simulator.tickets import Tickets
from services.backoff import Backoff

Step = Callable[[psycopg.Connection], object]

_DAY_S: Final = 86_400
_QUIET_S: Final = 600
"""Between two sessions of an account that has had its share of today's."""
_OPEN_SINCE: Final = timedelta(days=4)

log = structlog.get_logger(__name__)


class Live:
    """Sessions that come and end, `speed` times as fast as life, until today has had as many as other days by then."""

    def __init__(self, database_url: str, accounts: Sequence[Account], scale: Scale, tickets: Tickets | None) -> None:
        self._database_url = database_url
        self._accounts = accounts
        self._scale = scale
        self._tickets = tickets
        self._rng = random.Random()  # noqa: S311  a play, no secret; another one at each start
        self._due: list[tuple[float, int, Step]] = []
        self._number = itertools.count()
        self._connection: psycopg.Connection | None = None

    def run(self, stop: threading.Event) -> None:
        """Play until told to stop."""
        self._plan(0, self._take_up_open_sessions)
        for account in self._accounts:
            self._expect_session(account)
        backoff = Backoff(first=0.5, longest=5)
        while not stop.is_set():
            due, _, step = self._due[0]
            if (wait := due - time.monotonic()) > 0:
                stop.wait(min(wait, 1))
                continue
            heapq.heappop(self._due)
            try:
                self._do(step)
                backoff.reset()
            except psycopg.OperationalError as error:
                log.warning("simulator_waits_for_postgresql", error=str(error).strip())
                self._connection = None
                self._plan(0, step)
                stop.wait(backoff.next())
            except psycopg.Error as error:  # for example of a session that somebody has erased
                log.warning("step_failed", error=str(error).strip())

    def _do(self, step: Step) -> None:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self._database_url, autocommit=True, connect_timeout=5, application_name="flowpilot-simulator"
            )
        with self._connection.transaction():
            step(self._connection)

    def _plan(self, seconds: float, step: Step) -> None:
        """Do the step after so many seconds of the simulated time."""
        heapq.heappush(self._due, (time.monotonic() + seconds / self._scale.speed, next(self._number), step))

    def _expect_session(self, account: Account) -> None:
        rate = self._scale.sessions_per_day * account.volume / _DAY_S
        self._plan(self._rng.expovariate(rate), partial(self._begin, account))

    def _begin(self, account: Account, connection: psycopg.Connection) -> None:
        if self._is_busy_enough(account, connection):
            # From here on it goes at life's own pace, so that today stays a day like the others.
            self._plan(self._rng.expovariate(1 / _QUIET_S) * self._scale.speed, partial(self._open, account))
        else:
            self._open(account, connection)

    def _is_busy_enough(self, account: Account, connection: psycopg.Connection) -> bool:
        if self._scale.unbounded:
            return False
        now = datetime.now(UTC)
        today = datetime.combine(now.astimezone(ZoneInfo(account.timezone or "UTC")).date(), time_of_day())
        midnight = today.replace(tzinfo=ZoneInfo(account.timezone or "UTC"))
        found = connection.execute(
            "select count(*) from ai_sessions where account_id = %s and created_at >= %s", [account.id, midnight]
        )
        (count,) = found.fetchone() or (0,)
        return bool(count >= expected_today(account, self._scale, now))

    def _open(self, account: Account, connection: psycopg.Connection) -> None:
        story = self._draw(account)
        steps.open_session(connection, story)
        self._expect_session(account)
        for match in story.matches:
            if match.after < story.seconds:
                self._plan(match.after, partial(steps.match_flow, story=story, match=match))
        if story.status == "escalated":
            self._plan(story.seconds * 0.8, partial(steps.ask_for_escalation, story=story))
        self._plan(
            story.seconds,
            partial(steps.end_session, session_id=story.id, status=story.status, rating=story.rating),
        )
        sequences: Counter[str] = Counter()
        for push in story.pushes:
            sequences[push.activity_type] += 1
            if self._tickets is None:
                self._plan(push.after, partial(steps.report_push, story=story, push=push))
            elif push.hours != 0:  # no PSA takes an entry of no time
                sequence = sequences[push.activity_type]
                self._plan(push.after, partial(steps.ask_for_push, story=story, push=push, sequence=sequence))

    def _draw(self, account: Account) -> Story:
        now = datetime.now(UTC)
        story = draw(self._rng, account, now, now)
        # It ends after `seconds / speed`, and is to have lasted `seconds` by then: so it has begun a while ago.
        begun = now - timedelta(seconds=story.seconds * (1 - 1 / self._scale.speed))
        story = replace(story, created_at=begun)
        if self._tickets is not None:
            story = steps.with_ticket(story, self._tickets.take(account.id) if story.ticket else None)
        return story

    def _take_up_open_sessions(self, connection: psycopg.Connection) -> None:
        """End, by and by, what the history or an earlier run has left open."""
        rows = connection.execute(
            "select id from ai_sessions where account_id = any(%s) and status = any(%s) and created_at > %s",
            [[account.id for account in self._accounts], list(steps.OPEN), datetime.now(UTC) - _OPEN_SINCE],
        ).fetchall()
        for (session_id,) in rows:
            status = self._rng.choices(("resolved", "escalated", "abandoned"), (78, 12, 10))[0]
            step = partial(steps.end_session, session_id=session_id, status=status, rating=None)
            self._plan(self._rng.uniform(60, 3 * 3600), step)
