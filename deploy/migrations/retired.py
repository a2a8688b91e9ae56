"""Tables of release 0.1.0, which its processes still expect to be there; a later release drops them.

Its triggers wrote the deltas; they are replaced, so that no delta comes any more. Its compactor finds nothing to fold,
its reconciliation and its API find rollups that are not filled: the first waits, the second answers from facts.
"""

_ROLLUPS = tuple(
    f"rollup_{family}_{grain}" for family in ("domain", "flow", "duration", "push") for grain in ("hour", "day", "week")
)
RETIRED = (
    "session_delta",
    "activity_delta",
    "entry_gap_delta",
    *_ROLLUPS,
    "rollup_activity_quarter",
    "rollup_entry_gap_quarter",
    "rollup_entry_gap_day",
    "session_push",
)
