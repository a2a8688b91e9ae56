"""Up to when nothing can come into the outbox any more: transactions that have written into it may still be open.

A row says when it was written, and is seen when its transaction ends, later by as long as that takes. Whoever writes a
row has locked the table for writing before, and keeps the lock to the end: who is not seen with the lock writes later
than the look.
"""

from datetime import UTC, datetime
from typing import Final

from psycopg import AsyncConnection

# `statement_timestamp()` is before the look at the locks. A transaction that is prepared goes on by its xid alone.
_LOOK: Final = """
    with held as materialized (select * from pg_locks where granted)
    select statement_timestamp(), writer.virtualtransaction, own.transactionid::text
    from (values (1)) as one
    left join held as writer on writer.locktype = 'relation' and writer.mode = 'RowExclusiveLock'
      and writer.relation = 'analytics.outbox'::regclass
      and writer.database = (select oid from pg_database where datname = current_database())
    left join held as own
      on own.locktype = 'transactionid' and own.mode = 'ExclusiveLock'
      and own.virtualtransaction = writer.virtualtransaction
"""
_UNKNOWN: Final = datetime.min.replace(tzinfo=UTC)


class OutboxWriters:
    """Those that were open when they were last looked at, and since when at most."""

    def __init__(self) -> None:
        self._looked_at = _UNKNOWN
        self._since: dict[str, datetime] = {}
        """By virtual transaction and by xid. No row of theirs is older: the look before, they did not write yet."""

    async def settled(self, connection: AsyncConnection) -> datetime | None:
        """Look; return the moment before which every row was written that is seen, or ever will be, after this look.

        None where a transaction is open that was so at the first look: no one knows since when.
        """
        rows = await (await connection.execute(_LOOK)).fetchall()
        now: datetime = rows[0][0]
        since: dict[str, datetime] = {}
        for _, *names in rows:
            keys = [name for name in names if name is not None]
            first = min((self._since[key] for key in keys if key in self._since), default=self._looked_at)
            since |= dict.fromkeys(keys, first)
        self._looked_at, self._since = now, since
        until = min([now, *since.values()])
        return None if until == _UNKNOWN else until
