"""Readiness names exactly what differs."""

import pytest
from sqlalchemy import NullPool, create_engine

from deploy.embedded.roles import OWNER
from deploy.migrations.run import upgrade
from shared_queries.schema_check import differences, live_columns, live_surroundings
from tests.infra.database import Database
from tests.schema.row_security import owner_bypasses_row_security


def found(database: Database) -> list[str]:
    url = database.dsn_for("flowpilot_api").replace("postgresql://", "postgresql+psycopg://")
    with create_engine(url, poolclass=NullPool).connect() as reader:
        columns = [tuple(row) for row in reader.execute(live_columns())]
        return differences(columns, tuple(reader.execute(live_surroundings()).one()))  # type: ignore[arg-type]


def test_the_migrated_database_is_as_expected(module_database: Database) -> None:
    assert found(module_database) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("alter table ai_sessions rename status to state", ["column ai_sessions.status is missing"]),
        (
            "alter table users alter column role type integer using 0",
            ["column users.role is integer, expected text or character varying"],
        ),
        (
            "alter table ai_sessions alter column account_id drop not null",
            ["column ai_sessions.account_id may be null, expected not null"],
        ),
        (
            "drop view analytics.categories",
            ["view analytics.categories is missing: run python -m deploy.migrations upgrade"],
        ),
        (
            "drop table analytics.inbox",
            ["table analytics.inbox is missing: run python -m deploy.migrations upgrade"],
        ),
        ("alter table trees rename to flows", ["table trees is missing"]),
        (
            "drop function analytics.principal",
            ["function analytics.principal(uuid) is missing: run python -m deploy.migrations upgrade"],
        ),
    ],
)
def test_a_difference_is_named(database: Database, change: str, said: list[str]) -> None:
    with database.connect() as connection:
        connection.execute(change.encode())
    assert found(database) == said


def test_text_varchar_and_the_kinds_of_numbers_count_as_equal(bare_database: Database) -> None:
    with bare_database.connect() as connection:
        connection.execute(
            "alter table ai_sessions alter problem_domain type varchar(200), alter status type varchar(40),"
            " alter confidence_score type real, alter match_score type numeric(4, 3),"
            " alter session_rating type integer"
        )
    upgrade(bare_database.dsn_for(OWNER))
    assert found(bare_database) == []


def test_rows_that_are_hidden_from_our_views_are_named(database: Database) -> None:
    with owner_bypasses_row_security(database, bypasses=False), database.connect() as connection:
        connection.execute("alter table trees enable row level security")
        assert found(database) == [
            (
                "row-level security of trees hides rows from our views:"
                " run ALTER ROLE analytics_owner BYPASSRLS as a superuser"
            )
        ]
