"""Every two seconds: takes out of the outbox what has been applied, or is a dead letter.

The relay does so itself as it publishes. Debezium, in its place, only reads; and a row that stays holds `as_of` back.
"""

from datetime import timedelta

from psycopg import AsyncConnection

from psa_event_consumer.jobs.job import Result, exclusive

NAME = "purge_outbox"
INTERVAL = timedelta(seconds=2)


async def run(connection: AsyncConnection) -> Result:
    """Delete the oldest of them; the function is the owner's, as the consumer has no right on the table itself."""
    async with exclusive(connection, NAME):
        cursor = await connection.execute("select analytics.purge_outbox()")
        row = await cursor.fetchone()
    assert row is not None  # noqa: S101  a select without from has one row
    return {"deleted": row[0]}
