"""Values as whole numbers of a small unit: however they are added, the sum is the same."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Label,
    Numeric,
    Text,
    case,
    cast,
    extract,
    func,
    literal_column,
    null,
)

from shared_queries.sql.literals import number

LIMIT = 1_000_000
"""What lies beyond it, or is no number, is no score and no hours, and counts as nothing."""


def whole_units(value: ColumnElement[Any], per_one: int) -> ColumnElement[int]:
    """Return a double in units of 1/`per_one`, rounded to the nearest, half away from zero on its decimal digits.

    Decimal digits by way of text, which gives a double its shortest exact ones; a direct cast to numeric would cut
    them to 15 first, and round twice. That is slow (measured: 46 of 114 ms for 70,000 scores), and only near a half
    can it differ from what the double says, so only there is it done (then 9 ms).
    """
    scaled = value * literal_column(f"{per_one}::double precision", Double)
    half = literal_column("0.5::double precision", Double)
    distance = func.abs(scaled - func.floor(scaled) - half)
    return case(
        (~value.between(number(-LIMIT), number(LIMIT)), null()),
        (distance > literal_column("0.001::double precision", Double), cast(func.floor(scaled + half), BigInteger)),
        else_=cast(func.round(cast(cast(value, Text), Numeric) * number(per_one)), BigInteger),
    )


def microseconds(interval: ColumnElement[Any]) -> ColumnElement[int]:
    """Return a duration between two instants, or a sum of such; null for null.

    Through a numeric, and so exact and slow: for a result, not for each of many rows.
    """
    return cast(extract("epoch", interval) * number(1_000_000), BigInteger)


def whole_sum(value: ColumnElement[Any], where: ColumnElement[bool] | None = None) -> ColumnElement[int]:
    """Sum of integers as an integer (PostgreSQL makes a numeric of a sum of bigints); 0 of nothing."""
    added = func.sum(value)
    return func.coalesce(cast(added if where is None else added.filter(where), BigInteger), number(0))


def numeric_sum(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Sum of integers beyond a bigint; 0 of nothing."""
    return func.coalesce(func.sum(value, type_=Numeric), number(0), type_=Numeric)


def count(name: str, *where: ColumnElement[bool]) -> Label[Any]:
    """Count the rows that satisfy all conditions, under that name."""
    return func.count().filter(*where).label(name) if where else func.count().label(name)
