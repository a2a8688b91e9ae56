"""At the end: every event counted once, and each question's answer that of the plain-Python reference."""

from datetime import UTC, datetime
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import create_engine

from shared_queries.questions.coverage import coverage
from shared_queries.questions.flow_quality import flow_quality
from shared_queries.questions.overview import overview
from shared_queries.questions.psa import psa
from shared_queries.scope import Scope
from shared_queries.source import Source
from tests import reference
from tests.queries.asking import ask, assert_nearly, assert_same, period_at, reference_period, rolled_back, use_lower_of
from tests.reference.rows import AllRows

_OPEN = """
    select (select count(*) from analytics.outbox)
         + (select count(*) from analytics.push_intent where state in ('pending', 'in_flight', 'unknown'))
         + (select count(*) from soak.event as event
            where not exists (select from analytics.inbox where event_id = event.id))
"""
_WRONG_FLOWS = """
    select count(*) from trees
    left join (select flow_id, count(*) as events from soak.event group by flow_id) as ledger on flow_id = trees.id
    where account_id = %s and usage_count <> coalesce(events, 0)
"""
_PUSHES = """
    select (select count(*) from soak.event where flow_id is null),
           (select count(*) from psa_activity_log where account_id = %s),
           (select count(distinct event_id) from psa_activity_log where account_id = %s)
"""


def still_open(dsn: str) -> int:
    """How much is under way."""
    with psycopg.connect(dsn, connect_timeout=3) as connection:
        (count,) = connection.execute(_OPEN.encode()).fetchone() or (-1,)
    return int(count)


def check_counted_once(dsn: str, account: UUID) -> dict[str, object]:
    """Compare what is counted with the ledger of what was written."""
    with psycopg.connect(dsn) as connection:
        (wrong,) = connection.execute(_WRONG_FLOWS.encode(), [account]).fetchone() or (-1,)
        pushes = connection.execute(_PUSHES.encode(), [account, account]).fetchone() or ()
        (events,) = connection.execute("select count(*) from soak.event").fetchone() or (0,)
        (dead,) = connection.execute("select count(*) from analytics.dead_letter").fetchone() or (-1,)
    assert wrong == 0, f"{wrong} flows are not counted as often as they were matched"
    assert len(set(pushes)) == 1, f"pushes written, logged, logged once: {pushes}"
    assert dead == 0, f"{dead} dead letters"
    return {"events": events, "pushes": pushes[0]}


def check_against_reference(dsn: str, account: UUID) -> int:
    """Ask each question, by facts and by rollups, and compare with the reference; return how many."""
    engine = create_engine(dsn.replace("postgresql://", "postgresql+psycopg://"))
    period = period_at(datetime.now(UTC), period="30d")
    scope, expected = Scope(account), reference_period(period)
    asked = 0
    with rolled_back(engine) as connection:
        world = _world(dsn, account)
        use_lower_of(connection, world)
        for source, same in ((Source.FACTS, assert_same), (Source.ROLLUPS, assert_nearly)):
            for plan, right in (
                (coverage(scope, period, source), reference.coverage(world, account, expected)),
                (overview(scope, period, source), reference.overview(world, account, expected)),
                (flow_quality(scope, period, source), reference.flow_quality(world, account, expected, "quality")),
                (psa(scope, period, source), reference.psa(world, account, expected)),
            ):
                same(ask(connection, account, plan), right)
                asked += 1
    engine.dispose()
    return asked


def _world(dsn: str, account: UUID) -> AllRows:
    with psycopg.connect(dsn, row_factory=dict_row) as connection:

        def rows(table: str) -> list[dict[str, object]]:
            return connection.execute(f"select * from {table} where account_id = %s".encode(), [account]).fetchall()

        return AllRows(
            categories=rows("tree_categories"),
            flows=rows("trees"),
            sessions=rows("ai_sessions"),
            activities=rows("psa_activity_log"),
            users=rows("users"),
        )
