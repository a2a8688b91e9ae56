"""Ask the database a question as the API does: in its role, for one account; and compare with the reference."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from fractions import Fraction
from numbers import Real
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from shared_queries.periods.period import Period, parse_period
from shared_queries.plan import Plan
from tests.reference.period import ReferencePeriod
from tests.reference.rows import AllRows

Answer = TypeVar("Answer")


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Connection]:
    """A superuser's transaction that leaves nothing behind."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def ask(connection: Connection, account_id: UUID, plan: Plan[Answer]) -> Answer:
    """The answer, read with the rights of the API and no more."""
    connection.execute(text("select set_config('app.current_account_id', :id, true)"), {"id": str(account_id)})
    connection.execute(text("set local role flowpilot_api"))
    rows = [connection.execute(statement).all() for statement in plan.statements]
    connection.execute(text("reset role"))
    return plan.answer(rows)


def use_lower_of(connection: Connection, world: AllRows, *others: str | None) -> None:
    """Give the world the database's own lower-casing, which differs from Python's for some letters."""
    names = [row["problem_domain"] for row in world.sessions] + [row["name"] for row in world.categories]
    trimmed = sorted({(name or "").strip(" \t\n\r\f\v") for name in [*names, *others]})
    found = connection.execute(
        text("select name, lower(name) from unnest(cast(:names as text[])) name"), {"names": trimmed}
    )
    lowered: dict[str, str] = {name: lower for name, lower in found}  # noqa: C416  a Result is no iterable of pairs to mypy
    world.lower = lambda name: lowered[name]


def period_at(now: datetime, tz: str = "UTC", **asked: str) -> Period:
    return parse_period(
        period=asked.get("period"), from_=asked.get("from_"), to=asked.get("to"), tz=tz, now=now, default_tz=None
    )


def reference_period(period: Period) -> ReferencePeriod:
    return ReferencePeriod(period.first_day, period.last_day, period.zone, period.now)


PERCENTILES = ("median_resolution_minutes", "p90_resolution_minutes")


def assert_nearly(actual: object, expected: object) -> None:
    """The same, but for percentiles out of a histogram: within 1 %, or 0.02 minutes below one second."""
    if is_dataclass(actual) and not isinstance(actual, type):
        found = asdict(actual)
        for name in PERCENTILES:
            right = expected[name] if isinstance(expected, dict) and name in expected else None
            if right is not None and abs(found[name] - right) <= max(right / 100, 0.02 if right < 1 / 60 else 0):
                found[name] = right
        actual = found
    assert_same(actual, expected)


def assert_same(actual: object, expected: object, where: str = "answer") -> None:
    """Equal, where a float of ours may differ from the reference's exact fraction by its last digits."""
    actual = asdict(actual) if is_dataclass(actual) and not isinstance(actual, type) else actual
    if isinstance(expected, dict):
        assert isinstance(actual, dict), where
        assert list(actual) == list(expected), where
        for name, value in expected.items():
            assert_same(actual[name], value, f"{where}.{name}")
    elif isinstance(expected, list):
        assert isinstance(actual, list), where
        assert len(actual) == len(expected), f"{where}: {actual} != {expected}"
        for index, (one, other) in enumerate(zip(actual, expected, strict=True)):
            assert_same(one, other, f"{where}[{index}]")
    elif isinstance(expected, (float, Fraction)) and isinstance(actual, Real):
        assert math.isclose(actual, expected, rel_tol=1e-12, abs_tol=1e-12), f"{where}: {actual} != {expected}"
    else:
        assert actual == expected, f"{where}: {actual!r} != {expected!r}"
