"""The pure rules: waits, tickets, bodies, secrets."""

import traceback
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.psa.backoff import CAP, retry_after, wait_before
from services.psa.connectwise import bodies
from services.psa.errors import InvalidIntentError, ValidationError
from services.psa.intents import (
    Action,
    Note,
    StatusChange,
    TimeEntry,
    decode_action,
    encode_action,
)
from services.psa.secret import Secret, redacted
from services.psa.ticket import TicketRef
from tests.psa.clients import connectwise_connection

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
REFERENCE = TEXT.filter(lambda text: text.strip())
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.builds(
    TimeEntry,
    member=st.integers(1, 10**6).map(str),
    start=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=ZONES),  # noqa: DTZ001  the zone is drawn
    minutes=st.integers(1, 1440),
    note=TEXT,
    billable=st.none() | st.booleans(),
)
NOTES = st.builds(Note, text=REFERENCE, notify=st.booleans())
STATUSES = st.builds(StatusChange, status=REFERENCE, closing=st.booleans())


@given(TEXT | st.integers(-10, 10**30).map(str))
def test_no_header_makes_us_wait_longer_than_the_cap(header: str) -> None:
    wait = retry_after(header, NOW)
    assert wait is None or timedelta() <= wait <= CAP


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("Mon, 1 Jan 99999999999999 00:00:00 GMT", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("0", 0),
        ("120", 120),
        ("301", 300),
        ("Wed, 18 Mar 2026 12:01:30 GMT", 90),
        ("Wed, 18 Mar 2026 12:01:30 -0000", 90),
        ("Wed, 18 Mar 2026 11:59:00 GMT", 0),
        ("Thu, 19 Mar 2026 12:00:00 GMT", 300),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(header: str | None, seconds: float | None) -> None:
    wait = retry_after(header, NOW)
    assert (None if wait is None else wait.total_seconds()) == seconds


@given(st.integers(0, 10**9))
def test_waits_double_up_to_the_cap_and_are_spread(attempts: int) -> None:
    least = wait_before(attempts, dice=lambda low, _high: low)
    most = wait_before(attempts, dice=lambda _low, high: high)
    assert most == min(CAP, timedelta(seconds=2 ** min(max(attempts - 1, 0), 20)))
    assert least == most / 2


@given(st.floats(0, 300), st.floats(0, 1))
def test_a_wait_that_was_asked_for_is_kept_and_little_more(asked: float, dice: float) -> None:
    wait = wait_before(3, timedelta(seconds=asked), dice=lambda _low, _high: dice)
    assert timedelta(seconds=asked) <= wait <= timedelta(seconds=asked * 1.1 + 0.2)


@given(TEXT)
def test_a_ticket_has_one_stored_form(text: str) -> None:
    try:
        ticket = TicketRef.parse(text)
    except InvalidIntentError:
        assert not text.removeprefix("service:").removeprefix("project:").strip()
        return
    assert TicketRef.parse(str(ticket)) == ticket


@pytest.mark.parametrize(
    ("text", "ticket"),
    [
        ("48213", TicketRef("48213")),
        ("service:48213", TicketRef("48213")),
        (" 48213 ", TicketRef("48213")),
        ("project:48213", TicketRef("48213", "project")),
        ("T20260318.0001", TicketRef("T20260318.0001")),
        ("a:b", TicketRef("a:b")),
        ("service:service:1", TicketRef("service:1")),
    ],
)
def test_a_ticket_is_read(text: str, ticket: TicketRef) -> None:
    assert TicketRef.parse(text) == ticket


@given(TIMES | NOTES | STATUSES)
def test_an_action_survives_being_stored(action: Action) -> None:
    assert decode_action(encode_action(action)) == action


@given(TIMES)
def test_a_time_entry_is_as_long_as_asked_for_in_utc_without_fractions(entry: TimeEntry) -> None:
    body = bodies.time_entry(TicketRef("1"), entry, "fp:1")
    start, end = (datetime.fromisoformat(body[name]) for name in ("timeStart", "timeEnd"))
    assert end - start == timedelta(minutes=entry.minutes)
    assert timedelta() <= entry.start - start < timedelta(seconds=1)
    assert body["timeStart"].endswith("Z")
    assert "actualHours" not in body


@pytest.mark.parametrize("text", ["", "12a", "-1", "1.5", "１２", " 1"])  # noqa: RUF001  digits, but not these
def test_an_id_that_is_no_number_is_refused_before_it_is_sent(text: str) -> None:
    with pytest.raises(ValidationError, match="not a ConnectWise id"):
        bodies.number("member", text)


def test_secrets_show_in_no_form_of_a_connection() -> None:
    connection = connectwise_connection("na.myconnectwise.net")
    shown = f"{connection} {connection!r} {connection.private_key} {[connection.public_key]} {connection.client_id!s}"
    assert not [
        secret.reveal()
        for secret in (connection.public_key, connection.private_key, connection.client_id)
        if secret.reveal() in shown
    ]


def test_secrets_show_in_no_traceback_with_variables() -> None:
    def fail(secret: Secret) -> None:
        raise ValueError(secret)

    try:
        fail(Secret("yek-etavirp"[::-1]))  # the right way round it would show as the source of this line
    except ValueError as error:
        captured = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert "private-key" not in "".join(captured.format())


@given(st.lists(st.text("abc", min_size=4, max_size=8), max_size=4), st.text("abc ", max_size=60))
def test_no_secret_is_left_in_a_text(secrets: list[str], text: str) -> None:
    said = redacted(text, secrets)
    assert not [secret for secret in secrets if secret in said]
