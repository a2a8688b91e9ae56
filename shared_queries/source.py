"""Where the counters of an answer come from. Every source gives the same columns (`sums`), and the same numbers."""

from dataclasses import dataclass
from enum import Enum

from shared_queries import facts, rollups
from shared_queries.sql.parameters import Question


class Source(Enum):
    """What a question reads."""

    FACTS = "facts"
    """The sessions and pushes themselves."""
    ROLLUPS = "rollups"
    """Sums kept per hour, day and week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selects:
    """What a source must supply: for each select the class of its rows in `sums`."""

    by_domain: Question
    """`DomainSums`"""
    duration_percentiles: Question
    """`DurationPercentiles`, one row"""
    flows: Question
    """`FlowRow`: `flow_rows.flow_rows` makes it of `FlowSums`"""
    activity_by_day: Question
    """`ActivityDay`"""
    entry_sessions: Question
    """`EntrySessions`, one row"""
    push_stages: Question
    """`PushStages`, one row"""


FACTS = Selects(
    by_domain=facts.by_domain,
    duration_percentiles=facts.duration_percentiles,
    flows=facts.flows,
    activity_by_day=facts.activity_by_day,
    entry_sessions=facts.entry_sessions,
    push_stages=facts.push_stages,
)

ROLLUPS = Selects(
    by_domain=rollups.by_domain,
    duration_percentiles=rollups.duration_percentiles,
    flows=rollups.flows,
    activity_by_day=rollups.activity_by_day,
    entry_sessions=rollups.entry_sessions,
    push_stages=rollups.push_stages,
)

SELECTS = {Source.FACTS: FACTS, Source.ROLLUPS: ROLLUPS}
