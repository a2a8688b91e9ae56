"""The statements that add what is pending to the rollups.

One statement moves a pending row into every rollup that it belongs to, so no snapshot sees it twice or not at all. The
compactor runs them on what is pending; the first filling and the repair give them a source of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared_queries.rollups.families import (
    ACTIVITY_FAMILIES,
    PUSH_COUNTERS,
    SESSION_FAMILIES,
    WIDTHS,
    Family,
    Grain,
)
from shared_queries.sums import COUNTERS_VERSION


@dataclass(frozen=True, slots=True)
class Rollup:
    """One rollup as the target of a fold: its key by column, and what each counter adds up, as SQL over the source."""

    name: str
    key: dict[str, str]
    counters: dict[str, str]
    where: str
    carried: dict[str, str]
    """Columns that follow from the key."""
    instant: str = "start"
    """The column of the key that says when."""

    def insert(self, source: str) -> str:
        """Add the source's rows; in the order of the key, so that neighbours in time are neighbours on disk."""
        columns = [*self.key, *self.carried, *self.counters]
        values = [*self.key.values(), *self.carried.values(), *(f"sum({value})" for value in self.counters.values())]
        return f"""insert into analytics.{self.name} as target (
{_lines(_quoted(columns))}
)
select
{_lines(values)}
from {source}
where {self.where}
group by {", ".join([*self.key.values(), *self.carried.values()])}
order by {", ".join(self.key.values())}
on conflict ({", ".join(_quoted(self.key))}) do update set
{_lines(f"{name} = target.{name} + excluded.{name}" for name in self.counters)}"""

    @property
    def is_empty(self) -> str:
        """Whether a row counts nothing any more."""
        return " and ".join(f"target.{name} = 0" for name in self.counters)

    def as_it_is(self, **binned: str) -> "Rollup":
        """Make the same rollup, of rows that are binned already, but for the columns given as SQL."""
        same = {name: f'"{name}"' for name in (*self.key, *self.carried, *self.counters)} | binned
        key, counters, carried = (
            {name: same[name] for name in names} for names in (self.key, self.counters, self.carried)
        )
        return Rollup(self.name, key, counters, "true", carried, self.instant)


def _lines(items: Iterable[str]) -> str:
    return ",\n".join(f"  {item}" for item in items)


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def start_of(grain: Grain, instant: str = "quarter") -> str:
    """Name the stretch that an instant, given as SQL, falls in."""
    return f"analytics.bin('{WIDTHS[grain]}', {instant})"


def _of(family: Family, grain: Grain) -> Rollup:
    return Rollup(
        family.table(grain),
        {"account_id": "account_id", "start": start_of(grain), **{each.name: each.value for each in family.key}},
        {name: name for name in family.counters},
        f"families & {family.bit} <> 0 and {family.where}",
        {each.name: each.value for each in family.carried},
    )


def _from_finer(families: Iterable[Family], rollups: Mapping[tuple[str, Grain], Rollup]) -> list[tuple[Rollup, str]]:
    """Give each rollup with what makes it where there is none: the next finer one, and `counted` for the finest."""
    made: list[tuple[Rollup, str]] = []
    for family in families:
        made.append((rollups[family.name, family.grains[0]], "counted"))
        for finer, grain in pairwise(family.grains):
            start = start_of(grain, '"start"')
            made.append((rollups[family.name, grain].as_it_is(start=start), f"analytics.{family.table(finer)}"))
    return made


_SESSIONS = {(family.name, grain): _of(family, grain) for family in SESSION_FAMILIES for grain in family.grains}
_ACTIVITIES = {(family.name, grain): _of(family, grain) for family in ACTIVITY_FAMILIES for grain in family.grains}
SESSION_ROLLUPS = tuple(_SESSIONS.values())
SESSIONS_FROM_FINER = _from_finer(SESSION_FAMILIES, _SESSIONS)
ACTIVITY_ROLLUPS = tuple(_ACTIVITIES.values())
GAP_ROLLUPS = (
    Rollup(
        "entry_gap_rollup_quarter",
        {name: name for name in ("account_id", "to_quarter", "from_quarter")},
        {"session_count": "session_count"},
        "true",
        {},
        "to_quarter",
    ),
    Rollup(
        "entry_gap_rollup_day",
        {
            "account_id": "account_id",
            "to_day": start_of("day", "to_quarter"),
            "from_day": start_of("day", "from_quarter"),
        },
        {"session_count": "session_count"},
        f"{start_of('day', 'to_quarter')} <> {start_of('day', 'from_quarter')}",
        {},
        "to_day",
    ),
)


@dataclass(frozen=True, slots=True)
class Fold:
    """How one table of pending rows is emptied into its rollups."""

    pending: str
    move: str
    """Parameter `limit`. One row: how many rows moved, and as arrays the places where something was taken away.

    Instants as text: Python has no word for the one of what lies outside our calendar. Nothing moves in a database
    whose triggers count by another version of the counters: that is checked in the statement's own snapshot, which sees
    no row of a version before it sees the version.
    """
    clear: tuple[str, ...]
    """Parameters `accounts`, `instants`: the arrays. Deletes rows that count nothing, with the text that they hold."""


def _fold(pending: str, instant: str, lessened: str, rollups: Sequence[Rollup], starts: dict[str, str]) -> Fold:
    indented = "\n"
    parts = [
        f"""moved as (
  delete from analytics.{pending}
  where ctid = any (array(
    select ctid from analytics.{pending}
    where exists (select from analytics.rollup_state where counters_version = {COUNTERS_VERSION})
    limit %(limit)s
  ))
  returning *
)""",
        *(f"into_{rollup.name} as (\n{rollup.insert('moved')}\n)" for rollup in rollups),
        f"lessened as (select distinct account_id, {instant} as instant from moved where {lessened})",
    ]
    move = f"""with {f",{indented}".join(parts)}
select (select count(*) from moved),
  array(select account_id from lessened order by account_id, instant),
  array(select instant::text from lessened order by account_id, instant)"""
    clear = tuple(
        f"""delete from analytics.{rollup.name} as target
using unnest(%(accounts)s::uuid[], %(instants)s::timestamptz[]) as lessened (account_id, instant)
where target.account_id = lessened.account_id and target."{rollup.instant}" = {starts[rollup.name]}
  and {rollup.is_empty}"""
        for rollup in rollups
    )
    return Fold(pending, move, clear)


def _any_below_zero(names: Iterable[str]) -> str:
    return " or ".join(f"{name} < 0" for name in names)


FOLDS = (
    _fold(
        "pending_session",
        "quarter",
        _any_below_zero(("session_count", *PUSH_COUNTERS)),
        SESSION_ROLLUPS,
        {rollup.name: start_of(grain, "lessened.instant") for (_, grain), rollup in _SESSIONS.items()},
    ),
    _fold(
        "pending_activity",
        "quarter",
        _any_below_zero(("entries", "notes", "status_updates", "first_entries")),
        ACTIVITY_ROLLUPS,
        {rollup.name: "lessened.instant" for rollup in ACTIVITY_ROLLUPS},
    ),
    _fold(
        "pending_entry_gap",
        "to_quarter",
        "session_count < 0",
        GAP_ROLLUPS,
        {
            "entry_gap_rollup_quarter": "lessened.instant",
            "entry_gap_rollup_day": start_of("day", "lessened.instant"),
        },
    ),
)
