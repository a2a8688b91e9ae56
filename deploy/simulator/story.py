"""One session's whole life, drawn at once: history tells it at a stroke, the live part as it happens."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from deploy.simulator.cast import Account, Domain, Flow
from deploy.simulator.world import ENGINEERS, UNMAPPED_SHARE
from services.events import ActivityType

_HOUR: Final = 3600.0
_HISTORY_TICKETS: Final = range(10_000, 40_000)
# How long ago, in days, a stale flow was matched for the last time, and an archived one archived.
_LAST_USE_DAYS: Final = {"stale": 41, "archived": 20}
# The bad month: before the windows of the flows that are "recent".
_BAD_SINCE: Final = timedelta(days=110)
_BAD_UNTIL: Final = timedelta(days=80)


@dataclass(frozen=True, slots=True)
class Match:
    """The session was matched to a flow, `after` seconds from its start."""

    after: float
    flow: Flow
    score: float
    event_id: UUID


@dataclass(frozen=True, slots=True)
class Push:
    """The PSA accepted something, `after` seconds from the session's start."""

    after: float
    activity_type: ActivityType
    hours: float | None
    event_id: UUID
    ticket: str
    has_session: bool = True


@dataclass(frozen=True, slots=True)
class Story:
    """What happens in and after one session."""

    id: UUID
    account_id: UUID
    user_id: UUID
    created_at: datetime
    domain: str | None
    tier: str | None
    confidence: float | None
    matches: tuple[Match, ...]
    status: str
    """How it ends."""
    seconds: float
    """When it ends, from its start."""
    rating: int | None
    ticket: str | None
    pushes: tuple[Push, ...]


def draw(rng: random.Random, account: Account, created_at: datetime, now: datetime) -> Story:
    """Return a session that starts at `created_at`; `now` tells which flows are in use by then."""
    domain = _domain(rng, account)
    guiding, resolving, escalating = domain.odds(created_at) if domain else (0.0, 0.6, 0.2)
    flows = [flow for flow in domain.flows if _is_matched(flow, created_at, now)] if domain else []
    guided = bool(flows) and chance(rng, guiding)
    matches = _matches(rng, flows) if guided or (flows and chance(rng, 0.35)) else ()
    skill = matches[-1].flow.kind.skill if matches else 0.85
    person = rng.choices(range(len(ENGINEERS)), [kind.share for kind in ENGINEERS])[0]
    trouble = _trouble(created_at, now)
    odds = resolving * skill * (1.05 if guided else 0.8) * ENGINEERS[person].skill / trouble
    status = _ending(rng, odds, escalating * trouble**2)
    seconds = _duration(rng, domain, guided=guided, status=status) * trouble**2
    ticket = str(rng.choice(_HISTORY_TICKETS)) if chance(rng, 0.74) else None
    return Story(
        id=new_id(rng, created_at),
        account_id=account.id,
        user_id=account.engineers[person],
        created_at=created_at,
        domain=_spelling(rng, domain),
        tier="guided" if guided else rng.choices(("exploring", "discovery", None), (58, 36, 6))[0],
        confidence=_confidence(rng, guided=guided),
        matches=matches,
        status=status,
        seconds=seconds,
        rating=_rating(rng, status),
        ticket=ticket,
        pushes=_pushes(rng, created_at, status, seconds, ticket, ENGINEERS[person].logs),
    )


def new_id(rng: random.Random, at: datetime) -> UUID:
    """Return a version 7 UUID of that time, from the seed."""
    ms = int(at.timestamp() * 1000)
    return UUID(int=ms << 80 | 0x7 << 76 | rng.getrandbits(12) << 64 | 0b10 << 62 | rng.getrandbits(62))


def chance(rng: random.Random, probability: float) -> bool:
    """Whether it happens."""
    return rng.random() < probability


def _domain(rng: random.Random, account: Account) -> Domain | None:
    weights = [domain.kind.share for domain in account.domains]
    return rng.choices((*account.domains, None), (*weights, UNMAPPED_SHARE))[0]


def _is_matched(flow: Flow, at: datetime, now: datetime) -> bool:
    if flow.kind.fate == "never" or at < flow.created_at:
        return False
    last_use = _LAST_USE_DAYS.get(flow.kind.fate)
    return last_use is None or now - at > timedelta(days=last_use)


def _matches(rng: random.Random, flows: list[Flow]) -> tuple[Match, ...]:
    weights = [flow.kind.weight for flow in flows]
    times = 2 if len(flows) > 1 and chance(rng, 0.06) else 1  # some are matched again
    return tuple(
        Match(
            after=rng.uniform(5, 40) + 90 * i,
            flow=rng.choices(flows, weights)[0],
            score=round(min(1.0, max(0.3, rng.gauss(0.82, 0.1))), 3),
            event_id=UUID(int=rng.getrandbits(128), version=4),
        )
        for i in range(times)
    )


def _trouble(at: datetime, now: datetime) -> float:
    """1 in good times; one month in the history is bad, for reasons that no flow is to blame for."""
    return 1.25 if _BAD_SINCE > now - at >= _BAD_UNTIL else 1.0


def _ending(rng: random.Random, resolving: float, escalating: float) -> str:
    resolved = min(0.98, resolving)
    escalated = min(1 - resolved, escalating)
    weights = (resolved, escalated, 1 - resolved - escalated)
    return rng.choices(("resolved", "escalated", "abandoned"), weights)[0]


def _duration(rng: random.Random, domain: Domain | None, *, guided: bool, status: str) -> float:
    typical = (domain.kind.minutes if domain else 25) * (1.0 if guided else 1.75) * 60
    if status == "abandoned":
        return rng.uniform(600, 8 * _HOUR)
    if chance(rng, 0.004):  # forgotten until somebody closes it; more of them would drown every mean
        return rng.uniform(4, 20) * _HOUR
    return min(30 * _HOUR, typical * rng.lognormvariate(0, 0.55))


def _confidence(rng: random.Random, *, guided: bool) -> float | None:
    if chance(rng, 0.03):
        return None
    return round(min(1.0, max(0.0, rng.gauss(0.84 if guided else 0.52, 0.11))), 4)


def _rating(rng: random.Random, status: str) -> int | None:
    if not chance(rng, 0.42):
        return None
    return rng.choices((1, 2, 3, 4, 5), (2, 4, 12, 38, 44) if status == "resolved" else (18, 26, 30, 18, 8))[0]


def _spelling(rng: random.Random, domain: Domain | None) -> str | None:
    if domain is None:
        return rng.choices((None, "  "), (9, 1))[0]
    if domain.kind.spellings and chance(rng, 0.08):
        return rng.choice(domain.kind.spellings)
    return domain.kind.name


def _pushes(  # noqa: PLR0913, PLR0917  what it depends on
    rng: random.Random, created_at: datetime, status: str, seconds: float, ticket: str | None, logs: float
) -> tuple[Push, ...]:
    def push(kind: ActivityType, delay: float, hours: float | None = None, ticket: str | None = ticket) -> Push:
        at = created_at + timedelta(seconds=seconds + delay)
        return Push(seconds + delay, kind, hours, new_id(rng, at), ticket or str(rng.choice(_HISTORY_TICKETS)))

    worked = max(1, round(min(seconds, 3 * _HOUR) / 900 + rng.random())) / 4  # quarters of an hour
    if ticket is None:
        # A note on some ticket that the session was never linked to.
        return (push("note_posted", 120),) if chance(rng, 0.012) else ()
    if status == "abandoned" and chance(rng, 0.7):
        return ()
    pushes = []
    if noted := chance(rng, 0.91):
        pushes.append(push("note_posted", rng.uniform(20, 200)))
    if chance(rng, logs if noted else logs / 3):
        pushes.append(push("time_entry_posted", rng.uniform(200, 500), 0.0 if chance(rng, 0.01) else worked))
        if chance(rng, 0.05):
            pushes.append(push("time_entry_posted", rng.uniform(600, 2 * _HOUR), 0.25))
    if status == "resolved" and chance(rng, 0.55):
        pushes.append(push("status_updated", rng.uniform(500, 900)))
    return tuple(pushes)
