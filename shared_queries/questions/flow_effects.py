from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Literal, TypedDict
from uuid import UUID

from shared_queries.periods.local_days import day_start, local_date
from shared_queries.periods.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.questions.published import PublishedFlow, by_name, published
from shared_queries.scope import Scope
from shared_queries.scoring import Difference, difference, mean_minutes, ratio
from shared_queries.source import SELECTS, Source
from shared_queries.sums import EffectSums, total

WINDOW_DAYS = 30
MIN_DAYS_AFTER = 14
MIN_ENDED = 20

_DAY = timedelta(days=1)

Verdict = Literal["too_early", "better", "worse", "mixed", "no_clear_change"]

EffectSide = TypedDict(
    "EffectSide",
    {
        "from": date | None,
        "to": date | None,
        "days": int,
        "session_count": int,
        "ended_count": int,
        "resolution_rate": float | None,
        "escalation_rate": float | None,
        "guided_rate": float | None,
        "classified_count": int,
        "avg_resolution_minutes": float | None,
        "timed_count": int,
    },
)
"""Sessions of the domain in the days before a flow was published, or after. (No class can have a field `from`.)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """After minus before, with Newcombe's 95 % interval; null where a side has no denominator."""

    resolution_rate: Difference | None
    escalation_rate: Difference | None
    guided_rate: Difference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowEffect:
    """What changed in a flow's domain when the flow was published: an observation, not a proof."""

    flow_id: UUID
    name: str | None
    is_archived: bool
    domain: str
    published_on: date
    before: EffectSide
    after: EffectSide
    differences: Differences
    verdict: Verdict
    shared_with: list[UUID]
    """Other flows of the domain created within the same days: what changed cannot be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowEffects:
    """`GET /analytics/flowpilot/flow-effects`: newest first."""

    flows: list[FlowEffect]


@dataclass(frozen=True, slots=True)
class _Days:
    """Whole local days, both included; none where `last` is before `first`."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return max(0, (self.last - self.first).days + 1)


def flow_effects(scope: Scope, period: Period, source: Source = Source.FACTS) -> Plan[FlowEffects]:
    """Ask what changed in the domains of the flows that were created in the period."""
    first = period.first_day - WINDOW_DAYS * _DAY
    last = min(period.last_day + (WINDOW_DAYS + 1) * _DAY, local_date(period.now, period.zone))
    days = [first + _DAY * index for index in range((last - first).days + 1)]
    starts = [day_start(day, period.zone) for day in days]
    # Whoever was published within a window shares it: until the last of them ends, and never after now.
    until = min(day_start(last + _DAY, period.zone), period.now)
    statements = (SELECTS[source].effects(scope, period, starts), published(scope, starts[0], until))
    return Plan(statements, partial(_answer, period=period))


def _answer(rows: Sequence[Rows], *, period: Period) -> FlowEffects:
    sums = {(row.flow_id, row.is_after): row for row in (EffectSums(*row) for row in rows[0])}
    flows = [PublishedFlow(*row) for row in rows[1]]
    of_domains = [flow for flow in flows if flow.domain is not None and period.start <= flow.created_at < period.end]
    effects = [_effect(flow, sums, flows, period) for flow in sorted(of_domains, key=by_name)]
    return FlowEffects(flows=sorted(effects, key=lambda effect: effect.published_on, reverse=True))


def _effect(
    flow: PublishedFlow, sums: dict[tuple[UUID, bool], EffectSums], flows: list[PublishedFlow], period: Period
) -> FlowEffect:
    published_on = local_date(flow.created_at, period.zone)
    yesterday = local_date(period.now, period.zone) - _DAY
    before_days = _Days(published_on - WINDOW_DAYS * _DAY, published_on - _DAY)
    after_days = _Days(published_on + _DAY, min(published_on + WINDOW_DAYS * _DAY, yesterday))
    before, after = (sums.get((flow.flow_id, is_after), _NOTHING) for is_after in (False, True))
    differences = _differences(before, after)
    return FlowEffect(
        flow_id=flow.flow_id,
        name=flow.name,
        is_archived=flow.is_archived,
        domain=flow.domain or "",
        published_on=published_on,
        before=_side(before_days, before),
        after=_side(after_days, after),
        differences=differences,
        verdict=verdict(after_days.count, min(before.ended, after.ended), differences),
        shared_with=_shared_with(flow, flows, _Days(before_days.first, max(published_on, after_days.last)), period),
    )


def verdict(days_after: int, fewest_ended: int, differences: Differences) -> Verdict:
    """Judge by the intervals of the outcome rates that leave out 0; too few days or sessions are no ground for it."""
    if days_after < MIN_DAYS_AFTER or fewest_ended < MIN_ENDED:
        return "too_early"
    signs = {
        sign * found.direction
        for sign, found in ((1, differences.resolution_rate), (-1, differences.escalation_rate))
        if found is not None
    }
    if {1, -1} <= signs:
        return "mixed"
    if 1 in signs:
        return "better"
    return "worse" if -1 in signs else "no_clear_change"


def _differences(before: EffectSums, after: EffectSums) -> Differences:
    return Differences(
        resolution_rate=difference(after.resolved, after.ended, before.resolved, before.ended),
        escalation_rate=difference(after.escalated, after.ended, before.escalated, before.ended),
        guided_rate=difference(after.guided, after.classified, before.guided, before.classified),
    )


def _side(days: _Days, sums: EffectSums) -> EffectSide:
    return {
        "from": days.first if days.count else None,
        "to": days.last if days.count else None,
        "days": days.count,
        "session_count": sums.session_count,
        "ended_count": sums.ended,
        "resolution_rate": ratio(sums.resolved, sums.ended),
        "escalation_rate": ratio(sums.escalated, sums.ended),
        "guided_rate": ratio(sums.guided, sums.classified),
        "classified_count": sums.classified,
        "avg_resolution_minutes": mean_minutes(sums.timed_us, sums.timed_count),
        "timed_count": sums.timed_count,
    }


def _shared_with(flow: PublishedFlow, flows: list[PublishedFlow], days: _Days, period: Period) -> list[UUID]:
    return sorted(
        other.flow_id
        for other in flows
        if other.flow_id != flow.flow_id
        and other.domain_key == flow.domain_key
        and days.first <= local_date(other.created_at, period.zone) <= days.last
    )


_NOTHING = total((), EffectSums)
