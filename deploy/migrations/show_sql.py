"""What the database runs for the rollups, to be read: every trigger function as it has it, and every fold."""

from collections.abc import Iterator

from deploy.migrations.connection import Target
from shared_queries.rollups.folding import FOLDS

_FUNCTIONS = """
    select pg_get_functiondef(function.oid)
    from pg_proc as function
    where function.pronamespace = 'analytics'::regnamespace
      and (function.prorettype = 'trigger'::regtype or function.proname in (
        'count_session', 'count_push', 'count_activity', 'place_of', 'duration_us', 'domain_hash', 'text_hash'
      ))
    order by function.prorettype = 'trigger'::regtype, function.proname
"""


def shown(target: Target) -> Iterator[str]:
    """Give each statement, with a line that says what it is.

    Raises:
        psycopg.Error: the database cannot be read.
    """
    with target.connect() as connection:
        for (definition,) in connection.execute(_FUNCTIONS).fetchall():
            yield f"{definition.strip()};\n"
    for fold in FOLDS:
        yield f"-- The compactor: a bite of {fold.pending} into its rollups.\n{fold.move};\n"
        for clear in fold.clear:
            yield f"-- The compactor, after {fold.pending}: what counts nothing any more.\n{clear};\n"
