"""For the `env.py` of the main application's own Alembic.

    from services.alembic import include_object

    context.configure(..., include_object=include_object)

Without it `alembic revision --autogenerate` would drop what our migrations have made, as no model of the application
describes it. An application that has a filter of its own asks both.
"""

from sqlalchemy import Column
from sqlalchemy.sql.schema import SchemaItem

from shared_queries.tables import FLOW_COUNTERS, psa_activity_log, trees


def include_object(
    item: SchemaItem,
    name: str | None,
    type_: str,
    reflected: bool,  # noqa: FBT001 -- Alembic's signature, also in its names: it may pass them as keywords
    compare_to: SchemaItem | None,
) -> bool:
    """Leave out what our migrations made in the database, unless a model of the application declares it."""
    if not reflected or compare_to is not None:
        return True
    table = item.table if isinstance(item, Column) else item
    if type_ == "column":
        return not (getattr(table, "name", None) == trees.name and name in FLOW_COUNTERS)
    return not (type_ == "table" and (name == psa_activity_log.name or getattr(table, "schema", None) == "analytics"))
