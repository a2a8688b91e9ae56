"""The login roles of a local installation. What they may do comes from the migrations' group roles."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

OWNER = "main_app_owner"
MAIN_APP = "main_app"
# Who logs in, and the group whose grants it has.
MEMBERS: Mapping[str, str] = {
    MAIN_APP: "analytics_emitter",
    "flowpilot_api": "analytics_reader",
    "flowpilot_consumer": "analytics_writer",
    "flowpilot_relay": "analytics_relay",
    "flowpilot_pusher": "analytics_pusher",
}
LOGIN_ROLES = (OWNER, *MEMBERS)


def make_login_roles(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """Make the roles that are missing, and sets every password again. As superuser."""
    for role in LOGIN_ROLES:
        exists = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
        verb = sql.SQL("alter" if exists else "create")
        # The owner runs the migrations, which make roles; like the owner of a hosted database it is no superuser.
        rights = sql.SQL("nosuperuser createrole" if role == OWNER else "nosuperuser nocreaterole")
        connection.execute(
            sql.SQL("{} role {} login {} password {}").format(verb, sql.Identifier(role), rights, passwords[role])
        )


def join_groups(connection: psycopg.Connection) -> None:
    """Give the login roles their groups; after the migrations. As superuser."""
    for role, group in MEMBERS.items():
        connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(role)))


def make_database(connection: psycopg.Connection, name: str) -> None:
    """Make the owner's database if it is missing. As superuser."""
    if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
        connection.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(OWNER)))


def close_database(connection: psycopg.Connection, name: str) -> None:
    """Take from everybody the right to make schemas and temporary tables in a database of ours. As superuser.

    Those keep the latter that work with one: the migrations' owner, and the consumer, whose reconciliation counts into
    one. A main application's own database is not ours to close; docs/operations.md says how its owner may.
    """
    database = sql.Identifier(name)
    connection.execute(sql.SQL("revoke create, temporary on database {} from public").format(database))
    connection.execute(sql.SQL("grant temporary on database {} to analytics_owner, analytics_writer").format(database))
