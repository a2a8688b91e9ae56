"""What an operator does: `python -m services.psa intents list|show|retry|resolve|fail`, and `connections check`.

Intents need PSA_DATABASE_URL alone. Exit code 0: done. 1: no such intent in such a state. 2: wrong use.
"""

import argparse
import asyncio
import json
import sys
from typing import Any, Final
from uuid import UUID

from psycopg.rows import dict_row

from services.psa.check import check_connection
from services.psa.database import Database, Transaction
from services.psa.errors import PsaError
from services.psa.ledger import hours_in, record_success
from services.settings import Variables, settings_or_exit

_LIST: Final = """
    select id, account_id, session_id, ticket_ref, kind, sequence, state, attempts, looks, available_at, external_id,
           error, created_at, finished_at
    from analytics.push_intent
    where (%(state)s::text is null or state = %(state)s) and (%(id)s::uuid is null or id = %(id)s)
    order by created_at desc limit %(limit)s
"""
# Nothing is taken from a worker that is busy with it: its lease must have ended.
_RETRY: Final = """
    update analytics.push_intent
    set state = 'pending', attempts = 0, looks = 0, available_at = now(), finished_at = null, claim = null
    where id = any(%(id)s) and state in ('failed', 'unknown') and payload <> '{}'
      and (lease_until is null or lease_until <= now())
"""
_FAIL: Final = """
    update analytics.push_intent
    set state = 'failed', error = %(because)s, finished_at = now(), claim = null, account_paused_until = null
    where id = %(id)s and state in ('pending', 'unknown')
      and (lease_until is null or lease_until <= now())
"""
_RESOLVE: Final = "id = %(id)s and state in ('failed', 'unknown') and (lease_until is null or lease_until <= now())"


def operate(arguments: list[str]) -> int:
    """Run one command, and return the exit code."""
    given = _parser().parse_args(arguments)
    if given.command == "check":
        return asyncio.run(check_connection(given.account))
    url = settings_or_exit(lambda environ: Variables(environ).database_url("PSA_DATABASE_URL"))
    try:
        return asyncio.run(_run(url, given))
    except PsaError as error:
        sys.stderr.write(f"{error}\n")
        return 1


async def _run(url: str, given: argparse.Namespace) -> int:
    database = Database(url)
    try:
        async with database.transaction() as connection:
            done = await _COMMANDS[given.command](connection, given)
    finally:
        await database.close()
    if not done:
        sys.stderr.write("not all: no such intent in a state that allows this, or a worker is busy with it\n")
    return 0 if done else 1


async def _show(connection: Transaction, given: argparse.Namespace) -> bool:
    values = {"state": None, "id": None, "limit": 200} | vars(given)
    rows = await (await connection.cursor(row_factory=dict_row).execute(_LIST, values)).fetchall()
    for row in rows:
        if given.json or given.command == "show":
            print(json.dumps(row, default=str))  # noqa: T201  the command's output
        else:
            print(_line(row))  # noqa: T201  the same
    return bool(rows) or given.command == "list"


async def _resolve(connection: Transaction, given: argparse.Namespace) -> bool:
    row = await (
        await connection.execute("select payload::text from analytics.push_intent where id = %s", [given.id])
    ).fetchone()
    if row is None:
        return False
    values = {"id": given.id, "external_id": given.external_id, "hours": hours_in(row[0])}
    return await record_success(connection, _RESOLVE, values)


async def _retry(connection: Transaction, given: argparse.Namespace) -> bool:
    """Those that it may; whether that was all of them."""
    return (await connection.execute(_RETRY, vars(given))).rowcount == len(set(given.id))


async def _fail(connection: Transaction, given: argparse.Namespace) -> bool:
    return (await connection.execute(_FAIL, vars(given))).rowcount == 1


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['id']}  {row['state']:<9}  {row['kind']:<17}  ticket {row['ticket_ref']}  {row['error'] or ''}".rstrip()
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.psa", description="The push worker, without arguments.")
    things = parser.add_subparsers(required=True)
    connections = things.add_parser("connections", help="see whether an account's PSA can be reached")
    check = connections.add_subparsers(dest="command", required=True).add_parser("check", help="ask it, once")
    check.add_argument("account", type=UUID)
    intents = things.add_parser("intents", help="look at intents, and decide on some")
    commands = intents.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="the newest intents")
    listing.add_argument("--state", choices=("pending", "in_flight", "succeeded", "failed", "unknown"))
    listing.add_argument("--limit", type=int, default=200)
    listing.add_argument("--json", action="store_true")
    for name, text in (
        ("show", "one intent as JSON"),
        ("retry", "send failed ones again, or unknown ones that are certainly not in the PSA"),
        ("resolve", "record as succeeded what is in the PSA, with its event"),
        ("fail", "give up a pending or unknown one"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("id", type=UUID, nargs="+" if name == "retry" else None)
        command.set_defaults(json=False)
        if name == "resolve":
            command.add_argument("--external-id", required=True, help="the entry's id in the PSA")
        if name == "fail":
            command.add_argument("--because", required=True)
    return parser


_COMMANDS: Final = {"list": _show, "show": _show, "retry": _retry, "resolve": _resolve, "fail": _fail}
