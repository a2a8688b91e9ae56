"""Where `ai_sessions` is partitioned: a trigger for each row is made on every partition, by who makes it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

_PARTITIONS = """
    select string_agg(relid::regclass::text, ', ' order by relid)
    from pg_partition_tree(to_regclass('ai_sessions')) where relid <> to_regclass('ai_sessions')
"""


@contextmanager
def triggers_allowed(connection: Connection) -> Iterator[None]:
    """Let `analytics_owner`, who owns the triggers' functions, make triggers on the partitions meanwhile."""
    with connection.begin():
        partitions = connection.exec_driver_sql(_PARTITIONS).scalar_one()
        if partitions:
            connection.exec_driver_sql(f"grant trigger on {partitions} to analytics_owner")
    try:
        yield
    finally:
        if partitions:
            connection.rollback()  # what a failed migration left open
            connection.exec_driver_sql(f"revoke trigger on {partitions} from analytics_owner")
            connection.commit()
