"""Every question in SQL against the same question in plain Python, over worlds full of edges."""

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine

from shared_queries.questions.coverage import coverage
from shared_queries.questions.flow_quality import flow_quality
from shared_queries.questions.overview import overview
from shared_queries.questions.psa import psa
from shared_queries.scope import Scope
from shared_queries.source import SELECTS, Source
from tests.queries.asking import ask, assert_nearly, assert_same, reference_period, rolled_back, use_lower_of
from tests.queries.rows import fill
from tests.queries.worlds import Case, cases
from tests.reference.coverage import coverage as expected_coverage
from tests.reference.flow_quality import flow_quality as expected_flow_quality
from tests.reference.overview import overview as expected_overview
from tests.reference.psa import psa as expected_psa

EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("source", SELECTS, ids=lambda source: source.value)
@given(case=cases())
@EXAMPLES
def test_every_answer_equals_the_reference_in_this_period_and_the_previous_one(
    engine: Engine, source: Source, case: Case
) -> None:
    scope, account_id, world = Scope(case.account_id), case.account_id, case.world
    expected_period = reference_period(case.period)
    compare = assert_same if source is Source.FACTS else assert_nearly
    with rolled_back(engine) as connection:
        fill(connection, world)
        use_lower_of(connection, world)
        for period, expected in ((case.period, expected_period), (case.period.previous(), expected_period.previous())):
            compare(
                ask(connection, account_id, overview(scope, period, source)),
                expected_overview(world, account_id, expected),
            )
            assert_same(
                ask(connection, account_id, coverage(scope, period, source)),
                expected_coverage(world, account_id, expected),
            )
            assert_same(
                ask(connection, account_id, psa(scope, period, source)), expected_psa(world, account_id, expected)
            )
            for sort in ("quality", "usage", "success_rate"):
                assert_same(
                    ask(connection, account_id, flow_quality(scope, period, source, sort=sort)),
                    expected_flow_quality(world, account_id, expected, sort),
                )
