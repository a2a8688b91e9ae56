"""The rows of every account, as the database has them, and the few rules that all questions share."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

Row = dict[str, Any]
BLANK = " \t\n\r\f\v"


@dataclass
class World:
    """All rows, of all accounts; `lower` is the database's own."""

    categories: list[Row] = field(default_factory=list)
    flows: list[Row] = field(default_factory=list)
    sessions: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)
    lower: Callable[[str], str] = str.lower

    def key(self, text: str | None) -> str | None:
        """A domain's identity, or None if it is no domain."""
        trimmed = (text or "").strip(BLANK)
        return self.lower(trimmed) if trimmed else None


def rate(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def units(value: float, per_one: int) -> int:
    return int((Decimal(repr(value)) * per_one).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def microseconds(session: Row) -> int:
    span = session["resolved_at"] - session["created_at"]
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def is_ended(session: Row) -> bool:
    return session["status"] in {"resolved", "escalated", "abandoned"}


def tier(session: Row) -> str | None:
    return session["confidence_tier"] if session["confidence_tier"] in {"guided", "exploring", "discovery"} else None


def is_timed(session: Row) -> bool:
    return (
        session["status"] == "resolved"
        and session["resolved_at"] is not None
        and session["resolved_at"] >= session["created_at"]
    )


def is_invalid(session: Row) -> bool:
    return (
        session["status"] == "resolved"
        and session["resolved_at"] is not None
        and session["resolved_at"] < session["created_at"]
    )


def is_linked(session: Row) -> bool:
    return bool((session["psa_ticket_id"] or "").strip(BLANK))


def with_status(sessions: Iterable[Row], status: str) -> int:
    return sum(session["status"] == status for session in sessions)


def mean_minutes(sessions: Iterable[Row]) -> Fraction | None:
    """Mean duration of those that are timed."""
    spans = [microseconds(session) for session in sessions if is_timed(session)]
    return Fraction(sum(spans), len(spans) * 60_000_000) if spans else None


def by_domain(world: World, sessions: Iterable[Row]) -> dict[str, list[Row]]:
    """The mapped sessions by key."""
    found: dict[str, list[Row]] = defaultdict(list)
    for session in sessions:
        key = world.key(session["problem_domain"])
        if key is not None:
            found[key].append(session)
    return found


def label(world: World, account_id: UUID, key: str, sessions: list[Row]) -> str:
    named = [
        category["name"].strip(BLANK)
        for category in world.categories
        if category["account_id"] == account_id and world.key(category["name"]) == key
    ]
    if named:
        return min(named)
    spellings = [session["problem_domain"].strip(BLANK) for session in sessions]
    return min(set(spellings), key=lambda spelling: (-spellings.count(spelling), spelling))
