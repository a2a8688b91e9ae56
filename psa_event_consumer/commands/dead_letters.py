"""`dead-letters list | show | replay | discard`: looks after what could not be applied."""

import argparse
import json
import sys
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any, get_args

from psycopg import AsyncConnection

from psa_event_consumer.apply import database, dead_letters, readiness
from psa_event_consumer.apply.batch import Reason
from psa_event_consumer.apply.replay import CHUNK, replay
from psa_event_consumer.commands.types import Commands
from psa_event_consumer.settings import ConsumerSettings

_COLUMNS = ("id", "status", "reason", "topic", "partition", "offset", "first_seen_at", "event_id", "detail")


def add_to(commands: Commands) -> None:
    """Add `dead-letters` to the command line."""
    verbs = commands.add_parser("dead-letters", help="records that could not be applied").add_subparsers(
        required=True, metavar="verb"
    )
    parser = verbs.add_parser("list", help="one line each")
    parser.add_argument("--status", choices=("new", "replayed", "discarded"))
    parser.add_argument("--reason", choices=get_args(Reason))
    parser.add_argument("--json", action="store_true", help="a JSON array instead of a table")
    parser.add_argument("--limit", type=int, default=dead_letters.PAGE, metavar="N", help="at most so many (1000)")
    parser.add_argument("--after", type=int, default=0, metavar="ID", help="those after this one: the next page")
    parser.set_defaults(command=_list)

    parser = verbs.add_parser("show", help="everything about one, as JSON")
    parser.add_argument("id", type=int, metavar="ID")
    parser.set_defaults(command=_show)

    parser = verbs.add_parser(
        "replay",
        help="applies them again, with the same event ids",
        description="What is still refused stays new, with its new detail, and the exit code is 1.",
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", type=int, nargs="*", metavar="ID", default=[])
    which.add_argument("--reason", choices=get_args(Reason), help="all new ones with this reason")
    which.add_argument("--all", action="store_true", help="all new ones")
    parser.set_defaults(command=_replay)

    parser = verbs.add_parser("discard", help="says that nothing will come of them; they stay in the table")
    parser.add_argument("ids", type=int, nargs="+", metavar="ID")
    parser.add_argument("--because", required=True, metavar="TEXT", help="for whoever asks later")
    parser.set_defaults(command=_discard)


async def _list(settings: ConsumerSettings, arguments: argparse.Namespace) -> int:
    """Read page by page and print each at once, so that a million of them fit into any memory."""
    async with await database.connect(settings.database_url) as connection:
        write = _json_array if arguments.json else _table
        await write(_pages(connection, settings.group_id, arguments))
    return 0


async def _pages(
    connection: AsyncConnection, group_id: str, arguments: argparse.Namespace
) -> AsyncIterator[list[tuple[Any, ...]]]:
    which = dead_letters.Which(arguments.status, arguments.reason)
    after, left = arguments.after, arguments.limit
    while left > 0:
        page = await dead_letters.listed(connection, group_id, which, after=after, limit=min(left, dead_letters.PAGE))
        if not page:
            return
        yield page
        after, left = page[-1][0], left - len(page)
    if await dead_letters.listed(connection, group_id, which, after=after, limit=1):
        sys.stderr.write(f"there are more: --after {after}\n")


async def _table(pages: AsyncIterator[list[tuple[Any, ...]]]) -> None:
    head: list[tuple[Any, ...]] = [_COLUMNS]
    async for page in pages:
        for row in head + page:
            sys.stdout.write("\t".join("-" if value is None else str(value) for value in row) + "\n")
        head = []


async def _json_array(pages: AsyncIterator[list[tuple[Any, ...]]]) -> None:
    separator = "[\n"
    async for page in pages:
        for row in page:
            line = json.dumps(dict(zip(_COLUMNS, row, strict=True)), default=_text, ensure_ascii=False)
            sys.stdout.write(separator + line)
            separator = ",\n"
    sys.stdout.write("[]\n" if separator == "[\n" else "\n]\n")


async def _show(settings: ConsumerSettings, arguments: argparse.Namespace) -> int:
    async with await database.connect(settings.database_url) as connection:
        letter = await dead_letters.shown(connection, settings.group_id, arguments.id)
    if letter is None:
        return _refuse([arguments.id], "is not there")
    _print_json(letter)
    return 0


async def _replay(settings: ConsumerSettings, arguments: argparse.Namespace) -> int:
    applied = duplicates = 0
    still: list[dead_letters.StillDead] = []
    async with await database.connect(settings.database_url) as connection:
        await readiness.check(connection)
        if arguments.ids:
            ids = sorted(set(arguments.ids))
        else:
            ids = await dead_letters.new_ids(connection, settings.group_id, arguments.reason)
        found: set[int] = set()
        for first in range(0, len(ids), CHUNK):
            outcome = await replay(connection, settings.group_id, ids[first : first + CHUNK])
            applied += outcome.applied
            duplicates += outcome.duplicates
            still += outcome.still_dead
            found |= outcome.taken
    sys.stdout.write(
        f"replayed {applied + duplicates} ({duplicates} of them applied before), {len(still)} still dead\n"
    )
    for letter in still:
        sys.stderr.write(f"{letter.id}: {letter.reason}: {letter.detail}\n")
    # Of a chosen set, one that somebody else has dealt with meanwhile is no failure.
    missing = [each for each in ids if each not in found] if arguments.ids else []
    return _refuse(missing, "is not there, or not new") or (1 if still else 0)


async def _discard(settings: ConsumerSettings, arguments: argparse.Namespace) -> int:
    async with await database.connect(settings.database_url) as connection:
        done = await dead_letters.discard(connection, settings.group_id, arguments.ids, arguments.because)
    sys.stdout.write(f"discarded {len(done)}\n")
    return _refuse([each for each in arguments.ids if each not in done], "is not there, or not new")


def _refuse(ids: Iterable[int], why: str) -> int:
    code = 0
    for each in ids:
        sys.stderr.write(f"dead letter {each} {why}\n")
        code = 1
    return code


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, default=_text, ensure_ascii=False, indent=2) + "\n")


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
