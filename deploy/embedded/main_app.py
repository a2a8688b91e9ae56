"""Plays the main application's deployment: its database, tables and roles, our migrations, the demo account."""

from pathlib import Path

import psycopg

from deploy.embedded.errors import StackError
from deploy.embedded.postgres import Server
from deploy.embedded.roles import LOGIN_ROLES, close_database, join_groups, make_database, make_login_roles
from deploy.embedded.settings import DATABASE, StackSettings
from deploy.migrations.errors import MigrationError
from deploy.migrations.run import upgrade

TABLES = Path(__file__).with_name("main_app.sql")


def prepare_database(primary: Server, settings: StackSettings) -> None:
    """Make what is missing; each step is safe to repeat, since the one before may have been the last."""
    state = settings.state
    with primary.connect() as admin:
        make_login_roles(admin, {role: state.passwords[role] for role in LOGIN_ROLES})
        make_database(admin, DATABASE)
        with psycopg.connect(settings.owner_dsn(), autocommit=True) as owner:
            owner.execute(TABLES.read_bytes())
        try:
            upgrade(settings.owner_dsn())
        except MigrationError as error:
            raise StackError(f"the migrations failed: {error}") from error
        join_groups(admin)
        close_database(admin, DATABASE)
    if not settings.options.empty:
        _add_demo_account(settings)


def _add_demo_account(settings: StackSettings) -> None:
    state = settings.state
    with psycopg.connect(settings.main_app_dsn()) as connection:
        connection.execute(
            "insert into accounts (id, name, timezone) values (%s, 'Demo account', 'America/New_York')"
            " on conflict do nothing",
            [state.demo_account_id],
        )
        connection.execute(
            "insert into users (id, account_id, email, role) values (%s, %s, 'lead@demo.example', 'team_admin')"
            " on conflict do nothing",
            [state.demo_user_id, state.demo_account_id],
        )
