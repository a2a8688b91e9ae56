"""Whether the database is the one that the queries were written for."""

from dataclasses import dataclass

from analytics_api.database.replica import Snapshot
from shared_queries import schema_check
from shared_queries.statement import Statement

_COLUMNS = Statement(schema_check.live_columns(), {})
_SURROUNDINGS = Statement(schema_check.live_surroundings(), {})
_FAILURES = Statement(schema_check.trigger_failures(), {})


@dataclass(frozen=True, slots=True)
class Differences:
    """One sentence for each thing that differs from what we rely on."""

    all: list[str]
    obstacles: list[str]
    """Those with which no question can be answered."""


async def schema_differences(snapshot: Snapshot) -> Differences:
    """Compare the live database with what we rely on."""
    columns, surroundings = await snapshot.run(_COLUMNS, _SURROUNDINGS)
    lowered, has_principal, hidden = surroundings[0]
    live = [(schema, relation, name, kind, not_null) for schema, relation, name, kind, not_null in columns]
    around = (lowered, has_principal, hidden)
    return Differences(
        schema_check.differences(live, around), schema_check.differences(live, around, schema_check.ANSWERING)
    )


async def rollup_faults(snapshot: Snapshot) -> list[str]:
    """One sentence for each reason for which the rollups are not to be trusted; the facts answer then."""
    (failures,) = await snapshot.run(_FAILURES)
    return schema_check.not_trusted(failures)
