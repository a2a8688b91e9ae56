"""Makes every trigger of ours on the main application's tables give way to the write that it cannot count.

To be called by each migration that makes such a function again, after it has made it. A function then sets what it
needs of its session, whatever that carries, and its errors end in `analytics.give_way` instead of the main
application; only what would go away by trying again (a deadlock, a serialization error) is left to be tried again.
"""

import re
from collections.abc import Mapping

from sqlalchemy import Connection, text

SETTINGS: Mapping[str, str] = {
    "search_path": "''",
    "row_security": "on",
    # Numbers are rounded as they are written in full.
    "extra_float_digits": "1",
}
TABLES = ("ai_sessions", "psa_activity_log")

_FUNCTIONS = text(
    """
    select distinct function.proname, function.prosrc, coalesce(function.proconfig, '{}')
    from pg_trigger as fired
    join pg_proc as function on function.oid = fired.tgfoid
    where function.pronamespace = 'analytics'::regnamespace
      and fired.tgrelid in (select oid from pg_class where relname = any(:tables))
    order by 1
    """
)
_END = re.compile(r"end;?\s*\Z")
_HANDLER = """\
exception
  when transaction_rollback or object_not_in_prerequisite_state or operator_intervention or insufficient_resources then
    raise;
  when others then
    perform analytics.give_way('{name}', sqlstate, sqlerrm);
    return {answer};
end
"""


def guard_triggers(connection: Connection) -> None:
    """Guard the functions of all triggers on `TABLES` that are not guarded yet; as `analytics_owner`."""
    for name, source, settings in connection.execute(_FUNCTIONS, {"tables": list(TABLES)}).all():
        if "analytics.give_way" not in source:
            connection.exec_driver_sql(_guarded(name, source, dict(each.split("=", 1) for each in settings)))


def _guarded(name: str, source: str, settings: Mapping[str, str]) -> str:
    handler = _HANDLER.format(name=name, answer="old" if "return old" in source else "null")
    needed = dict(SETTINGS)
    if not any(table in source for table in TABLES):
        # Its tables are its owner's, whom their row security does not touch. Each setting costs a write.
        del needed["row_security"]
    clauses = " ".join(f"set {setting} = {value}" for setting, value in {**settings, **needed}.items())
    return (
        f"create or replace function analytics.{name}() returns trigger language plpgsql security definer {clauses}"
        f" as $guarded${_END.sub(handler, source)}$guarded$"
    ).replace("%", "%%")
