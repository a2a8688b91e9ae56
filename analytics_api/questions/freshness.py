"""How fresh the numbers are: `as_of` of the request's own snapshot, and whether that is too long ago."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from analytics_api.database.replica import Snapshot
from shared_queries.plan import Rows
from shared_queries.statement import Statement
from shared_queries.tables import freshness_view

AS_OF = Statement(select(freshness_view.c.as_of), {}, plan_once=True)
"""The instant up to which the snapshot is complete: one row, or none."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Everything before `as_of` is in the numbers; None while no consumer has ever beaten."""

    as_of: datetime | None
    stale: bool

    @property
    def headers(self) -> dict[str, str]:
        """The `As-Of` header, which a 304 carries too: it moves on while the tag stays."""
        return {} if self.as_of is None else {"As-Of": self.as_of.isoformat().replace("+00:00", "Z")}


async def read_as_of(snapshot: Snapshot) -> datetime | None:
    """Return the instant up to which the snapshot is complete."""
    (rows,) = await snapshot.run(AS_OF)
    return as_of_in(rows)


def as_of_in(rows: Rows) -> datetime | None:
    """Read what `AS_OF` gave."""
    return rows[0][0] if rows else None


def freshness(as_of: datetime | None, now: datetime, max_staleness: timedelta) -> Freshness:
    """Return the judgement: without a heartbeat nothing is known, and that is stale."""
    return Freshness(as_of, stale=as_of is None or now - as_of > max_staleness)
