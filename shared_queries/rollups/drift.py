"""Statements that compare the rollups with the facts, and add the difference where there is one.

What is pending counts with the rollup. A comparison and its repair see one snapshot, without a compactor beside them;
writers need not stop, since what they write is pending.
"""

from dataclasses import dataclass

from shared_queries.rollups.folding import ACTIVITY_ROLLUPS, GAP_ROLLUPS, SESSION_ROLLUPS, Rollup


@dataclass(frozen=True, slots=True)
class Comparison:
    """One rollup against the facts."""

    rollup: Rollup
    pending: str

    def drift(self, facts: str, where: str = "true") -> str:
        """Select the key, then by how much each counter of the facts is greater.

        `facts` is a source of rows like the pending ones; `where` is about the rollup's key columns.
        """
        rollup = self.rollup
        key = ", ".join(f'"{name}"' for name in (*rollup.key, *rollup.carried))
        names = ", ".join(rollup.counters)
        return f"""select {key},
  {", ".join(f"sum({name}) as {name}" for name in rollup.counters)}
from (
  {self._binned(facts, 1)}
  union all
  {self._binned(f"analytics.{self.pending}", -1)}
  union all
  select {key}, {", ".join(f"-{name}" for name in rollup.counters)} from analytics.{rollup.name}
) as side ({key}, {names})
where {where}
group by {key}
having row({", ".join(f"sum({name})" for name in rollup.counters)})
  is distinct from row({", ".join("0" for _ in rollup.counters)})"""

    def repair(self, facts: str, where: str) -> str:
        """Add the difference; one row: how many rows differed."""
        added = self.rollup.as_it_is().insert("drift")
        return f"with drift as ({self.drift(facts, where)}),\nadded as ({added})\nselect count(*) from drift"

    def clear(self, where: str) -> str:
        """Delete the rows that count nothing, which a repair may have made."""
        return f"delete from analytics.{self.rollup.name} as target where {where} and {self.rollup.is_empty}"

    def _binned(self, source: str, sign: int) -> str:
        rollup = self.rollup
        values = [*rollup.key.values(), *rollup.carried.values()]
        counters = [f"{sign} * ({value})" for value in rollup.counters.values()]
        return f"select {', '.join([*values, *counters])} from {source} where {rollup.where}"


SESSION_COMPARISONS = tuple(Comparison(rollup, "pending_session") for rollup in SESSION_ROLLUPS)
ACTIVITY_COMPARISONS = tuple(Comparison(rollup, "pending_activity") for rollup in ACTIVITY_ROLLUPS)
GAP_COMPARISONS = tuple(Comparison(rollup, "pending_entry_gap") for rollup in GAP_ROLLUPS)
