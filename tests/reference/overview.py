import math
from fractions import Fraction
from typing import Any
from uuid import UUID

from tests.reference.period import ReferencePeriod
from tests.reference.rows import (
    AllRows,
    Row,
    asked_label,
    by_domain,
    is_ended,
    is_invalid,
    is_timed,
    label,
    mean_minutes,
    microseconds,
    narrowed,
    rate,
    tier,
    with_status,
)


def overview(world: AllRows, account_id: UUID, period: ReferencePeriod, domain: str | None = None) -> dict[str, Any]:
    if domain is not None:
        label_asked = asked_label(world, account_id, period.of(world.sessions, account_id), domain)
        narrow = overview(narrowed(world, domain), account_id, period)
        return narrow | {"account_name": account_name(world, account_id), "domain": label_asked}
    sessions = period.of(world.sessions, account_id)
    ended = [session for session in sessions if is_ended(session)]
    classified = [session for session in sessions if tier(session)]
    guided = [session for session in sessions if tier(session) == "guided"]
    guided_ended = [session for session in guided if is_ended(session)]
    durations = sorted(microseconds(session) for session in sessions if is_timed(session))
    ratings = [session["session_rating"] for session in sessions if session["session_rating"] is not None]
    return {
        "total_sessions": len(sessions),
        "open_count": len(sessions) - len(ended),
        "ended_count": len(ended),
        "resolution_rate": rate(with_status(ended, "resolved"), len(ended)),
        "escalation_rate": rate(with_status(ended, "escalated"), len(ended)),
        "abandonment_rate": rate(with_status(ended, "abandoned"), len(ended)),
        "guided_rate": rate(len(guided), len(classified)),
        "classified_count": len(classified),
        "guided_resolved_share": rate(with_status(guided, "resolved"), len(ended)),
        "guided_success_rate": rate(with_status(guided, "resolved"), len(guided_ended)),
        "guided_ended_count": len(guided_ended),
        "mttr_minutes": mean_minutes(sessions),
        "median_resolution_minutes": nearest_rank(durations, 50),
        "p90_resolution_minutes": nearest_rank(durations, 90),
        "timed_count": len(durations),
        "invalid_duration_count": sum(map(is_invalid, sessions)),
        "avg_rating": rate(sum(ratings), len(ratings)),
        "rated_count": len(ratings),
        "confidence_tiers": {
            "guided": len(guided),
            "exploring": sum(tier(session) == "exploring" for session in sessions),
            "discovery": sum(tier(session) == "discovery" for session in sessions),
            "unclassified": len(sessions) - len(classified),
        },
        "time_saved": time_saved(world, account_id, sessions),
        "domain_breakdown": breakdown(world, account_id, sessions),
        "account_name": account_name(world, account_id),
        "domain": None,
    }


def account_name(world: AllRows, account_id: UUID) -> str | None:
    """The one that every account with a row has."""
    rows = [*world.categories, *world.flows, *world.sessions, *world.activities, *world.users]
    return "An account" if any(row["account_id"] == account_id for row in rows) else None


def nearest_rank(durations: list[int], percent: int) -> Fraction | None:
    """The smallest that at least so many percent do not exceed."""
    for rank, duration in enumerate(durations, start=1):
        if rank * 100 >= percent * len(durations):
            return Fraction(duration, 60_000_000)
    return None


def time_saved(world: AllRows, account_id: UUID, sessions: list[Row]) -> dict[str, Any]:
    timed = [session for session in sessions if is_timed(session)]
    spelled = by_domain(world, sessions)
    hours, squared_error, counted = Fraction(0), Fraction(0), 0
    rows = []
    for key, of_domain in by_domain(world, timed).items():
        guided = [session for session in of_domain if tier(session) == "guided"]
        unguided = [session for session in of_domain if tier(session) != "guided"]
        if len(guided) >= 5 and len(unguided) >= 5:
            saved = (mean_minutes(unguided) - mean_minutes(guided)) * len(guided) / 60
            squared = len(guided) ** 2 * (variance(unguided) / len(unguided) + variance(guided) / len(guided))
            hours, squared_error, counted = hours + saved, squared_error + squared, counted + len(guided)
            rows.append(
                {
                    "domain": label(world, account_id, key, spelled[key]),
                    "hours": saved,
                    **around(saved, squared),
                    "guided_timed_count": len(guided),
                    "unguided_timed_count": len(unguided),
                }
            )
    return {
        "hours": hours if rows else None,
        "domains_counted": len(rows),
        "guided_sessions_counted": counted,
        "guided_sessions_not_comparable": sum(tier(session) == "guided" for session in timed) - counted,
        **(around(hours, squared_error) if rows else {"low": None, "high": None}),
        "by_domain": sorted(rows, key=lambda row: (-round(float(row["hours"]), 9), row["domain"])),
    }


def variance(sessions: list[Row]) -> Fraction:
    """Sample variance in square hours: of the sum, and of the squares of whole milliseconds."""
    spans = [Fraction(microseconds(session), 1000) for session in sessions]
    squares = sum((span + Fraction(1, 2)).__floor__() ** 2 for span in spans)
    found = (squares - sum(spans) ** 2 / len(spans)) / (len(spans) - 1)
    return max(found, Fraction(0)) / 3_600_000**2


def around(hours: Fraction, squared_error: Fraction) -> dict[str, float]:
    half = 1.959963984540054 * math.sqrt(squared_error)
    return {"low": float(hours) - half, "high": float(hours) + half}


def breakdown(world: AllRows, account_id: UUID, sessions: list[Row]) -> list[dict[str, Any]]:
    rows = []
    for key, of_domain in by_domain(world, sessions).items():
        ended = [session for session in of_domain if is_ended(session)]
        rows.append(
            {
                "domain": label(world, account_id, key, of_domain),
                "session_count": len(of_domain),
                "ended_count": len(ended),
                "open_count": len(of_domain) - len(ended),
                "resolution_rate": rate(with_status(ended, "resolved"), len(ended)),
            }
        )
    return sorted(rows, key=lambda row: (-row["session_count"], row["domain"]))
