"""What a counter is. Each is declared once, on the row class that answers with it (`shared_queries.sums`).

A counter adds up a measure over the rows for which a condition holds. From that one declaration come its column in
every rollup and pending table, its expression in the `facts` selects and in the triggers, the folds, the comparison
with the facts and the recount. Conditions are SQL over the words that both sides define (`facts.counting` and the
database's own functions): `resolved`, `escalated`, `abandoned`, `ended`, `guided`, `exploring`, `discovery`, for
what depends on the pushes `linked`, `note`, `entry`; of a push itself `is_entry`, `is_note`, `is_status`, `named`.
"""

from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

SqlType = Literal["integer", "bigint", "numeric"]
Kind = Literal["session", "push", "activity"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a row has of something."""

    name: str
    facts: str
    """SQL: the measure of a group of rows of `analytics.sessions`, or of `psa_activity_log`."""
    trigger: str
    """SQL: the measure of one row, over the words of the function that counts it (`counting.sql`)."""
    type: SqlType = "integer"


@dataclass(frozen=True, slots=True)
class Counter:
    """A measure under a condition."""

    measure: Measure
    where: str = "true"
    kind: Kind = "session"
    """What is counted: sessions by their own row, sessions by what was pushed for them too, or the pushes."""

    @property
    def type(self) -> SqlType:
        """The column's type; readers add up to no more than a bigint, or a numeric."""
        return self.measure.type

    @property
    def facts(self) -> str:
        """SQL over groups of alike sessions, each with its measures."""
        total = "numeric" if self.type == "numeric" else "bigint"
        only = "" if self.where == "true" else f" filter (where {self.where})"
        return f"coalesce((sum({self.measure.name}){only})::{total}, 0)"

    @property
    def trigger(self) -> str:
        """SQL over one session: what it adds."""
        if self.where == "true":
            return self.measure.trigger
        if self.measure.trigger == "1":
            return f"({self.where})::integer"
        return f"case when {self.where} then {self.measure.trigger} else 0 end"


_FORWARD = "resolved_at >= created_at"
_DURATION = "resolved_at - created_at"
_CAP = "interval '8 hours'"
# A float holds the microseconds of 30 years exactly; a numeric all of them, slowly.
_MS = (
    f"case when {_DURATION} < interval '30 years'"
    f" then ((round(date_part('epoch', {_DURATION}) * 1000000))::bigint + 500) / 1000"
    f" else round(extract(epoch from {_DURATION}) * 1000)::bigint end"
)
# Decimal digits by way of text only near a half: see `sql.units.whole_units`.
_SCORE_UNITS = (
    "case when confidence_score between -1000000 and 1000000 then"
    " case when abs(confidence_score * 1000000 - floor(confidence_score * 1000000) - 0.5) > 0.001"
    " then floor(confidence_score * 1000000 + 0.5)::bigint"
    " else round(confidence_score::text::numeric * 1000000)::bigint end end"
)
_HOUR_UNITS = _SCORE_UNITS.replace("confidence_score", "hours_logged").replace("* 1000000", "* 10000")

SESSIONS = Measure("sessions", "count(*)", "1")
FORWARD = Measure("forward", f"count(*) filter (where {_FORWARD})", "(us is not null)::integer")
BACKWARD = Measure("backward", "count(*) filter (where resolved_at < created_at)", "backward::integer")
FORWARD_US = Measure(
    "forward_us",
    f"(extract(epoch from sum({_DURATION}) filter (where {_FORWARD})) * 1000000)::bigint",
    "coalesce(us, 0)",
    "bigint",
)
CAPPED_US = Measure(
    "capped_us",
    f"(extract(epoch from sum(least({_DURATION}, {_CAP})) filter (where {_FORWARD})) * 1000000)::bigint",
    "least(coalesce(us, 0), 28800000000)",
    "bigint",
)
"""Each duration 8 hours at most: one forgotten session must not outweigh all others."""
SQUARE_MS = Measure(
    "square_ms",
    f"sum(({_MS})::numeric * ({_MS})) filter (where {_FORWARD})",
    "coalesce(((us + 500) / 1000)::numeric * ((us + 500) / 1000), 0)",
    "numeric",
)
"""Squares of the durations in whole milliseconds, rounded half away from zero before."""
RATED = Measure("rated", "count(session_rating)", "(rating is not null)::integer")
RATING = Measure("rating", "sum(session_rating)", "coalesce(rating, 0)")
SCORED = Measure("scored", "count(confidence_score)", "(score is not null)::integer")
SCORE_UNITS = Measure("score_units", f"sum({_SCORE_UNITS})::bigint", "coalesce(score, 0)", "bigint")

ACTIVITIES = Measure("activities", "count(*)", "1")
HOUR_UNITS = Measure("hour_units", f"sum({_HOUR_UNITS})::bigint", "units", "bigint")


def counters_of(row: type[Any]) -> dict[str, Counter]:
    """Give the counters among a row class's fields, by name, in order."""
    hints = get_type_hints(row, include_extras=True)
    return {
        field.name: declared
        for field in fields(row)
        if get_origin(hints[field.name]) is Annotated
        for declared in get_args(hints[field.name])[1:]
        if isinstance(declared, Counter)
    }
