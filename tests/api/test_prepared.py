"""Statements that are planned once: a migration outdates them, and no one notices."""

from pathlib import Path

import psycopg
from sqlalchemy import BigInteger, bindparam, literal, select, text

from analytics_api.database.replica import Replica, Snapshot
from shared_queries.statement import Statement
from tests.api.conftest import READER
from tests.api.running import PATHS, running_api
from tests.api.world import insert_world
from tests.infra.database import Database

LONGER_NAMES = """
do $$
declare
  definition text := pg_get_viewdef('analytics.flows');
begin
  drop view analytics.flows;
  alter table trees alter name type varchar(400);
  execute 'create view analytics.flows with (security_barrier) as ' || definition;
  alter view analytics.flows owner to analytics_owner;
  grant select on analytics.flows to analytics_reader;
end $$
"""


def test_a_migration_that_changes_a_statements_columns_costs_no_answer(database: Database, tmp_path: Path) -> None:
    alpha, _ = insert_world(database)
    with running_api(tmp_path / "log", database.replica_dsn_for(READER)) as api:
        before = api.get(PATHS["flow-quality"], alpha.admin)
        assert before.status_code == 200
        with database.connect() as connection:
            connection.execute(LONGER_NAMES)
            connection.execute("update accounts set name = 'Another name'")  # Else the answer would be remembered.
        database.wait_for_replica()
        after = api.get(PATHS["flow-quality"], alpha.admin)
        assert (after.status_code, after.json()["flows"]) == (200, before.json()["flows"])
        assert '"sqlstate": "0A000"' in api.log.read_text(), "the statement was prepared"


async def test_rows_come_in_the_order_of_what_was_asked(module_database: Database) -> None:
    """Whatever is planned once, and sent last, and prepared already."""
    echo = select(bindparam("value", type_=BigInteger).label("value"))
    count = select(text("count(*)")).select_from(text("pg_prepared_statements"))
    replica = Replica(module_database.dsn_for(READER))

    async def work(snapshot: Snapshot) -> None:
        for round_ in range(3):
            asked = [Statement(echo, {"value": number}, plan_once=number % 2 == 0) for number in range(6)]
            rows = await snapshot.run(*asked)
            assert [row for ((row,),) in rows] == list(range(6)), round_
        assert await snapshot.rows(count) == [(1,)], "once, however often it is asked"

    try:
        await replica.read(work)
    finally:
        await replica.close()


async def test_a_statement_that_fails_leaves_the_connection_usable(module_database: Database) -> None:
    broken = Statement(select(1 / bindparam("divisor", type_=BigInteger)), {"divisor": 0}, plan_once=True)
    fine = Statement(select(literal(1)), {}, plan_once=True)
    replica = Replica(module_database.dsn_for(READER), pool_size=1)

    async def fails(snapshot: Snapshot) -> None:
        await snapshot.run(fine, broken, fine)

    async def works(snapshot: Snapshot) -> list[tuple[int, ...]]:
        return [tuple(rows[0]) for rows in await snapshot.run(fine, fine)]

    try:
        for _ in range(2):
            try:
                await replica.read(fails)
            except psycopg.errors.DivisionByZero:
                assert await replica.read(works) == [(1,), (1,)]
            else:
                raise AssertionError("it divided by zero")
    finally:
        await replica.close()
