"""The rollups and what is pending for them: sums of sessions and activities per account and stretch of UTC time.

Counters have the names of `shared_queries.sums`. A rollup and the pending rows together are exact in every snapshot.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared_queries.counters import Counter
from shared_queries.rollups.families import (
    ACTIVITY_COUNTERS,
    ACTIVITY_FAMILIES,
    PUSH_COUNTERS,
    SESSION_COUNTERS,
    SESSION_FAMILIES,
    Family,
    Grain,
)
from shared_queries.tables import Instant, ours, views

_TYPES = {"integer": Integer, "bigint": BigInteger, "numeric": Numeric}


def _counters(counters: Mapping[str, Counter]) -> list[Column[object]]:
    return [
        Column(name, _TYPES[counter.type], nullable=False, server_default=text("0"))
        for name, counter in counters.items()
    ]


def _rollup(family: Family, grain: Grain) -> Table:
    name = family.table(grain)
    rollup = Table(
        name,
        ours,
        Column("account_id", Uuid, primary_key=True),
        Column("start", Instant, primary_key=True),
        *(Column(key.name, key.type, primary_key=True, autoincrement=False) for key in family.key),
        *(Column(carried.name, carried.type, nullable=False) for carried in family.carried),
        *_counters(family.counters),
        schema="analytics",
    )
    if family.by is not None:
        Index(f"ix_{name}_account_id_{family.by}_start", *(rollup.c[n] for n in ("account_id", family.by, "start")))
    return rollup


ROLLUPS: Mapping[str, Mapping[Grain, Table]] = {
    family.name: {grain: _rollup(family, grain) for grain in family.grains}
    for family in (*SESSION_FAMILIES, *ACTIVITY_FAMILIES)
}
"""Each family's tables by grain."""


def _of(families: Iterable[Family]) -> str:
    return f"Which rollups it belongs to: {', '.join(f'{family.bit} {family.name}' for family in families)}."


def _mark() -> Column[object]:
    # At random: no two snapshots with other changes have the same sum, on whichever server.
    drawn = text("(random() * 9007199254740991)::bigint")
    return Column("mark", BigInteger, nullable=False, server_default=drawn, comment="Tells this change from any other.")


pending_session = Table(
    "pending_session",
    ours,
    Column("families", SmallInteger, nullable=False, comment=_of(SESSION_FAMILIES)),
    Column("account_id", Uuid, nullable=False),
    Column("quarter", Instant, nullable=False),
    Column("spelling", Text, nullable=False, server_default=text("''")),
    Column("flow_id", Uuid),
    Column("user_id", Uuid),
    Column("bucket", SmallInteger),
    *_counters({**SESSION_COUNTERS, **PUSH_COUNTERS}),
    _mark(),
    schema="analytics",
)
pending_activity = Table(
    "pending_activity",
    ours,
    Column("families", SmallInteger, nullable=False, comment=_of(ACTIVITY_FAMILIES)),
    Column("account_id", Uuid, nullable=False),
    Column("quarter", Instant, nullable=False),
    Column("spelling", Text, nullable=False, server_default=text("''")),
    *_counters(ACTIVITY_COUNTERS),
    _mark(),
    schema="analytics",
)
pending_entry_gap = Table(
    "pending_entry_gap",
    ours,
    Column("account_id", Uuid, nullable=False),
    Column("from_quarter", Instant, nullable=False),
    Column("to_quarter", Instant, nullable=False),
    Column("session_count", Integer, nullable=False),
    _mark(),
    schema="analytics",
)
folded_changes = Table(
    "folded_changes",
    ours,
    Column("account_id", Uuid, primary_key=True),
    Column("changes", BigInteger, nullable=False),
    Column("marks", Numeric, nullable=False),
    schema="analytics",
    comment="What was taken out of the queues: how many changes, and their marks added up.",
)
entry_gap_rollup_quarter = Table(
    "entry_gap_rollup_quarter",
    ours,
    Column("account_id", Uuid, primary_key=True),
    Column("to_quarter", Instant, primary_key=True),
    Column("from_quarter", Instant, primary_key=True),
    Column("session_count", Integer, nullable=False),
    Index("ix_entry_gap_rollup_quarter_account_id_from_quarter", "account_id", "from_quarter"),
    schema="analytics",
)
entry_gap_rollup_day = Table(
    "entry_gap_rollup_day",
    ours,
    Column("account_id", Uuid, primary_key=True),
    Column("to_day", Instant, primary_key=True),
    Column("from_day", Instant, primary_key=True),
    Column("session_count", Integer, nullable=False),
    schema="analytics",
)


def _place(prefix: str, *, nullable: bool) -> list[Column[object]]:
    return [
        Column(f"{prefix}account_id", Uuid, nullable=nullable),
        Column(f"{prefix}quarter", Instant, nullable=nullable),
        Column(f"{prefix}spelling", Text, nullable=nullable),
        Column(f"{prefix}flow_id", Uuid),
        Column(f"{prefix}user_id", Uuid),
        Column(f"{prefix}linked", Boolean, nullable=nullable),
        Column(f"{prefix}resolved", Boolean, nullable=nullable),
        Column(f"{prefix}us", BigInteger),
        Column(f"{prefix}notes", Integer, nullable=nullable),
        Column(f"{prefix}entries", Integer, nullable=nullable),
    ]


session_place = Table(
    "session_place",
    ours,
    Column("session_id", Uuid, primary_key=True),
    *_place("", nullable=False),
    *_place("was_", nullable=True),
    Column("leaving", JSONB, comment="While the session is being deleted: what each of its activities counts."),
    schema="analytics",
    comment="Where the triggers of sessions and of activities meet. was_*: before the last change.",
)
PLACE = tuple(column.name for column in _place("", nullable=False))
"""The columns of a place."""

rollup_state = Table(
    "rollup_state",
    ours,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("filled_at", Instant, comment="Of release 0.1.0 alone, which finds its rollups never filled."),
    Column("checked_until", Uuid, comment="The last account that the reconciliation compared."),
    Column("counters_version", Integer, comment="Of the counters that the triggers count."),
    Column("counters_filled_at", Instant, comment="Null until what was there before the triggers is counted."),
    Column(
        "revision",
        BigInteger,
        nullable=False,
        server_default=text("0"),
        comment="Raised by what changes the rollups without being pending first.",
    ),
    CheckConstraint("id = 1", name="one_row"),
    schema="analytics",
)

_DIMENSIONS = ("account_id", "quarter", "spelling", "flow_id", "user_id", "bucket")


def _counted(name: str, counters: Mapping[str, Counter]) -> Table:
    return Table(
        name,
        views,
        Column("id", Uuid, primary_key=True),
        Column("created_at", Instant),
        *(Column(each, pending_session.c[each].type) for each in _DIMENSIONS),
        *(Column(each, _TYPES[counter.type]) for each, counter in counters.items()),
    )


counted_sessions = _counted("counted_sessions", SESSION_COUNTERS)
"""What each session of the set account counts by its own row."""
counted_pushes = _counted("counted_pushes", PUSH_COUNTERS)
"""What it counts by what was pushed for it."""
