"""Statements that compare the rollups with the facts, and add the difference where there is one.

The pending deltas count with the rollup. Each statement sees one snapshot, so writers need not stop; what is added is a
delta like any other, so it stays right however the writers go on.
"""

from dataclasses import dataclass

from shared_queries.rollups.folding import (
    ACTIVITY_ROLLUP,
    DOMAIN,
    DURATION,
    FLOW,
    GAP_ROLLUPS,
    PUSH,
    SESSION_ROLLUPS,
    Rollup,
)
from shared_queries.rollups.tables import (
    ACTIVITY_COUNTERS,
    DOMAIN_COUNTERS,
    FLOW_COUNTERS,
    GRAINS,
    STAGE_COUNTERS,
    Grain,
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One rollup against the facts."""

    rollup: Rollup
    delta: str
    correction: dict[str, str] | None
    """The delta's columns as SQL over a row of `drift`; None where only the rollup itself can be put right."""

    def drift(self, facts: str, where: str = "true") -> str:
        """Return the key, then by how much each counter of the facts is greater.

        `facts` is a source of rows like those of the delta table; `where` is about the rollup's key columns.
        """
        rollup = self.rollup
        key = ", ".join(f'"{name}"' for name in (*rollup.key, *rollup.carried))
        names = ", ".join(rollup.counters)
        sums = ", ".join(f"sum({name})" for name in rollup.counters)
        zeros = ", ".join("0" for _ in rollup.counters)
        return (
            f"select {key}, {', '.join(f'sum({name}) as {name}' for name in rollup.counters)} from ("
            f"{self._binned(facts, 1)} union all {self._binned(f'analytics.{self.delta}', -1)} union all"
            f" select {key}, {', '.join(f'-{name}' for name in rollup.counters)} from analytics.{rollup.name}"
            f") as side ({key}, {names}) where {where} group by {key} having row({sums}) is distinct from row({zeros})"
        )

    def repair(self, facts: str, where: str) -> str:
        """Add the difference; one row: how many rows differed."""
        drift = f"drift as ({self.drift(facts, where)})"
        if self.correction is not None:
            columns, values = ", ".join(self.correction), ", ".join(self.correction.values())
            added = f"insert into analytics.{self.delta} ({columns}) select {values} from drift"
        else:
            added = self._as_it_is().insert("drift")
        return f"with {drift}, added as ({added}) select count(*) from drift"

    def _binned(self, source: str, sign: int) -> str:
        rollup = self.rollup
        values = [*rollup.key.values(), *rollup.carried.values()]
        counters = [f"{sign} * ({value})" for value in rollup.counters.values()]
        return f"select {', '.join([*values, *counters])} from {source} where {rollup.where}"

    def _as_it_is(self) -> Rollup:
        """Return the same rollup, of rows that are binned already."""
        same = {name: f'"{name}"' for name in (*self.rollup.key, *self.rollup.carried, *self.rollup.counters)}
        return Rollup(
            self.rollup.name,
            {name: same[name] for name in self.rollup.key},
            {name: same[name] for name in self.rollup.counters},
            "true",
            {name: same[name] for name in self.rollup.carried},
        )


_HOUR = {"account_id": "account_id", "hour": '"start"'}
_CORRECTIONS: tuple[dict[str, str], ...] = (
    {"families": str(DOMAIN), **_HOUR, **{name: name for name in ("spelling", *DOMAIN_COUNTERS)}},
    {
        "families": str(FLOW),
        **_HOUR,
        **{name: name for name in ("flow_id", *FLOW_COUNTERS) if name != "classified"},
        "exploring": "classified - guided",
    },
    {"families": str(DURATION), **_HOUR, "bucket": "bucket", "timed_count": "timed_count"},
    {"families": str(PUSH), **_HOUR, "session_count": "total_sessions", **{name: name for name in STAGE_COUNTERS}},
)


def _of_sessions(grain: Grain) -> list[Comparison]:
    # A delta goes into every grain: it can only put right what all of them miss.
    return [
        Comparison(rollup, "session_delta", correction if grain == "hour" else None)
        for rollup, correction in zip(SESSION_ROLLUPS[grain], _CORRECTIONS, strict=True)
    ]


SESSION_COMPARISONS = tuple(comparison for grain in GRAINS for comparison in _of_sessions(grain))
"""The finest grain first: what is added there is pending for the others."""
ACTIVITY_COMPARISON = Comparison(
    ACTIVITY_ROLLUP, "activity_delta", {name: name for name in ("account_id", "quarter", *ACTIVITY_COUNTERS)}
)
GAP_COMPARISONS = (
    Comparison(
        GAP_ROLLUPS[0],
        "entry_gap_delta",
        {name: name for name in ("account_id", "from_quarter", "to_quarter", "session_count")},
    ),
    Comparison(GAP_ROLLUPS[1], "entry_gap_delta", None),
)
