"""What the main application does in a session's course: each function is one of its transactions."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from deploy.simulator.history import pushed
from deploy.simulator.story import Match, Push, Story
from deploy.simulator.tickets import COMPLETED, MEMBERS
from services.events import FlowMatched
from services.outbox import add_event
from services.psa import Note, PushIntent, StatusChange, TimeEntry, request_push

OPEN = ("active", "paused", "requesting_escalation")


def open_session(connection: psycopg.Connection, story: Story) -> None:
    """Begin the session. A repeated step changes nothing: the answer to its first commit may have been lost."""
    connection.execute(
        "insert into ai_sessions (id, account_id, user_id, problem_domain, status, confidence_tier, confidence_score,"
        " psa_ticket_id, created_at) values (%s, %s, %s, %s, 'active', %s, %s, %s, %s) on conflict do nothing",
        [
            story.id,
            story.account_id,
            story.user_id,
            story.domain,
            story.tier,
            story.confidence,
            story.ticket,
            story.created_at,
        ],
    )


def match_flow(connection: psycopg.Connection, story: Story, match: Match) -> None:
    """Match it to a flow: the change and the event that tells of it are one transaction."""
    connection.execute(
        "update ai_sessions set matched_flow_id = %s, match_score = %s where id = %s",
        [match.flow.id, match.score, story.id],
    )
    event = FlowMatched(story.account_id, story.id, match.flow.id, match.score, id=match.event_id)
    add_event(connection, event)


def ask_for_escalation(connection: psycopg.Connection, story: Story) -> None:
    """Abandon it."""
    connection.execute(
        "update ai_sessions set status = 'requesting_escalation' where id = %s and status = 'active'", [story.id]
    )


def end_session(connection: psycopg.Connection, session_id: UUID, status: str, rating: int | None) -> None:
    """End it, unless it has ended."""
    connection.execute(
        "update ai_sessions set status = %s, resolved_at = greatest(now(), created_at), session_rating = %s"
        " where id = %s and status = any(%s)",
        [status, rating, session_id, list(OPEN)],
    )


def report_push(connection: psycopg.Connection, story: Story, push: Push) -> None:
    """Without a sandbox: the PSA has accepted it, as far as anybody can see."""
    add_event(connection, pushed(story, push, datetime.now(UTC)))


def ask_for_push(connection: psycopg.Connection, story: Story, push: Push, sequence: int) -> None:
    """Ask the push worker to carry it out, by the product's own way."""
    action: TimeEntry | Note | StatusChange
    if push.activity_type == "time_entry_posted":
        minutes = max(1, round((push.hours or 0) * 60))
        start = (datetime.now(UTC) - timedelta(minutes=minutes)).replace(microsecond=0)
        member = random.Random(story.user_id.int).choice(MEMBERS)  # noqa: S311  a play, no secret
        action = TimeEntry(
            member=str(member), start=start, minutes=minutes, note=f"{story.domain or 'General'} session"
        )
    elif push.activity_type == "note_posted":
        action = Note(text=f"{story.domain or 'General'}: session ended as {story.status}.")
    else:
        action = StatusChange(status=COMPLETED)
    intent = PushIntent(story.account_id, story.id, push.ticket, action, sequence, id=push.event_id)
    request_push(connection, intent)


def with_ticket(story: Story, ticket: str | None) -> Story:
    """Return the story on another ticket; without one it pushes nothing."""
    if ticket is None:
        return replace(story, ticket=None, pushes=())
    return replace(story, ticket=ticket, pushes=tuple(replace(push, ticket=ticket) for push in story.pushes))
