"""Alembic's entry: `deploy.migrations.run` hands over the connection."""

from typing import Any

from alembic import context

import shared_queries.rollups.tables  # noqa: F401  registers the rollups beside our other tables
from deploy.migrations.retired import RETIRED
from shared_queries.tables import ours


def include_object(item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:  # noqa: ANN401, ARG001, FBT001  Alembic's signature
    """Leave the main application's tables out of the comparison: they are not ours to describe."""
    if kind == "foreign_key_constraint":
        return False  # ours lead to the main application's tables, which the metadata describes apart
    if kind != "table":
        return True
    return (item.schema == "analytics" and name not in RETIRED) or name == "psa_activity_log"


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ours,
    version_table_schema="analytics",
    include_schemas=True,
    include_object=include_object,
    compare_server_default=False,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
