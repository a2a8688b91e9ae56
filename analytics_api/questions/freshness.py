"""What a snapshot says beside the numbers: up to when all is in it, whether that is too long ago, and its version."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from analytics_api.database.replica import Snapshot
from shared_queries import rollups
from shared_queries.plan import Rows
from shared_queries.statement import Statement
from shared_queries.tables import freshness_view

AS_OF = Statement(select(freshness_view.c.as_of), {}, plan_once=True)
"""The instant up to which the snapshot is complete: one row, or none."""

_STATE = {of_people: rollups.account_state(of_people=of_people) for of_people in (False, True)}
_PLAIN_STATE = Statement(rollups.plain_account_state(), {})


@dataclass(frozen=True, slots=True)
class State:
    """What one snapshot has of an account."""

    as_of: datetime | None
    is_filled: bool
    """Whether the rollups may be read."""
    version: str | None
    """Another one after anything has changed in the answers from rollups; None where that cannot be said."""
    is_older: bool = False
    """Whether the database is of a release before ours."""


def state_at(now: datetime, *, of_people: bool, is_plain: bool) -> Statement:
    """Ask for it; plainly for what a database of an older release can say of it."""
    return _PLAIN_STATE if is_plain else Statement(_STATE[of_people], {"now": now}, plan_once=True)


def state_in(rows: Rows, *, is_plain: bool) -> State:
    """Read what `state_at` gave."""
    as_of, is_filled, is_settled, version = rows[0]
    if is_plain:
        return State(as_of, is_filled=False, version=None, is_older=not is_settled)
    return State(as_of, is_filled, version if is_filled and is_settled else None)


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
