"""The database's side of the counters: functions, views and triggers as SQL, made from the registry and the templates.

A migration does not run what is made here. It runs what was made once and lies with its version (`sql/<version>/`,
written by `python -m deploy.migrations write-sql VERSION`), so that it stays what it was when the registry goes on. A
test holds the database at the newest version equal to what is made here.
"""

import re
import textwrap
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from shared_queries.counters import Counter
from shared_queries.rollups.families import (
    ACTIVITY,
    ACTIVITY_COUNTERS,
    ACTIVITY_FAMILIES,
    DOMAIN_ACTIVITY,
    PUSH_COUNTERS,
    SESSION_COUNTERS,
    SESSION_FAMILIES,
    bits,
)
from shared_queries.rollups.tables import PLACE, ROLLUPS, entry_gap_rollup_day, entry_gap_rollup_quarter

_TEMPLATES = Path(__file__).parent / "templates"
_FEW_ROWS = 50
_WIDTH = 100
_PLACEHOLDER = re.compile(r"^(?P<before>(?P<indent> *)[^\n]*?)\{\{(?P<name>\w+)\}\}", re.MULTILINE)
_SESSION = (
    "id, account_id, user_id, problem_domain::text, status::text, confidence_tier::text, confidence_score,"
    " matched_flow_id, session_rating, psa_ticket_id::text, created_at, resolved_at"
)
_ACTIVITY = "id, account_id, session_id, activity_type, hours_logged, created_at"
_SIDES = {
    "inserted": ((1, "new_rows"),),
    "updated": ((-1, "old_rows"), (1, "new_rows")),
    "deleted": ((-1, "old_rows"),),
}
_NO_SCANS = (
    "-- Planned while a table is small, a scan of it would be kept for the session, and repeated for each row.\n"
    "set enable_seqscan = off\n"
)
_MOVES = (
    "  sessions uuid[];\n  accounts uuid[];\n  spellings text[];\n  was_accounts uuid[];\n  was_spellings text[];\n"
)
_PAST = {
    "": """cross join lateral (
  select count(*) filter (where activity.activity_type = 'note_posted')::integer as notes,
    count(*) filter (where activity.activity_type = 'time_entry_posted')::integer as entries
  from public.psa_activity_log as activity
  where activity.session_id = session.id and activity.account_id is not distinct from session.account_id
) as past""",
    "all_": """left join (
  select session_id, account_id, (count(*) filter (where activity_type = 'note_posted'))::integer as notes,
    (count(*) filter (where activity_type = 'time_entry_posted'))::integer as entries
  from public.psa_activity_log
  where session_id is not null
  group by session_id, account_id
) as past on past.session_id = session.id and past.account_id = session.account_id""",
}
"""Of a few sessions each one's pushes are looked up; of all, they are grouped once."""


def rendered() -> dict[str, str]:
    """Give each file of a version: `counting.sql` comes first, then the triggers in any order."""
    return {"counting.sql": _filled(_text("counting"), {"views": _views()}), **_triggers()}


def _views() -> str:
    of_one = {"prefix": "", "options": "with (security_barrier) ", "source": "analytics.sessions"}
    of_all = {"prefix": "all_", "options": "", "source": "analytics.all_sessions"}
    return "\n".join(
        _filled(_text("counted_view"), {**view, "past": _PAST[view["prefix"]]}) for view in (of_one, of_all)
    )


def _triggers() -> dict[str, str]:
    made = {
        "session_inserted": _trigger(
            "session_inserted", _text("session_inserted"), changes=_changes("inserted", _SESSION)
        )
    }
    for operation in ("updated", "deleted"):
        moves = operation == "updated"
        made[f"session_{operation}"] = _trigger(
            f"session_{operation}",
            _planned_twice(_text("session_changed"), operation),
            settings=_NO_SCANS,
            declarations=_MOVES if moves else "  moved bigint;\n",
            placed=_text(f"session_{operation}").rstrip(),
            rest=_text("session_moves").rstrip() if moves else "select count(*) into moved from moved;",
            changes=_changes(operation, _SESSION),
        )
    for operation in _SIDES:
        made[f"activity_{operation}"] = _trigger(
            f"activity_{operation}",
            _planned_twice(_text("activity_changed"), operation),
            settings=_NO_SCANS,
            declarations="  several uuid[];  -- the sessions with more than one time entry, before or after\n",
            changes=_changes(operation, _ACTIVITY),
        )
    made["session_leaving"] = _trigger("session_leaving", _text("session_leaving"), settings=_NO_SCANS, result="old")
    made["sessions_truncated"] = _trigger("sessions_truncated", _text("sessions_truncated"))
    made["activities_truncated"] = _trigger("activities_truncated", _text("activities_truncated"))
    return {f"{name}.sql": text for name, text in made.items()}


def _trigger(
    name: str, body: str, *, settings: str = "", declarations: str = "", result: str = "null", **parts: str
) -> str:
    declared = f"declare\n{declarations}" if declarations else ""
    frame = {"name": name, "settings": settings, "declarations": declared, "result": result, "body": body.rstrip("\n")}
    return _filled(_text("trigger"), {**frame, **parts})


def _planned_twice(statements: str, operation: str) -> str:
    """Give the statements twice: once for few rows, once for many.

    PL/pgSQL keeps a statement's plan for the session. The one for a single row, nested loops over transition tables,
    takes hours for a hundred thousand; planning again each time would cost the single row more than the trigger itself.
    """
    (_, rows), *_ = _SIDES[operation]
    before, repeated, after = statements.split("  -- {statements}\n")
    branch = textwrap.indent(repeated, "  ", lambda line: bool(line.strip()))
    return (
        f"{before}  if exists (select from {rows} offset {_FEW_ROWS}) then\n{branch}  else\n{branch}  end if;\n{after}"
    )


def _changes(operation: str, columns: str) -> str:
    sides = [
        _wrapped([f"select {sign} as sign", *columns.split(", ")]) + f"\nfrom {rows}"
        for sign, rows in _SIDES[operation]
    ]
    return "\nunion all\n".join(sides)


def _text(name: str) -> str:
    return (_TEMPLATES / f"{name}.sql").read_text("utf-8")


def _filled(template: str, parts: Mapping[str, str]) -> str:
    values = {**_lists(), **parts}
    # A part may hold placeholders of its own; its lines stand where its placeholder does.
    while found := _PLACEHOLDER.search(template):
        value = textwrap.dedent(values[found["name"]]).replace("\n", f"\n{found['indent']}")
        template = template[: found.end("before")] + value + template[found.end() :]
    return re.sub(r"[ \t]+$", "", template, flags=re.MULTILINE)


@cache
def _lists() -> dict[str, str]:
    """Make what the templates need of the registry."""
    plain = {name: counter for name, counter in ACTIVITY_COUNTERS.items() if name != "first_entries"}
    rows = [f"analytics.{table.name}" for family in SESSION_FAMILIES for table in ROLLUPS[family.name].values()]
    pushes = [
        *(f"analytics.{table.name}" for family in ACTIVITY_FAMILIES for table in ROLLUPS[family.name].values()),
        *(f"analytics.{table.name}" for table in (entry_gap_rollup_quarter, entry_gap_rollup_day)),
    ]
    place = [name for name in PLACE if name not in {"notes", "entries"}]
    dimensions = ("account_id", "quarter", "spelling", "flow_id", "user_id")
    return {
        "all_families": str(bits(SESSION_FAMILIES)),
        "account_activity": str(ACTIVITY.bit),
        "domain_activity": str(DOMAIN_ACTIVITY.bit),
        "session_rollups": _wrapped(rows),
        "activity_rollups": _wrapped(pushes),
        "place_columns": _wrapped(PLACE),
        "was_columns": _wrapped(f"was_{name}" for name in PLACE),
        "keep_place": _wrapped(f"was_{name} = place.{name}" for name in PLACE),
        "placed_now": _wrapped(f"placed.{name}" for name in dimensions),
        "placed_before": _wrapped(f"placed.was_{name}" for name in dimensions),
        "side_now": ",\n".join(f"(array_agg({name}) filter (where sign > 0))[1] as {name}" for name in place),
        "side_before": ",\n".join(f"(array_agg({name}) filter (where sign < 0))[1] as was_{name}" for name in place),
        **_of("session", SESSION_COUNTERS),
        **_of("push", PUSH_COUNTERS),
        **_of("activity", ACTIVITY_COUNTERS),
        **_of("plain_activity", plain),
    }


def _of(kind: str, counters: Mapping[str, Counter]) -> dict[str, str]:
    return {
        f"{kind}_types": ",\n".join(f"{name} {counter.type}" for name, counter in counters.items()),
        f"{kind}_triggers": ",\n".join(counter.trigger for counter in counters.values()),
        f"{kind}_columns": _wrapped(counters),
        f"counter_{kind}_columns": _wrapped(f"counter.{name}" for name in counters),
        f"push_{kind}_columns": _wrapped(f"push.{name}" for name in counters),
        f"{kind}_sums": _wrapped(f"sum(sign * {name})" for name in counters),
        f"{kind}_losses": _wrapped(f"-sum(pushed.{name})" for name in counters),
        f"{kind}_zeros": _wrapped("0" for _ in counters),
    }


def _wrapped(items: Iterable[str]) -> str:
    """Break lines between items alone."""
    text = ", ".join(item.replace(" ", "\0") for item in items)
    return "\n".join(textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)).replace("\0", " ")
