"""Statements that compare the rollups with the facts: the rows by which they differ, none when all is well.

The pending deltas count with the rollup. Each statement sees one snapshot, so writers need not stop.
"""

from dataclasses import dataclass

from shared_queries.rollups.folding import ACTIVITY_ROLLUP, GAP_ROLLUPS, SESSION_ROLLUPS, Rollup
from shared_queries.rollups.recount import ACTIVITIES, GAPS, PUSHES, SESSIONS
from shared_queries.rollups.tables import GRAINS


@dataclass(frozen=True, slots=True)
class Comparison:
    """One rollup against the facts."""

    rollup: Rollup
    facts: str
    """Rows like those of the delta table."""
    delta: str

    def rows(self, where: str = "true") -> str:
        """The key, then by how much each counter of the facts is greater; `where` is about the key's columns."""
        key = ", ".join(f'"{name}"' for name in (*self.rollup.key, *self.rollup.carried))
        names = ", ".join(self.rollup.counters)
        sums = ", ".join(f"sum({name})" for name in self.rollup.counters)
        zeros = ", ".join("0" for _ in self.rollup.counters)
        return (
            f"select {key}, {sums} from ("
            f"{self._of_deltas(self.facts, 1)} union all {self._of_deltas(f'analytics.{self.delta}', -1)} union all"
            f" select {key}, {', '.join(f'-{name}' for name in self.rollup.counters)}"
            f" from analytics.{self.rollup.name}) as side ({key}, {names})"
            f" where {where} group by {key} having row({sums}) is distinct from row({zeros})"
        )

    def _of_deltas(self, source: str, sign: int) -> str:
        rollup = self.rollup
        values = [*rollup.key.values(), *rollup.carried.values()]
        counters = [f"{sign} * ({value})" for value in rollup.counters.values()]
        return f"select {', '.join([*values, *counters])} from {source} where {rollup.where}"


def _comparisons() -> tuple[Comparison, ...]:
    sessions = tuple(
        Comparison(
            rollup, f"({PUSHES if rollup.name.startswith('rollup_push') else SESSIONS}) as fact", "session_delta"
        )
        for grain in GRAINS
        for rollup in SESSION_ROLLUPS[grain]
    )
    gaps = tuple(Comparison(rollup, f"({GAPS}) as fact", "entry_gap_delta") for rollup in GAP_ROLLUPS)
    return (*sessions, Comparison(ACTIVITY_ROLLUP, f"({ACTIVITIES}) as fact", "activity_delta"), *gaps)


COMPARISONS = _comparisons()
"""Of every rollup."""
