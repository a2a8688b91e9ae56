"""Where the counters of an answer come from. Every source gives the same columns (`sums`), and the same numbers."""

from dataclasses import dataclass, fields
from enum import Enum
from types import ModuleType

from shared_queries import facts, rollups
from shared_queries.sql.parameters import DomainQuestion, EffectsQuestion, Question, TrendQuestion


class Source(Enum):
    """What a question reads."""

    FACTS = "facts"
    """The sessions and pushes themselves."""
    ROLLUPS = "rollups"
    """Sums kept per hour, day and week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selects:
    """What a source must supply: for each select the class of its rows in `sums`."""

    by_domain: DomainQuestion
    """`DomainSums`; of a domain asked for its spellings alone"""
    duration_percentiles: DomainQuestion
    """`DurationPercentiles`, one row"""
    flows: Question
    """`FlowRow`: `flow_rows.flow_rows` makes it of `FlowSums`"""
    by_user: DomainQuestion
    """`UserSums`"""
    trend: TrendQuestion
    """`TrendSums`"""
    effects: EffectsQuestion
    """`EffectSums`"""
    activity_by_day: DomainQuestion
    """`ActivityDay`; of a domain asked for the activities whose session is of it now"""
    entry_sessions: DomainQuestion
    """`EntrySessions`, one row"""
    push_stages: DomainQuestion
    """`PushStages`, one row"""


def _supplied_by(module: ModuleType) -> Selects:
    return Selects(**{field.name: getattr(module, field.name) for field in fields(Selects)})


SELECTS = {Source.FACTS: _supplied_by(facts), Source.ROLLUPS: _supplied_by(rollups)}
