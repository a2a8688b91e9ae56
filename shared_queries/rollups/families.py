"""The rollups: by what each groups the sessions or pushes, at which grains, and what it counts.

Tables, folds, the first filling, the comparison with the facts and the triggers' lists are made from these, and what is
counted from the row classes that answer with it (`shared_queries.sums`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import SmallInteger, Text, Uuid
from sqlalchemy.types import TypeEngine

from shared_queries.counters import Counter, Measure, counters_of
from shared_queries.sums import ActivityDay, CaptureSums, DomainSums, FlowSums, PushStages

Grain = Literal["quarter", "hour", "day", "week"]
"""Stretches of UTC time; a week begins on Monday."""
WIDTHS: dict[Grain, str] = {"quarter": "15 minutes", "hour": "1 hour", "day": "1 day", "week": "7 days"}
NOBODY = "00000000-0000-0000-0000-000000000000"
"""Stands in a key for a session without a user."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a rollup beside account and time, and its value as SQL over a pending row."""

    name: str
    type: type[TypeEngine[Any]]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One way to group; a table for each grain."""

    name: str
    bit: int
    """In `families` of a pending row: whether it belongs here."""
    grains: tuple[Grain, ...]
    """The finest first."""
    key: tuple[Column, ...] = ()
    where: str = "true"
    """Which pending rows fall under a key at all."""
    carried: tuple[Column, ...] = ()
    """What follows from the key."""
    by: str | None = None
    """The column by which one of the groups is found without the others."""
    counters: Mapping[str, Counter] = field(default_factory=dict)

    def table(self, grain: Grain) -> str:
        """Name the table of a grain."""
        return f"{self.name}_rollup_{grain}"


def _counters(*rows: type[Any]) -> dict[str, Counter]:
    return {name: counter for row in rows for name, counter in counters_of(row).items()}


_SPELLING_HASH = Column("spelling_hash", Uuid, "analytics.text_hash(spelling)")
_SPELLING = Column("spelling", Text, "spelling")
_DOMAIN_HASH = Column("domain_hash", Uuid, "analytics.domain_hash(spelling)")
_USER = Column("user_id", Uuid, f"coalesce(user_id, '{NOBODY}')")
_BUCKET = Column("bucket", SmallInteger, "bucket")
_TIMED = {"timed_count": counters_of(CaptureSums)["timed_count"]}

DOMAIN = Family(
    name="domain",
    bit=1,
    grains=("hour", "day", "week"),
    key=(_SPELLING_HASH,),
    carried=(_SPELLING, _DOMAIN_HASH),
    by="domain_hash",
    counters=_counters(DomainSums, PushStages, CaptureSums),
)
FLOW = Family(
    name="flow",
    bit=2,
    grains=("hour", "day", "week"),
    key=(Column("flow_id", Uuid, "flow_id"),),
    where="flow_id is not null",
    by="flow_id",
    counters=_counters(FlowSums, CaptureSums),
)
DURATION = Family(
    name="duration",
    bit=4,
    grains=("hour", "day", "week"),
    key=(_BUCKET,),
    where="bucket is not null",
    counters=_TIMED,
)
ACCOUNT = Family(
    name="account",
    bit=8,
    grains=("quarter", "hour", "day"),
    counters=_counters(CaptureSums, PushStages),
)
"""A quarter of an hour cuts exactly in every zone of today: the trend needs no facts but for its last minutes."""
USER = Family(
    name="user",
    bit=16,
    grains=("hour", "day", "week"),
    key=(_USER,),
    counters=_counters(CaptureSums),
)
DOMAIN_DURATION = Family(
    name="domain_duration",
    bit=32,
    grains=("day", "week"),
    key=(_DOMAIN_HASH, _BUCKET),
    where="bucket is not null and spelling <> ''",
    by="domain_hash",
    counters=_TIMED,
)
"""Of these and the next there are nearly as many keys as sessions: no hours, which the facts of one domain replace."""
DOMAIN_USER = Family(
    name="domain_user",
    bit=64,
    grains=("day", "week"),
    key=(_DOMAIN_HASH, _USER),
    where="spelling <> ''",
    by="domain_hash",
    counters=_counters(CaptureSums),
)
SESSION_FAMILIES = (DOMAIN, FLOW, DURATION, ACCOUNT, USER, DOMAIN_DURATION, DOMAIN_USER)

_FIRST_ENTRIES = Counter(Measure("first_entries", "0", "0"), kind="activity")
"""Sessions whose first time entry is in that quarter of an hour: a matter of all their entries, not of one."""
ACTIVITY = Family(
    name="activity",
    bit=1,
    grains=("quarter",),
    counters={**counters_of(ActivityDay), "first_entries": _FIRST_ENTRIES},
)
DOMAIN_ACTIVITY = Family(
    name="domain_activity",
    bit=2,
    grains=("quarter",),
    key=(_DOMAIN_HASH,),
    where="spelling <> ''",
    by="domain_hash",
    counters=counters_of(ActivityDay),
)
ACTIVITY_FAMILIES = (ACTIVITY, DOMAIN_ACTIVITY)


def counters_in(families: Sequence[Family], kind: str | None = None) -> dict[str, Counter]:
    """Give every counter of the families, by name; of one kind, where it is named."""
    counters = {name: counter for family in families for name, counter in family.counters.items()}
    return {name: counter for name, counter in counters.items() if kind is None or counter.kind == kind}


def bits(families: Sequence[Family]) -> int:
    """Set the bits of several families."""
    return sum(family.bit for family in families)


SESSION_COUNTERS = counters_in(SESSION_FAMILIES, "session")
PUSH_COUNTERS = counters_in(SESSION_FAMILIES, "push")
ACTIVITY_COUNTERS = counters_in(ACTIVITY_FAMILIES)
