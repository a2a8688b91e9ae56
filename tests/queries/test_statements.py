"""What every statement of every source must be."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.exc import StatementError

from shared_queries import facts
from shared_queries.plan import Plan
from shared_queries.questions.coverage import coverage
from shared_queries.questions.domain_rows import flows_by_category
from shared_queries.questions.drill_down import drill_down
from shared_queries.questions.engineers import engineers, me
from shared_queries.questions.flow_effects import flow_effects
from shared_queries.questions.flow_quality import flow_quality
from shared_queries.questions.overview import overview
from shared_queries.questions.psa import psa
from shared_queries.questions.session_filter import SessionFilter
from shared_queries.questions.trend import trend
from shared_queries.scope import Scope
from shared_queries.source import SELECTS, Selects, Source
from shared_queries.sums import (
    ActivityDay,
    CategoryFlows,
    DomainSums,
    DurationPercentiles,
    EffectSums,
    EntrySessions,
    FlowRow,
    PushStages,
    TrendSums,
    UserSums,
    column_names,
)
from tests.queries.asking import ask, period_at, rolled_back
from tests.queries.rows import NOW, activity, category, fill, flow, session, user
from tests.reference.rows import AllRows

SCOPE = Scope(uuid4())
PERIOD = period_at(NOW, period="30d")
ROWS = {
    "by_domain": DomainSums,
    "duration_percentiles": DurationPercentiles,
    "flows": FlowRow,
    "activity_by_day": ActivityDay,
    "entry_sessions": EntrySessions,
    "push_stages": PushStages,
    "by_user": UserSums,
    "trend": TrendSums,
    "effects": EffectSums,
}
PLANS: dict[str, Callable[..., Plan[Any]]] = {
    "overview": overview,
    "coverage": coverage,
    "flow_quality": flow_quality,
    "psa": psa,
    "trend": trend,
    "engineers": engineers,
    "flow_effects": flow_effects,
    "me": partial(me, user_id=uuid4()),
    **{
        f"{ask_for.__name__} of a domain": partial(ask_for, domain="Network")
        for ask_for in (overview, coverage, flow_quality, psa, trend, engineers)
    },
    "trend of a flow": partial(trend, flow_id=uuid4()),
}


VIEWS = (
    ("sessions", "ai_sessions"),
    ("flows", "trees"),
    ("categories", "tree_categories"),
    ("engineers", "users"),
    ("account", "(select id as account_id, name from accounts) as account"),
)
COLUMNS = """
select string_agg(format('%I::%s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)
from pg_attribute where attrelid = cast(:view as regclass) and attnum > 0 and not attisdropped
"""


@pytest.mark.parametrize("source", SELECTS, ids=lambda source: source.value)
@pytest.mark.parametrize("name", ROWS)
def test_a_select_gives_the_columns_of_its_rows_in_order(source: Source, name: str) -> None:
    given = {"trend": [PERIOD.day_starts], "effects": [PERIOD.day_starts]}.get(name, [])
    statement = getattr(SELECTS[source], name)(SCOPE, PERIOD, *given)
    assert tuple(column.name for column in statement.select.selected_columns) == column_names(ROWS[name])


@pytest.mark.parametrize("source", SELECTS, ids=lambda source: source.value)
def test_each_select_runs_for_all_sessions_for_a_domain_and_for_a_flow(connection: Connection, source: Source) -> None:
    selects = SELECTS[source]
    starts = PERIOD.day_starts
    statements = [
        *(
            getattr(selects, name)(SCOPE, PERIOD, domain)
            for name in ROWS
            if name not in {"trend", "effects", "flows"}
            for domain in (None, "Network")
        ),
        selects.trend(SCOPE, PERIOD, starts),
        selects.trend(SCOPE, PERIOD, starts, domain="VPN"),
        selects.trend(SCOPE, PERIOD, starts, flow_id=uuid4()),
        selects.effects(SCOPE, PERIOD, starts),
    ]
    for statement in statements:
        for row in connection.execute(statement.bound()):
            assert not any(row[:1])


def test_the_categories_give_the_columns_of_their_rows() -> None:
    columns = flows_by_category(SCOPE).select.selected_columns
    assert tuple(column.name for column in columns) == column_names(CategoryFlows)


def test_every_source_supplies_the_same_selects() -> None:
    assert set(ROWS) == set(Selects.__dataclass_fields__) == set(facts.__all__)


@pytest.mark.parametrize("source", SELECTS, ids=lambda source: source.value)
@pytest.mark.parametrize("name", PLANS)
def test_the_text_of_a_statement_is_the_same_for_every_account_and_period(name: str, source: Source) -> None:
    """So that SQLAlchemy compiles it once, and PostgreSQL may prepare it."""
    ask_for = PLANS[name]
    one = ask_for(SCOPE, PERIOD, source=source)
    other = ask_for(Scope(uuid4()), period_at(NOW, "Asia/Tokyo", from_="2025-03-01", to="2026-03-01"), source=source)
    assert [str(statement.compile(dialect=dialect())) for statement in one.statements] == [
        str(statement.compile(dialect=dialect())) for statement in other.statements
    ]


WINDOWED = ("trend", "trend of a domain", "trend of a flow", "flow_effects")


@pytest.mark.parametrize("name", WINDOWED)
def test_each_window_is_looked_up_by_itself_whatever_the_planner_would_rather(
    connection: Connection, name: str
) -> None:
    """Not as a join with all of the account's rows: `flow_effects` was thirty times slower so."""
    connection.execute(text("set local enable_nestloop = off; set local enable_seqscan = off"))
    scans = [node for node in planned(connection, name) if "_rollup_" in node.get("Index Name", "")]
    assert scans
    assert [node["Index Name"] for node in scans if "start >= " not in node["Index Cond"]] == []


@pytest.mark.parametrize("name", WINDOWED)
def test_what_is_pending_is_never_held_against_each_window(connection: Connection, name: str) -> None:
    """Whatever the statistics are; those of an empty table made it so."""
    connection.execute(text("set local enable_hashjoin = off; set local enable_mergejoin = off"))
    above = [node for node in planned(connection, name) if "pending_session" in relations(node)]
    joins = {node["Node Type"] for node in above if "Join Type" in node}
    assert joins in ({"Hash Join"}, {"Merge Join"})


@pytest.mark.parametrize(("name", "place"), [("psa", 1), ("psa of a domain", 0)])
def test_what_the_cut_quarter_brings_is_looked_up_and_not_joined(connection: Connection, name: str, place: int) -> None:
    """Joined with all of the account's sessions, two million took 5 s."""
    joins = [node for node in planned(connection, name, place) if "Join Type" in node]
    assert [node for node in joins if "psa_activity_log" in relations(node)] == []


def planned(connection: Connection, name: str, place: int = 0) -> Iterator[dict[str, Any]]:
    """Every node of the plan of one of the question's statements."""
    statement = PLANS[name](SCOPE, PERIOD, source=Source.ROLLUPS).statements[place]
    compiled = statement.compile(connection)
    (plan,) = connection.exec_driver_sql(f"explain (format json) {compiled}", dict(compiled.params)).scalar_one()
    yield from nodes(plan["Plan"])


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)


def relations(node: dict[str, Any]) -> set[str]:
    return {each["Relation Name"] for each in nodes(node) if "Relation Name" in each}


def test_a_statement_without_its_account_does_not_run(connection: Connection) -> None:
    statement = facts.by_domain.__wrapped__("all")  # type: ignore[attr-defined] # the statement before its values
    with pytest.raises(StatementError, match="account_id"):
        connection.execute(statement)


def test_with_views_and_policies_wide_open_the_explicit_predicate_still_holds(engine: Engine) -> None:
    """As the superuser, whom no policy binds, with the other account set as the tenant and views without predicate."""
    mine, other = uuid4(), uuid4()
    with rolled_back(engine) as connection:
        for view, table in VIEWS:
            columns = connection.execute(text(COLUMNS), {"view": f"analytics.{view}"}).scalar_one()
            connection.execute(text(f"create or replace view analytics.{view} as select {columns} from {table}"))
        fill(connection, rows_of(other))
        connection.execute(text("select set_config('app.current_account_id', :id, true)"), {"id": str(other)})
        for ask_for in PLANS.values():
            plan = ask_for(Scope(mine), PERIOD)
            empty = ask_for(Scope(uuid4()), PERIOD)
            assert plan.answer([connection.execute(each).all() for each in plan.statements]) == empty.answer(
                [connection.execute(each).all() for each in empty.statements]
            )
        listed = drill_down(Scope(mine), PERIOD, SessionFilter())
        rows = [connection.execute(each).all() for each in listed.statements]
        assert listed.answer(rows).total_count == 0


def test_with_another_scope_the_views_and_policies_still_hold(engine: Engine) -> None:
    """The tenant set is mine; a question that names the other account finds nothing."""
    mine, other = uuid4(), uuid4()
    with rolled_back(engine) as connection:
        fill(connection, rows_of(other))
        for ask_for in PLANS.values():
            answer = ask(connection, mine, ask_for(Scope(other), PERIOD))
            assert answer == ask(connection, mine, ask_for(Scope(uuid4()), PERIOD))
        found = ask(connection, mine, drill_down(Scope(other), PERIOD, SessionFilter()))
        assert (found.sessions, found.total_count) == ([], 0)


def rows_of(other: UUID) -> AllRows:
    """A row of each kind."""
    world = AllRows()
    theirs = category(other, "Network")
    world.categories.append(theirs)
    world.flows.append(flow(other, category_id=theirs["id"]))
    world.sessions.append(session(other, psa_ticket_id="1", matched_flow_id=world.flows[0]["id"]))
    world.activities.append(activity(other, session_id=world.sessions[0]["id"]))
    world.users.append(user(other))
    return world


@pytest.mark.parametrize(
    ("name", "count"),
    [
        *(("overview", 4), ("coverage", 3), ("flow_quality", 1), ("psa", 3)),
        *(("trend", 3), ("engineers", 2), ("flow_effects", 2), ("psa of a domain", 4)),
    ],
)
def test_a_question_takes_few_statements(engine: Engine, name: str, count: int) -> None:
    ran: list[str] = []
    with rolled_back(engine) as connection:
        event.listen(connection, "before_cursor_execute", lambda *arguments: ran.append(arguments[2]))
        ask(connection, SCOPE.account_id, PLANS[name](SCOPE, PERIOD))
    assert len([statement for statement in ran if statement.startswith(("SELECT", "WITH"))]) == count
