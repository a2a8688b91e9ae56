"""Every question in SQL against the same question in plain Python, over worlds full of edges."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from shared_queries.periods.period import Period
from shared_queries.plan import Plan
from shared_queries.questions.coverage import coverage
from shared_queries.questions.engineers import engineers, me
from shared_queries.questions.flow_effects import flow_effects
from shared_queries.questions.flow_quality import flow_quality
from shared_queries.questions.overview import overview
from shared_queries.questions.psa import psa
from shared_queries.questions.trend import trend
from shared_queries.scope import Scope
from shared_queries.source import SELECTS, Source
from tests import reference
from tests.queries.asking import ask, assert_nearly, assert_same, reference_period, rolled_back, use_lower_of
from tests.queries.rows import fill
from tests.queries.worlds import DOMAIN_NAMES, Case, cases
from tests.reference.period import ReferencePeriod

EXAMPLES = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
Pair = tuple[Plan[Any], dict[str, Any]]


def of_all(case: Case, period: Period, expected: ReferencePeriod, source: Source) -> Iterator[Pair]:
    """Every question, with what the reference says of it."""
    scope, account_id, world = Scope(case.account_id), case.account_id, case.world
    yield flow_effects(scope, period, source), reference.flow_effects(world, account_id, expected)
    for sort in ("usage", "success_rate"):
        yield (
            flow_quality(scope, period, source, sort=sort),
            reference.flow_quality(world, account_id, expected, sort),
        )
    for interval in ("day", "week", "month"):
        yield (
            trend(scope, period, source, interval=interval),
            reference.trend(world, account_id, expected, interval),
        )
    for flow in (*world.flows[:1], *world.flows[-1:], {"id": uuid4()}):
        yield (
            trend(scope, period, source, flow_id=flow["id"]),
            reference.trend(world, account_id, expected, flow_id=flow["id"]),
        )
    for user in world.users:
        if user["account_id"] == account_id:
            yield (
                me(scope, period, source, user_id=user["id"]),
                reference.me(world, account_id, expected, user),
            )


def of_domain(
    case: Case, period: Period, expected: ReferencePeriod, source: Source, domain: str | None
) -> Iterator[Pair]:
    """Every question that can be asked of a domain alone."""
    scope, account_id, world = Scope(case.account_id), case.account_id, case.world
    yield overview(scope, period, source, domain=domain), reference.overview(world, account_id, expected, domain)
    yield coverage(scope, period, source, domain=domain), reference.coverage(world, account_id, expected, domain)
    yield psa(scope, period, source, domain=domain), reference.psa(world, account_id, expected, domain)
    yield trend(scope, period, source, domain=domain), reference.trend(world, account_id, expected, domain=domain)
    yield engineers(scope, period, source, domain=domain), reference.engineers(world, account_id, expected, domain)
    yield (
        flow_quality(scope, period, source, domain=domain),
        reference.flow_quality(world, account_id, expected, "quality", domain),
    )


@pytest.mark.parametrize("source", SELECTS, ids=lambda source: source.value)
@given(case=cases(), domain=st.sampled_from(DOMAIN_NAMES))
@EXAMPLES
def test_every_answer_equals_the_reference_in_this_period_and_the_previous_one(
    engine: Engine, source: Source, case: Case, domain: str
) -> None:
    expected_period = reference_period(case.period)
    compare = assert_same if source is Source.FACTS else assert_nearly
    with rolled_back(engine) as connection:
        fill(connection, case.world)
        use_lower_of(connection, case.world, *DOMAIN_NAMES)
        for period, expected in ((case.period, expected_period), (case.period.previous(), expected_period.previous())):
            for plan, right in (
                *of_all(case, period, expected, source),
                *of_domain(case, period, expected, source, None),
                *of_domain(case, period, expected, source, domain),
            ):
                compare(ask(connection, case.account_id, plan), right)
