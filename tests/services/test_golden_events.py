"""Bytes that version 1 once wrote, or that others may write: they decode forever, and ours are written the same."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from services.events import Event, FlowMatched, PsaPushed, decode, encode, topic_of

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ACCOUNT = UUID("0195a8f2-3c00-7000-8000-00000000000a")
SESSION = UUID("0195a8f2-3c00-7000-8000-00000000000b")
FLOW = UUID("0195a8f2-3c00-7000-8000-00000000000c")

FLOW_MATCHED = FlowMatched(
    ACCOUNT,
    SESSION,
    FLOW,
    0.82,
    id=UUID("0195a8f2-3c00-7000-8000-000000000001"),
    time=datetime(2026, 3, 18, 9, 30, tzinfo=UTC),
)
TIME_ENTRY = PsaPushed(
    ACCOUNT,
    SESSION,
    "time_entry_posted",
    "48213",
    1.5,
    id=UUID("0195a8f2-3c00-7000-8000-000000000002"),
    time=datetime(2026, 3, 18, 9, 31, 0, 250_000, tzinfo=UTC),
)
NOTE_WITHOUT_SESSION = PsaPushed(
    ACCOUNT,
    None,
    "note_posted",
    "Ärger № 7",
    id=UUID("0195a8f2-3c00-7000-8000-000000000003"),
    time=datetime(2026, 3, 18, 9, 32, tzinfo=UTC),
)
FOREIGN = FlowMatched(
    ACCOUNT,
    SESSION,
    FLOW,
    id=UUID("6fa459ea-ee8a-3ca4-894e-db77e160355e"),
    time=datetime(2026, 3, 18, 9, 30, tzinfo=UTC),
)

OURS = [
    pytest.param("flow_matched.v1.json", FLOW_MATCHED, id="flow matched"),
    pytest.param("psa_pushed.v1.json", TIME_ENTRY, id="time entry"),
    pytest.param("psa_pushed_without_session.v1.json", NOTE_WITHOUT_SESSION, id="note without a session"),
]


@pytest.mark.parametrize(
    ("name", "event"),
    [*OURS, pytest.param("foreign_flow_matched.v1.json", FOREIGN, id="another producer's order, case and fields")],
)
def test_a_golden_file_decodes_to_its_event(name: str, event: Event) -> None:
    assert decode(topic_of(event), (GOLDEN / name).read_bytes(), now=NOW) == event


@pytest.mark.parametrize(("name", "event"), OURS)
def test_an_event_is_written_as_its_golden_file(name: str, event: Event) -> None:
    assert encode(event) == (GOLDEN / name).read_bytes()


def test_a_decoded_time_is_in_utc() -> None:
    event = decode(topic_of(FOREIGN), (GOLDEN / "foreign_flow_matched.v1.json").read_bytes(), now=NOW)
    assert event.time.tzinfo is UTC
