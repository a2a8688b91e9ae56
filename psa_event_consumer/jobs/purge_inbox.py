"""Every hour: forgets ids that no record can bring again, since the consumer refuses records so old."""

from datetime import timedelta

from psycopg import AsyncConnection

from psa_event_consumer.jobs.job import Result, exclusive

NAME = "purge_inbox"
INTERVAL = timedelta(hours=1)

_CHUNK = 5000
# The broker's clock stamps the record and the database's its id: a record must be refused before its id is forgotten.
_CLOCKS_DIFFER = timedelta(hours=1)


async def run(connection: AsyncConnection, retention: timedelta) -> Result:
    """Delete in chunks, each a short transaction: a long one would hold back the vacuum and the replica."""
    deleted = 0
    while True:
        async with exclusive(connection, NAME):
            cursor = await connection.execute(
                """
                delete from analytics.inbox where event_id = any(array(
                  select event_id from analytics.inbox
                  where received_at < now() - %s::interval
                  order by received_at
                  limit %s
                ))
                """,
                (retention + _CLOCKS_DIFFER, _CHUNK),
            )
        deleted += cursor.rowcount
        if cursor.rowcount < _CHUNK:
            return {"deleted": deleted}
