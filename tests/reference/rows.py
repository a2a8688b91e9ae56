"""The rows of every account, as the database has them, and the few rules that all questions share."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

Row = dict[str, Any]
BLANK = " \t\n\r\f\v"


@dataclass
class AllRows:
    """All rows, of all accounts; `lower` is the database's own."""

    categories: list[Row] = field(default_factory=list)
    flows: list[Row] = field(default_factory=list)
    sessions: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)
    users: list[Row] = field(default_factory=list)
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


def by_domain(world: AllRows, sessions: Iterable[Row]) -> dict[str, list[Row]]:
    """The mapped sessions by key."""
    found: dict[str, list[Row]] = defaultdict(list)
    for session in sessions:
        key = world.key(session["problem_domain"])
        if key is not None:
            found[key].append(session)
    return found


def category_keys(world: AllRows, account_id: UUID) -> dict[UUID, str | None]:
    """Each of the account's categories by id: the domain that it is."""
    return {
        category["id"]: world.key(category["name"])
        for category in world.categories
        if category["account_id"] == account_id
    }


def category_label(world: AllRows, account_id: UUID, category_id: UUID | None) -> str | None:
    key = category_keys(world, account_id).get(category_id) if category_id else None
    return label(world, account_id, key, []) if key is not None else None


def narrowed(world: AllRows, domain: str) -> AllRows:
    """The world as if it held only that domain's sessions, flows and categories."""
    sessions = [row for row in world.sessions if world.key(row["problem_domain"]) == world.key(domain)]
    kept = {row["id"] for row in sessions}
    categories = [row for row in world.categories if world.key(row["name"]) == world.key(domain)]
    of_category = {row["id"]: row["account_id"] for row in categories}
    return replace(
        world,
        sessions=sessions,
        activities=[row for row in world.activities if row["session_id"] in kept],
        categories=categories,
        flows=[row for row in world.flows if of_category.get(row["category_id"]) == row["account_id"]],
    )


def asked_label(world: AllRows, account_id: UUID, sessions: list[Row], domain: str | None) -> str | None:
    """What the domain asked for is called; `sessions` are the period's."""
    if domain is None:
        return None
    of_domain = [row for row in sessions if world.key(row["problem_domain"]) == world.key(domain)]
    asked_by: Row = {"problem_domain": domain}
    return label(world, account_id, world.key(domain) or "", of_domain or [asked_by])


def eligible(session: Row) -> bool:
    """Its work is to be logged."""
    return session["status"] == "resolved" and is_linked(session)


def sessions_with(world: AllRows, account_id: UUID, kind: str) -> set[UUID]:
    """The sessions that the account ever pushed something of that kind for."""
    return {
        row["session_id"]
        for row in world.activities
        if row["account_id"] == account_id and row["activity_type"] == kind
    }


def unlogged(world: AllRows, account_id: UUID, sessions: Iterable[Row]) -> list[Row]:
    logged = sessions_with(world, account_id, "time_entry_posted")
    return [row for row in sessions if eligible(row) and row["id"] not in logged]


def capped_hours(sessions: Iterable[Row]) -> Fraction:
    """Their durations, each at most eight hours; what ended before it began adds nothing."""
    spans = [
        min(microseconds(row), 8 * 3_600_000_000)
        for row in sessions
        if row["resolved_at"] is not None and row["resolved_at"] >= row["created_at"]
    ]
    return Fraction(sum(spans), 3_600_000_000)


def label(world: AllRows, account_id: UUID, key: str, sessions: list[Row]) -> str:
    named = [
        category["name"].strip(BLANK)
        for category in world.categories
        if category["account_id"] == account_id and world.key(category["name"]) == key
    ]
    if named:
        return min(named)
    spellings = [session["problem_domain"].strip(BLANK) for session in sessions]
    return min(set(spellings), key=lambda spelling: (-spellings.count(spelling), spelling))
