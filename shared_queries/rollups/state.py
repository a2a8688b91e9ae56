"""What a database says of its rollups and of an account, beside the numbers themselves."""

from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    collate,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from shared_queries.rollups.tables import (
    folded_changes,
    pending_activity,
    pending_entry_gap,
    pending_session,
    rollup_state,
)
from shared_queries.sql.literals import number, word
from shared_queries.sql.predicates import activity, categories, engineers, flows, sessions
from shared_queries.sums import COUNTERS_VERSION
from shared_queries.tables import Instant, account_view, freshness_view, trigger_failure

_NOW = bindparam("now", type_=Instant)
_QUEUES = (pending_session, pending_activity, pending_entry_gap)


def is_filled() -> Select[bool]:
    """One row: whether the rollups hold everything, in this snapshot, by the counters that we know.

    Else the facts answer. A database of an older release may not know the question at all: SQLSTATE 42P01 or 42703.
    """
    counted = (rollup_state.c.counters_version == COUNTERS_VERSION) & rollup_state.c.counters_filled_at.is_not(None)
    return select((counted & ~select(trigger_failure.c.id).exists()).label("filled"))


def account_state(*, of_people: bool = False) -> Select[Any]:
    """One row: `as_of`, whether the rollups are filled, whether all is past at `now`, and the account's version.

    Two snapshots with one version have the same sums for every stretch of whole quarters of an hour, and the same
    flows, categories, account and (`of_people`) users. The account is the transaction's, by the row security and views.
    """
    return select(
        select(freshness_view.c.as_of).scalar_subquery().label("as_of"),
        func.coalesce(is_filled().scalar_subquery(), literal_column("false", Boolean)).label("filled"),
        (~or_(*(_lies_ahead(table) for table in (sessions, activity, flows)))).label("settled"),
        _version(of_people=of_people).label("version"),
    )


def plain_account_state() -> Select[Any]:
    """Ask a database of an older release, which knows no version: the same columns, `settled` where it is upgraded."""
    known = (
        "exists (select from pg_catalog.pg_attribute where attname = 'mark' and not attisdropped"
        " and attrelid = to_regclass('analytics.pending_session'))"
    )
    as_of = select(freshness_view.c.as_of).scalar_subquery().label("as_of")
    return select(as_of, literal_column("false", Boolean), literal_column(known, Boolean), null())


def _lies_ahead(table: Table) -> ColumnElement[bool]:
    """Whether the account has rows that will be past only later, without any change.

    With the upper end PostgreSQL looks into the index: a third of all rows is what it expects of a range without one.
    """
    end = literal_column("timestamptz 'infinity'", Instant)
    return select(number(1)).where(table.c.created_at >= _NOW, table.c.created_at <= end).exists()


def _version(*, of_people: bool) -> ColumnElement[str]:
    contents = [flows, categories, account_view, *([engineers] if of_people else [])]
    parts = [*_changes(), *(_hash(table) for table in contents)]
    state = select(func.concat_ws(word(" "), rollup_state.c.revision, rollup_state.c.counters_filled_at))
    return func.concat_ws(word(","), state.scalar_subquery(), *parts, type_=Text)


def _changes() -> list[ColumnElement[Any]]:
    """How many changes were ever committed for the account, and the sum of their marks."""
    folded = select(folded_changes.c.changes, folded_changes.c.marks)
    pending = [select(func.count().label("changes"), func.sum(queue.c.mark).label("marks")) for queue in _QUEUES]
    each = union_all(folded, *pending).subquery("each")
    summed = func.concat_ws(word(" "), func.sum(each.c.changes), func.sum(each.c.marks))
    return [select(summed).select_from(each).scalar_subquery()]


def _hash(table: FromClause) -> ColumnElement[Any]:
    """Add up the hashes of the table's rows. Texts by their bytes: some collations take different ones for equal."""
    values = [collate(cast(column, Text), "C") if isinstance(column.type, Text) else column for column in table.c]
    hashed = func.hash_record_extended(func.row(*values), number(0))
    return select(func.concat_ws(word(" "), func.count(), func.sum(hashed))).select_from(table).scalar_subquery()
