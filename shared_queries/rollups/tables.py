"""The rollups and their deltas: sums of sessions and activities per account and stretch of UTC time.

Counters have the names of `shared_queries.sums`. A rollup and the pending deltas together are exact in every snapshot.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from shared_queries.tables import Instant, ours, views

Grain = Literal["hour", "day", "week"]
GRAINS: tuple[Grain, ...] = ("hour", "day", "week")
"""Of the sessions' rollups. A week begins on Monday, all in UTC."""

_OUTCOMES = ("session_count", "resolved", "escalated", "abandoned")
DOMAIN_COUNTERS = (
    *_OUTCOMES,
    "guided",
    "exploring",
    "discovery",
    "guided_resolved",
    "guided_ended",
    "timed_count",
    "timed_us",
    "guided_timed_count",
    "guided_timed_us",
    "invalid_duration_count",
    "rated_count",
    "rating_sum",
    "impact_us",
)
FLOW_COUNTERS = (*_OUTCOMES, "guided", "classified", "scored_count", "score_units")
STAGE_COUNTERS = (
    "linked_to_ticket",
    "doc_pushed",
    "time_entry_logged",
    "time_entry_without_doc",
    "doc_without_ticket",
    "capture_eligible",
    "captured",
)
PUSH_COUNTERS = ("total_sessions", *STAGE_COUNTERS)
SESSION_COUNTERS = (*DOMAIN_COUNTERS, "scored_count", "score_units")
ACTIVITY_COUNTERS = ("entries", "hour_units", "session_hour_units", "notes", "status_updates", "first_entries")
"""`first_entries`: sessions whose first time entry is in that quarter of an hour."""


def _counters(names: Iterable[str]) -> list[Column[Any]]:
    return [
        Column(
            name, BigInteger if name.endswith(("_us", "_units")) else Integer, nullable=False, server_default=text("0")
        )
        for name in names
    ]


def _family(
    name: str, counters: Iterable[str], key: Callable[[], Iterable[Column[Any]]] = tuple
) -> Mapping[Grain, Table]:
    counters = tuple(counters)
    return {
        grain: Table(
            f"rollup_{name}_{grain}",
            ours,
            Column("account_id", Uuid, primary_key=True),
            Column("start", Instant, primary_key=True),
            *key(),
            *_counters(counters),
            schema="analytics",
        )
        for grain in GRAINS
    }


rollup_domain = _family(
    "domain",
    DOMAIN_COUNTERS,
    lambda: (Column("spelling_hash", Uuid, primary_key=True), Column("spelling", Text, nullable=False)),
)
rollup_flow = _family("flow", FLOW_COUNTERS, lambda: (Column("flow_id", Uuid, primary_key=True),))
rollup_duration = _family(
    "duration", ("timed_count",), lambda: (Column("bucket", SmallInteger, primary_key=True, autoincrement=False),)
)
rollup_push = _family("push", PUSH_COUNTERS)

session_delta = Table(
    "session_delta",
    ours,
    Column(
        "families",
        SmallInteger,
        nullable=False,
        comment="Which rollups it belongs to: 1 domain, 2 flow, 4 duration, 8 push.",
    ),
    Column("account_id", Uuid, nullable=False),
    Column("hour", Instant, nullable=False),
    Column("spelling", Text, nullable=False, server_default=text("''")),
    Column("flow_id", Uuid),
    Column("bucket", SmallInteger),
    *_counters((*SESSION_COUNTERS, *STAGE_COUNTERS)),
    schema="analytics",
)
activity_delta = Table(
    "activity_delta",
    ours,
    Column("account_id", Uuid, nullable=False),
    Column("quarter", Instant, nullable=False),
    *_counters(ACTIVITY_COUNTERS),
    schema="analytics",
)
rollup_activity_quarter = Table(
    "rollup_activity_quarter",
    ours,
    Column("account_id", Uuid, primary_key=True),
    Column("quarter", Instant, primary_key=True),
    *_counters(ACTIVITY_COUNTERS),
    schema="analytics",
)
entry_gap_delta = Table(
    "entry_gap_delta",
    ours,
    Column("account_id", Uuid, nullable=False),
    Column("from_quarter", Instant, nullable=False),
    Column("to_quarter", Instant, nullable=False),
    Column("session_count", Integer, nullable=False),
    schema="analytics",
)
rollup_entry_gap_quarter = Table(
    "rollup_entry_gap_quarter",
    ours,
    Column("account_id", Uuid, primary_key=True),
    Column("to_quarter", Instant, primary_key=True),
    Column("from_quarter", Instant, primary_key=True),
    Column("session_count", Integer, nullable=False),
    Index("ix_rollup_entry_gap_quarter_account_id_from_quarter", "account_id", "from_quarter"),
    schema="analytics",
)
rollup_entry_gap_day = Table(
    "rollup_entry_gap_day",
    ours,
    Column("account_id", Uuid, primary_key=True),
    Column("to_day", Instant, primary_key=True),
    Column("from_day", Instant, primary_key=True),
    Column("session_count", Integer, nullable=False),
    schema="analytics",
)
session_push = Table(
    "session_push",
    ours,
    Column("session_id", Uuid, primary_key=True),
    *(Column(name, kind, nullable=False) for name, kind in (("account_id", Uuid), ("hour", Instant))),
    *(Column(name, Boolean, nullable=False) for name in ("linked", "eligible")),
    *_counters(("notes", "entries")),
    Column("was_account_id", Uuid),
    Column("was_hour", Instant),
    *(Column(name, Boolean, nullable=False, server_default=text("false")) for name in ("was_linked", "was_eligible")),
    *_counters(("was_notes", "was_entries")),
    schema="analytics",
    comment="Where the triggers of sessions and of activities meet. was_*: before the last change.",
)
rollup_state = Table(
    "rollup_state",
    ours,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("filled_at", Instant, comment="Null until what was there before the triggers is counted."),
    Column("checked_until", Uuid, comment="The last account that the reconciliation compared."),
    CheckConstraint("id = 1", name="one_row"),
    schema="analytics",
)

session_counts = Table(
    "session_counts",
    views,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid),
    Column("created_at", Instant),
    Column("flow_id", Uuid),
    Column("spelling", Text),
    Column("bucket", SmallInteger),
    *(Column(name, BigInteger if name.endswith(("_us", "_units")) else Integer) for name in SESSION_COUNTERS),
)
"""What each session of the set account counts."""
