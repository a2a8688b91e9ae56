"""What the sandbox has accepted, in SQLite: committed before it is answered, and so there after a kill."""

import sqlite3
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from deploy.sandbox.world import BOARDS

EntryKind = Literal["time", "note", "status"]

_TABLES: Final = """
    create table if not exists ticket (
      id integer primary key autoincrement, kind text not null, board integer not null, status integer not null,
      label text not null, role_required integer not null
    );
    create table if not exists entry (
      id integer primary key autoincrement, ticket integer not null references ticket, kind text not null,
      hours real not null, body text not null
    );
    create index if not exists entry_ticket on entry (ticket, kind);
    insert into sqlite_sequence (name, seq) select 'ticket', 48000
    where not exists (select 1 from sqlite_sequence where name = 'ticket');
"""


class Ticket(msgspec.Struct, frozen=True):
    """A ticket as it is now."""

    id: int
    kind: Literal["service", "project"]
    board: int
    status: int
    label: str
    role_required: bool


class Entry(msgspec.Struct, frozen=True):
    """A time entry, note or status change that was accepted."""

    id: int
    ticket: int
    kind: EntryKind
    hours: float
    body: dict[str, Any]
    label: str = ""


class Store:
    """The tickets and their entries."""

    def __init__(self, directory: Path | None) -> None:
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
        path = ":memory:" if directory is None else str(directory / "sandbox.sqlite")
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("pragma journal_mode = wal")
        self._database.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def add_tickets(
        self, count: int, *, kind: str = "service", board: int = 1, label: str = "", role_required: bool = False
    ) -> list[int]:
        """Make new tickets in their board's first status."""
        status = BOARDS[board][0].id
        self._database.execute("begin")
        ids = [
            self._insert(
                "insert into ticket (kind, board, status, label, role_required) values (?, ?, ?, ?, ?)",
                (kind, board, status, label, role_required),
            )
            for _ in range(count)
        ]
        self._database.execute("commit")
        return ids

    def ticket(self, ticket_id: int, kind: str | None = None) -> Ticket | None:
        """Return the ticket, if it is of that kind: a service path does not find a project ticket."""
        row = self._database.execute(
            "select id, kind, board, status, label, role_required from ticket where id = ?", (ticket_id,)
        ).fetchone()
        if row is None or (kind is not None and row[1] != kind):
            return None
        return Ticket(row[0], row[1], row[2], row[3], row[4], bool(row[5]))

    def add_entry(self, ticket: int, kind: EntryKind, body: dict[str, Any], hours: float = 0) -> int:
        """Accept an entry."""
        return self._insert(
            "insert into entry (ticket, kind, hours, body) values (?, ?, ?, ?)",
            (ticket, kind, hours, msgspec.json.encode(body).decode()),
        )

    def set_status(self, ticket: int, status: int, body: dict[str, Any]) -> None:
        """Move the ticket, and keeps that it was asked for."""
        self._database.execute("begin")
        self._database.execute("update ticket set status = ? where id = ?", (status, ticket))
        self.add_entry(ticket, "status", body)
        self._database.execute("commit")

    def entries(self, kind: EntryKind | None = None, *, ticket: int | None = None) -> list[Entry]:
        """Return what was accepted, in order."""
        rows = self._database.execute(
            "select entry.id, entry.ticket, entry.kind, entry.hours, entry.body, ticket.label"
            " from entry join ticket on ticket.id = entry.ticket"
            " where (?1 is null or entry.kind = ?1) and (?2 is null or entry.ticket = ?2) order by entry.id",
            (kind, ticket),
        )
        return [Entry(row[0], row[1], row[2], row[3], msgspec.json.decode(row[4]), row[5]) for row in rows]

    def counts(self, label: str | None) -> dict[str, float]:
        """Totals, of the tickets with this label where one is given; the funnel's parts count tickets.

        Hours are rounded to 1/10,000 each before they are added, as the product's metrics are.
        """
        row = self._database.execute(
            "select count(*) filter (where entry.kind = 'time'), coalesce(sum(round(entry.hours * 10000)), 0) / 10000,"
            " count(*) filter (where entry.kind = 'note'), count(*) filter (where entry.kind = 'status'),"
            " count(distinct entry.ticket) filter (where entry.kind = 'time'),"
            " count(distinct entry.ticket) filter (where entry.kind = 'note')"
            " from entry join ticket on ticket.id = entry.ticket where ?1 is null or ticket.label = ?1",
            (label,),
        ).fetchone()
        (tickets,) = self._database.execute(
            "select count(*) from ticket where ?1 is null or label = ?1", (label,)
        ).fetchone()
        names = ("time_entries", "hours", "notes", "status_changes", "tickets_with_time", "tickets_with_note")
        return {"tickets": tickets, **dict(zip(names, row, strict=True))}

    def _insert(self, statement: str, values: tuple[Any, ...]) -> int:
        row_id = self._database.execute(statement, values).lastrowid
        assert row_id is not None  # noqa: S101  an insert has one
        return row_id
