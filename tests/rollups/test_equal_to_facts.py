"""Rollups give what the facts give, over worlds full of edges, however much of it is folded."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, NullPool, create_engine

from tests.infra.database import Database
from tests.queries.asking import rolled_back
from tests.queries.rows import fill
from tests.queries.worlds import Case, cases
from tests.rollups.comparing import assert_rollups_equal_facts, fold


@pytest.fixture(scope="module")
def engine(module_database: Database) -> Iterator[Engine]:
    made = create_engine(module_database.dsn.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    yield made
    made.dispose()


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(case=cases(), folded=st.sampled_from([0, 3, 1_000_000]))
def test_every_answer_is_the_same_from_rollups_as_from_facts(engine: Engine, case: Case, folded: int) -> None:
    with rolled_back(engine) as connection:
        fill(connection, case.world)
        fold(connection, folded)
        assert_rollups_equal_facts(connection, case.account_id, case.period)
