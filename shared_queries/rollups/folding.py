"""The statements that add deltas to the rollups.

One statement moves a delta into every rollup that it belongs to, so no snapshot sees it twice or not at all. The
compactor runs them on what is pending; the first filling and the repair give them a source of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared_queries.rollups.tables import (
    ACTIVITY_COUNTERS,
    DOMAIN_COUNTERS,
    FLOW_COUNTERS,
    GRAINS,
    PUSH_COUNTERS,
    Grain,
)

DOMAIN, FLOW, DURATION, PUSH = 1, 2, 4, 8
"""`session_delta.families`: the rollups that a delta belongs to."""

_HASH = "encode(substr(sha256(convert_to(spelling, 'UTF8')), 1, 16), 'hex')::uuid"
_WIDTH: dict[Grain, str] = {"hour": "1 hour", "day": "1 day", "week": "7 days"}


@dataclass(frozen=True, slots=True)
class Rollup:
    """One rollup as the target of a fold: its key by column, and what each counter adds up, as SQL over the source."""

    name: str
    key: dict[str, str]
    counters: dict[str, str]
    where: str
    carried: dict[str, str]
    """Columns that follow from the key."""

    def insert(self, source: str) -> str:
        """Add the source's rows; in the order of the key, so that neighbours in time are neighbours on disk."""
        columns = [*self.key, *self.carried, *self.counters]
        values = [*self.key.values(), *self.carried.values(), *(f"sum({value})" for value in self.counters.values())]
        groups = ", ".join([*self.key.values(), *self.carried.values()])
        added = ", ".join(f"{name} = target.{name} + excluded.{name}" for name in self.counters)
        return (
            f"insert into analytics.{self.name} as target ({_list(columns)})"
            f" select {', '.join(values)} from {source} where {self.where} group by {groups} order by"
            f" {', '.join(self.key.values())} on conflict ({_list(self.key)}) do update set {added}"
        )

    @property
    def is_empty(self) -> str:
        """Whether a row counts nothing any more."""
        return " and ".join(f"target.{name} = 0" for name in self.counters)


def _list(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _same(names: Sequence[str]) -> dict[str, str]:
    return {name: name for name in names}


def start_of(grain: Grain, instant: str = "hour") -> str:
    """Return the stretch that an instant, given as SQL, falls in."""
    return f"analytics.bin('{_WIDTH[grain]}', {instant})"


def _session_rollups(grain: Grain) -> tuple[Rollup, ...]:
    key = {"account_id": "account_id", "start": start_of(grain)}
    return (
        Rollup(
            f"rollup_domain_{grain}",
            key | {"spelling_hash": _HASH},
            _same(DOMAIN_COUNTERS),
            f"families & {DOMAIN} <> 0",
            {"spelling": "spelling"},
        ),
        Rollup(
            f"rollup_flow_{grain}",
            key | {"flow_id": "flow_id"},
            _same(FLOW_COUNTERS) | {"classified": "guided + exploring + discovery"},
            f"families & {FLOW} <> 0 and flow_id is not null",
            {},
        ),
        Rollup(
            f"rollup_duration_{grain}",
            key | {"bucket": "bucket"},
            _same(("timed_count",)),
            f"families & {DURATION} <> 0 and bucket is not null",
            {},
        ),
        Rollup(
            f"rollup_push_{grain}",
            key,
            _same(PUSH_COUNTERS) | {"total_sessions": "session_count"},
            f"families & {PUSH} <> 0",
            {},
        ),
    )


SESSION_ROLLUPS: dict[Grain, tuple[Rollup, ...]] = {grain: _session_rollups(grain) for grain in GRAINS}
ACTIVITY_ROLLUP = Rollup(
    "rollup_activity_quarter", _same(("account_id", "quarter")), _same(ACTIVITY_COUNTERS), "true", {}
)
GAP_ROLLUPS = (
    Rollup(
        "rollup_entry_gap_quarter",
        _same(("account_id", "to_quarter", "from_quarter")),
        _same(("session_count",)),
        "true",
        {},
    ),
    Rollup(
        "rollup_entry_gap_day",
        {
            "account_id": "account_id",
            "to_day": start_of("day", "to_quarter"),
            "from_day": start_of("day", "from_quarter"),
        },
        _same(("session_count",)),
        f"{start_of('day', 'to_quarter')} <> {start_of('day', 'from_quarter')}",
        {},
    ),
)

_ALL_SESSION_ROLLUPS = tuple(rollup for grain in GRAINS for rollup in SESSION_ROLLUPS[grain])


@dataclass(frozen=True, slots=True)
class Fold:
    """How one delta table is emptied into its rollups."""

    move: str
    """Parameter `limit`. One row: how many deltas moved, and as arrays the places where something was taken away.

    Instants as text: Python has no word for the one of what lies outside our calendar.
    """
    clear: tuple[str, ...]
    """Parameters `accounts`, `instants`: the arrays. Deletes rows that count nothing, with the text that they hold."""


def _fold(delta: str, instant: str, lessened: str, rollups: Sequence[Rollup], bins: dict[str, str]) -> Fold:
    parts = [
        (
            f"moved as (delete from analytics.{delta} where ctid = any (array("
            f"select ctid from analytics.{delta} limit %(limit)s)) returning *)"
        ),
        *(f"part_{index} as ({rollup.insert('moved')})" for index, rollup in enumerate(rollups)),
        f"lessened as (select distinct account_id, {instant} as instant from moved where {lessened})",
    ]
    move = (
        f"with {', '.join(parts)} select (select count(*) from moved),"
        " array(select account_id from lessened order by account_id, instant),"
        " array(select instant::text from lessened order by account_id, instant)"
    )
    clear = tuple(
        f"delete from analytics.{rollup.name} as target"
        " using unnest(%(accounts)s::uuid[], %(instants)s::timestamptz[]) as lessened (account_id, instant)"
        f" where target.account_id = lessened.account_id and {bins[rollup.name]} and {rollup.is_empty}"
        for rollup in rollups
    )
    return Fold(move, clear)


FOLDS = (
    _fold(
        "session_delta",
        "hour",
        "session_count < 0",
        _ALL_SESSION_ROLLUPS,
        {
            rollup.name: f'target."start" = {start_of(grain, "lessened.instant")}'
            for grain in GRAINS
            for rollup in SESSION_ROLLUPS[grain]
        },
    ),
    _fold(
        "activity_delta",
        "quarter",
        " or ".join(f"{name} < 0" for name in ("entries", "notes", "status_updates", "first_entries")),
        (ACTIVITY_ROLLUP,),
        {ACTIVITY_ROLLUP.name: "target.quarter = lessened.instant"},
    ),
    _fold(
        "entry_gap_delta",
        "to_quarter",
        "session_count < 0",
        GAP_ROLLUPS,
        {
            "rollup_entry_gap_quarter": "target.to_quarter = lessened.instant",
            "rollup_entry_gap_day": f"target.to_day = {start_of('day', 'lessened.instant')}",
        },
    ),
)
