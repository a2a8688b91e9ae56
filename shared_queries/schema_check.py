"""Compares what we rely on with the live database, and names exactly what differs.

Reads the catalogs only, so that any role may run it, on the primary or the replica. Execute `live_columns` and
`live_surroundings`, then hand their rows to `differences`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    Numeric,
    Select,
    SmallInteger,
    String,
    Table,
    Uuid,
    and_,
    case,
    cast,
    column,
    func,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by

import shared_queries.rollups.tables  # noqa: F401  registers the rollups beside our other tables
from shared_queries.tables import main_app, ours, trigger_failure, views

UPGRADE = "run python -m deploy.migrations upgrade"

TYPES: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (Uuid, ("uuid",)),
    (String, ("text", "character varying")),
    (Double, ("double precision", "real", "numeric")),
    (Numeric, ("numeric",)),
    (BigInteger, ("bigint",)),
    (SmallInteger, ("smallint", "integer")),
    (Integer, ("integer",)),
    (DateTime, ("timestamp with time zone",)),
    (Date, ("date",)),
    (Boolean, ("boolean",)),
    (LargeBinary, ("bytea",)),
    (JSONB, ("jsonb",)),
    (ARRAY, ("text[]",)),
)
"""The live types that count as the declared one, subclasses first: the main app's scores may be any of three."""

ColumnRow = tuple[str, str, str, str, bool]
"""Schema, relation, column, type without its length, not null."""

SurroundingsRow = tuple[str, bool, Sequence[str]]
"""lower('Ü'), whether `analytics.principal` exists, the tables whose rows are hidden from our views' owner."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a process cannot do without: all that is ours, and these columns of the main application, whose DDL is free.

    Of any other column the views know where it is, or say that it is gone to the question that reads it.
    """

    columns: Mapping[str, Collection[str]]
    views: bool = True


ANSWERING = Need({"users": ("id", "account_id", "role", "is_active"), "accounts": ("id", "timezone")})
"""Who asks: `analytics.principal`."""
CONSUMING = Need(
    {
        "accounts": ("id",),
        "ai_sessions": ("id", "account_id"),
        "trees": ("id", "account_id", "usage_count", "last_matched_at"),
    },
    views=False,
)
"""What an event is tested against, and counted in."""

_namespace = table("pg_namespace", column("oid"), column("nspname"), schema="pg_catalog")
_relation = table(
    "pg_class",
    *map(column, ("oid", "relname", "relnamespace", "relkind", "relrowsecurity")),
    schema="pg_catalog",
)
_attribute = table(
    "pg_attribute",
    *map(column, ("attrelid", "attname", "atttypid", "attnotnull", "attnum", "attisdropped")),
    schema="pg_catalog",
)
_type = table("pg_type", column("oid"), column("typtype"), schema="pg_catalog")
_role = table("pg_roles", *map(column, ("rolname", "rolsuper", "rolbypassrls")), schema="pg_catalog")
_function = table("pg_proc", *map(column, ("proname", "pronamespace")), schema="pg_catalog")


def live_columns() -> "Select[*tuple[Any, ...]]":
    """Every column of every relation in the main application's schema, the first of the search path, and ours."""
    return (
        select(
            cast(_namespace.c.nspname, String),
            cast(_relation.c.relname, String),
            cast(_attribute.c.attname, String),
            # An enum is as good as a text: it is read by casts.
            case((_type.c.typtype == "e", "text"), else_=func.format_type(_attribute.c.atttypid, None, type_=String)),
            cast(_attribute.c.attnotnull, Boolean),
        )
        .select_from(_attribute)
        .join(_relation, _relation.c.oid == _attribute.c.attrelid)
        .join(_namespace, _namespace.c.oid == _relation.c.relnamespace)
        .join(_type, _type.c.oid == _attribute.c.atttypid)
        .where(
            _namespace.c.nspname.in_((func.current_schema(), "analytics")),
            _relation.c.relkind.in_(("r", "p", "v", "f")),
            _attribute.c.attnum > 0,
            ~_attribute.c.attisdropped,
        )
    )


def live_surroundings() -> "Select[*tuple[Any, ...]]":
    """One row: what else the queries rely on."""
    has_principal = (
        select(_function.c.proname)
        .join(_namespace, _namespace.c.oid == _function.c.pronamespace)
        .where(_namespace.c.nspname == "analytics", _function.c.proname == "principal")
        .exists()
    )
    name = cast(_relation.c.relname, String)
    hidden = (
        select(func.array_agg(aggregate_order_by(name, name), type_=ARRAY(String)))
        .join(_namespace, _namespace.c.oid == _relation.c.relnamespace)
        .join(_role, and_(_role.c.rolname == "analytics_owner", ~_role.c.rolsuper, ~_role.c.rolbypassrls))
        .where(
            _namespace.c.nspname == func.current_schema(),
            _relation.c.relname.in_(sorted(main_app.tables)),
            _relation.c.relrowsecurity,
        )
        .scalar_subquery()
    )
    return select(func.lower("Ü", type_=String), has_principal, func.coalesce(hidden, cast([], ARRAY(String))))


def trigger_failures() -> Select[str, str]:
    """Give a row for each function and reason for which the rollups are not to be trusted; mostly none."""
    said = (trigger_failure.c.function_name, trigger_failure.c.message)
    return select(*said).distinct().order_by(*said)


def not_trusted(failures: Iterable[Sequence[str]]) -> list[str]:
    """One sentence for each row of `trigger_failures`."""
    return [
        f"the rollups are not to be trusted, and the facts answer: {function}: {message};"
        " mend that, then run python -m deploy.migrations refill"
        for function, message in failures
    ]


def differences(columns: Iterable[ColumnRow], surroundings: SurroundingsRow, need: Need | None = None) -> list[str]:
    """One sentence for each thing that differs, of all or of what is needed; empty when it is as expected."""
    live: dict[tuple[str | None, str], dict[str, tuple[str, bool]]] = {}
    for schema, relation, name, kind, not_null in columns:
        live.setdefault(("analytics" if schema == "analytics" else None, relation), {})[name] = (kind, not_null)
    kinds = (main_app, ours, views) if need is None or need.views else (main_app, ours)
    expectations = [
        expected
        for metadata in kinds
        for expected in metadata.sorted_tables
        if need is None or metadata is not main_app or expected.name in need.columns
    ]
    return list(chain(*(_of_table(expected, live, need) for expected in expectations), _of_surroundings(surroundings)))


def _of_table(
    expected: Table, live: dict[tuple[str | None, str], dict[str, tuple[str, bool]]], need: Need | None
) -> Iterator[str]:
    only = need.columns[expected.name] if need is not None and expected.metadata is main_app else None
    is_view = expected.metadata is views
    noun = "view" if is_view else "table"
    found = live.get((expected.schema, expected.name))
    if found is None:
        advice = "" if expected.metadata is main_app else f": {UPGRADE}"
        yield f"{noun} {expected.fullname} is missing{advice}"
        return
    for declared in expected.columns:
        if only is not None and declared.name not in only:
            continue
        name = f"{expected.fullname}.{declared.name}"
        if declared.name not in found:
            yield f"column {name} is missing"
            continue
        kind, not_null = found[declared.name]
        allowed = _types_of(declared)
        if kind not in allowed:
            yield f"column {name} is {kind}, expected {' or '.join(allowed)}"
        # A view's columns carry no constraint.
        if not declared.nullable and not not_null and not is_view and only is None:
            yield f"column {name} may be null, expected not null"


def _types_of(declared: Column[Any]) -> tuple[str, ...]:
    return next(names for kind, names in TYPES if isinstance(declared.type, kind))


def _of_surroundings(row: SurroundingsRow) -> Iterator[str]:
    lowered, has_principal, hidden = row
    if lowered != "ü":
        yield f"lower('Ü') gives {lowered!r}: the database needs UTF-8 and a collation that knows Unicode, not plain C"
    if not has_principal:
        yield f"function analytics.principal(uuid) is missing: {UPGRADE}"
    for name in hidden:
        yield (
            f"row-level security of {name} hides rows from our views:"
            " run ALTER ROLE analytics_owner BYPASSRLS as a superuser"
        )
