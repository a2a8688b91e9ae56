"""Which implementation of the questions answers: the facts themselves, or the rollups kept beside them."""

from analytics_api.replica import Snapshot
from analytics_api.settings import ReadPath
from shared_queries import rollups
from shared_queries.source import Source


async def chosen_source(snapshot: Snapshot, forced: ReadPath | None) -> Source:
    """The rollups where this snapshot holds them complete, else the facts; the facts too where the setting says so."""
    if forced == "facts":
        return Source.FACTS
    filled = any(row.filled for row in await snapshot.rows(rollups.is_filled()))
    return Source.ROLLUPS if filled else Source.FACTS
