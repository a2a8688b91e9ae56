"""What the main application asks for: the account, session and ticket, and one action in the ticket."""

from datetime import datetime
from typing import Annotated, Final, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, field

from services.events import ActivityType, uuid7
from services.psa.errors import InvalidIntentError
from services.psa.ticket import TicketRef

Visibility = Literal["internal", "public", "resolution"]
"""Who reads a text: the technicians, the customer too, or whoever reads the ticket's resolution."""

Reference = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\u0000]*[^\u0000\s][^\u0000]*$")]
"""An id of the PSA's, as text: what it means is the provider's matter."""
Text = Annotated[str, Meta(max_length=32_000, pattern=r"^[^\u0000]*$")]
Minutes = Annotated[int, Meta(ge=1, le=24 * 60)]


class TimeEntry(Struct, frozen=True, kw_only=True, tag_field="kind", tag="time_entry_posted", omit_defaults=True):
    """Time worked. A PSA bills it: `billable=None` leaves that to the agreement, which usually means that it does."""

    member: Reference
    """The technician. Required: without it the entry would belong to the integration's own user."""
    start: Annotated[datetime, Meta(tz=True)]
    minutes: Minutes
    """How long, in whole minutes; the activity log gets `minutes / 60` hours."""
    note: Text = ""
    role: Reference | None = None
    """The work role; None leaves it to the PSA, and then to the member's default."""
    work_type: Reference | None = None
    billable: bool | None = None
    visibility: Visibility = "internal"

    @property
    def hours(self) -> float:
        """Decimal hours, as they are sent and logged."""
        return self.minutes / 60


class Note(Struct, frozen=True, kw_only=True, tag_field="kind", tag="note_posted", omit_defaults=True):
    """A text on the ticket; by default no one outside sees it and no one is notified."""

    text: Annotated[str, Meta(min_length=1, max_length=32_000, pattern=r"^[^\u0000]*[^\u0000\s][^\u0000]*$")]
    visibility: Visibility = "internal"
    notify: bool = False


class StatusChange(Struct, frozen=True, kw_only=True, tag_field="kind", tag="status_updated", omit_defaults=True):
    """A new status for the ticket."""

    status: Reference
    closing: bool = True
    """Whether the status ends the ticket, so that time must be in before. Say False for one that reopens it: time
    requested afterwards then waits for it."""


Action = TimeEntry | Note | StatusChange


class PushIntent(Struct, frozen=True):
    """One thing to do in the PSA, once. Its key is (account, session, ticket, kind of action, sequence)."""

    account_id: UUID
    session_id: UUID | None
    """None for work that belongs to no session."""
    ticket_ref: Reference
    """See `TicketRef`."""
    action: Action
    sequence: Annotated[int, Meta(ge=1, le=2**31 - 1)] = 1
    """Number them where one session needs several of a kind on one ticket; a repeated number is the same intent."""
    id: UUID = field(default_factory=uuid7)
    """Also the id of the event that reports the success."""

    @property
    def kind(self) -> ActivityType:
        """The activity type that a success is logged as."""
        return KINDS[type(self.action)]


KINDS: Final[dict[type[Action], ActivityType]] = {
    TimeEntry: "time_entry_posted",
    Note: "note_posted",
    StatusChange: "status_updated",
}
assert set(KINDS) == set(get_args(Action))  # noqa: S101  a new action needs its activity type, at import

_encode: Final = msgspec.json.Encoder().encode
_decode_intent: Final = msgspec.json.Decoder(PushIntent).decode
_decode_action: Final = msgspec.json.Decoder(Action).decode


def checked(intent: PushIntent) -> PushIntent:
    """Return the intent, once each field is known to keep its rules; ids given as text are UUIDs then.

    Raises:
        InvalidIntentError: one does not; the message names the field.
    """
    try:
        intent = _decode_intent(_encode(intent))
    except (msgspec.ValidationError, msgspec.DecodeError, TypeError, UnicodeEncodeError) as error:
        raise InvalidIntentError(str(error)) from None
    TicketRef.parse(intent.ticket_ref)
    return intent


def encode_action(action: Action) -> str:
    """Return the stored form."""
    return _encode(action).decode()


def decode_action(payload: str) -> Action:
    """Return the action in its stored form.

    Raises:
        InvalidIntentError: it is none, for example because its session was erased.
    """
    try:
        action: Action = _decode_action(payload)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise InvalidIntentError(f"the stored action cannot be read: {error}") from None
    return action


def marker_of(intent_id: UUID) -> str:
    """Return what an entry in the PSA carries so that it can be found again."""
    return f"fp:{intent_id}"
