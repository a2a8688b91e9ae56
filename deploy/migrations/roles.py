"""The group roles, the schema they meet in, and what the migrating role needs to act for its owner.

This runs before every upgrade, not as a revision: roles belong to the cluster, so a database restored elsewhere, or a
second database beside this one, finds them missing or made already.
"""

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from deploy.migrations.errors import MigrationError

GROUP_ROLES = (
    "analytics_owner",
    "analytics_reader",
    "analytics_writer",
    "analytics_emitter",
    "analytics_relay",
    "analytics_pusher",
)
MAIN_TABLES = ("accounts", "users", "tree_categories", "trees", "ai_sessions")
ROW_SECURITY_IN_USE = """
    select count(*) from pg_class
    where relrowsecurity and relnamespace = current_schema()::regnamespace and relname = any(:tables)
"""
FIRST_VERSION_WITH_MEMBERSHIP_OPTIONS = 160000


def ensure_roles(connection: Connection) -> None:
    """Make what is absent of roles, memberships, schema and version table; changes nothing otherwise."""
    make_roles(connection)
    _bypass_row_security(connection)
    _create_schema(connection)
    _let_in(connection)


def make_roles(connection: Connection) -> None:
    """Make what is absent of the group roles, and let the migrating role act for the owner of our schema."""
    for role in GROUP_ROLES:
        _create_role(connection, role)
    _act_for_owner(connection)


def _create_role(connection: Connection, role: str) -> None:
    if _one(connection, "select count(*) from pg_roles where rolname = :role", role=role):
        return
    # Another database's migration may make the same role at this moment.
    connection.exec_driver_sql(
        f"do $$ begin create role {role} nologin; exception when duplicate_object or unique_violation then null; end $$"
    )


def _act_for_owner(connection: Connection) -> None:
    """From PostgreSQL 16 on, who makes a role may grant it but not become it, until it grants itself that too."""
    options = _one(connection, "select current_setting('server_version_num')::int") >= (
        FIRST_VERSION_WITH_MEMBERSHIP_OPTIONS
    )
    privilege = "SET" if options else "MEMBER"
    if _one(connection, "select pg_has_role(current_user, 'analytics_owner', :privilege)", privilege=privilege):
        return
    with_set = " with inherit true, set true" if options else ""
    _or_say(
        connection,
        f"grant analytics_owner to current_user{with_set}",
        f"GRANT analytics_owner TO {_current_user(connection)}{with_set.upper()};",
    )


def _bypass_row_security(connection: Connection) -> None:
    """Let the owner's views, triggers and `principal` see every account's rows, whatever the main app's policies."""
    if _one(connection, "select rolbypassrls from pg_roles where rolname = 'analytics_owner'"):
        return
    version = _one(connection, "select current_setting('server_version_num')::int")
    if version >= FIRST_VERSION_WITH_MEMBERSHIP_OPTIONS:
        may = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    else:
        may = "select rolsuper from pg_roles where rolname = current_user"
    if _one(connection, may) or _one(connection, ROW_SECURITY_IN_USE, tables=list(MAIN_TABLES)):
        _or_say(connection, "alter role analytics_owner bypassrls", "ALTER ROLE analytics_owner BYPASSRLS;")


def _create_schema(connection: Connection) -> None:
    if not _one(connection, "select count(*) from pg_namespace where nspname = 'analytics'"):
        connection.exec_driver_sql("create schema analytics authorization analytics_owner")
    if _one(connection, "select to_regclass('analytics.alembic_version') is not null"):
        return
    user = _current_user(connection)
    connection.exec_driver_sql("set local role analytics_owner")
    connection.exec_driver_sql(
        "create table analytics.alembic_version"
        " (version_num varchar(32) not null constraint alembic_version_pkc primary key)"
    )
    # On PostgreSQL 15 a NOINHERIT migrator would not have these through its membership.
    connection.exec_driver_sql(f"grant usage, create on schema analytics to {user}")
    connection.exec_driver_sql(f"grant select, insert, update, delete on analytics.alembic_version to {user}")
    connection.exec_driver_sql("reset role")


def _let_in(connection: Connection) -> None:
    """Let those of our roles that use the main application's tables into their schema; `public` is everybody's."""
    schema = _one(connection, "select quote_ident(current_schema())")
    for role in ("analytics_owner", "analytics_reader", "analytics_writer"):
        if not _one(connection, "select has_schema_privilege(:role, current_schema(), 'USAGE')", role=role):
            command = f"grant usage on schema {schema} to {role}"
            _or_say(connection, command, f"{command.upper()};")


def _or_say(connection: Connection, command: str, by_superuser: str) -> None:
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(command)
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise MigrationError(
            f"{_current_user(connection)} may not do this; run as a superuser: {by_superuser}"
        ) from error


def _current_user(connection: Connection) -> str:
    return str(_one(connection, "select quote_ident(current_user)"))


def _one(connection: Connection, sql: str, **parameters: object) -> int:
    """Return the statement's single value."""
    value: int = connection.execute(text(sql), parameters).scalar_one()
    return value
