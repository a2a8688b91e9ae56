from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Double, Engine, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import func
from sqlalchemy.sql.expression import literal

from shared_queries.sql.units import whole_units


def in_sql(engine: Engine, values: Sequence[float], per_one: int) -> list[int | None]:
    given_values = func.unnest(literal(values, ARRAY(Double)), type_=Double).column_valued("given")
    with engine.connect() as connection:
        return list(connection.execute(select(whole_units(given_values, per_one))).scalars())


def decimally(value: float, per_one: int) -> int:
    return int((Decimal(repr(value)) * per_one).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@given(
    st.lists(
        st.one_of(
            st.floats(-1000, 1000),
            # Near and on the halves, where a double and its decimal digits may disagree.
            st.builds(
                lambda units, off: (units + 0.5) / 10_000 + off * 1e-13, st.integers(0, 10**7), st.integers(-9, 9)
            ),
            st.builds(lambda units: (units * 10 + 5) / 10_000_000, st.integers(0, 10**6)),
        ),
        min_size=1,
        max_size=200,
    )
)
@example([0.00005, 0.00015, 1.00005, 0.0000005, 0.1234565, 0.12345649999999997, -0.00005, 2.5e-5, 1e-300, 1000.0])
@settings(max_examples=30, deadline=None)
def test_values_are_rounded_half_away_from_zero_on_their_shortest_decimal_digits(
    engine: Engine, values: list[float]
) -> None:
    for per_one in (10_000, 1_000_000):
        assert in_sql(engine, values, per_one) == [decimally(value, per_one) for value in values]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 1e300])
def test_what_is_no_score_and_no_hours_counts_as_nothing(engine: Engine, value: float) -> None:
    assert in_sql(engine, [value], 1_000_000) == [None]
