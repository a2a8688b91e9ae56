"""Section 4's rules, one case each, and that nothing but a DecodeError ever comes out of bad bytes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.events import (
    FLOW_MATCHED_TOPIC,
    MAX_BYTES,
    PSA_PUSHED_TOPIC,
    DecodeError,
    Event,
    FlowMatched,
    InvalidEventError,
    PsaPushed,
    decode,
    encode,
    key_of,
    topic_of,
    uuid7,
)
from services.events.refusal import document_in

NOW = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)
ACCOUNT = UUID("0195a8f2-3c00-7000-8000-00000000000a")
SESSION = UUID("0195a8f2-3c00-7000-8000-00000000000b")
FLOW = UUID("0195a8f2-3c00-7000-8000-00000000000c")
EVENT = UUID("0195a8f2-3c00-7000-8000-000000000001")
WRONG: Any = None
NO_JSON: Any = object()

Document = dict[str, Any]
Change = Callable[[Document], object]


def flow_document() -> Document:
    return {
        "specversion": "1.0",
        "id": str(EVENT),
        "source": "/flowpilot",
        "type": "flowpilot.flow.matched.v1",
        "time": "2026-03-18T09:30:00Z",
        "data": {
            "account_id": str(ACCOUNT),
            "session_id": str(SESSION),
            "flow_id": str(FLOW),
            "match_score": 0.82,
        },
    }


def psa_document(**data: object) -> Document:
    return {
        "specversion": "1.0",
        "id": str(EVENT),
        "source": "/flowpilot",
        "type": "flowpilot.psa.pushed.v1",
        "time": "2026-03-18T09:31:00Z",
        "data": {
            "account_id": str(ACCOUNT),
            "session_id": str(SESSION),
            "activity_type": "time_entry_posted",
            "psa_ticket_id": "48213",
            "hours_logged": 1.5,
        }
        | data,
    }


def flow(document: Document) -> Event:
    return decode(FLOW_MATCHED_TOPIC, json.dumps(document).encode(), now=NOW)


def psa(document: Document) -> Event:
    return decode(PSA_PUSHED_TOPIC, json.dumps(document).encode(), now=NOW)


def refused(topic: str, value: bytes | None) -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        decode(topic, value, now=NOW)
    return caught.value


def put(name: str, value: object) -> Change:
    return lambda document: document.__setitem__(name, value)


def put_data(name: str, value: object) -> Change:
    return lambda document: document["data"].__setitem__(name, value)


def drop(name: str) -> Change:
    return lambda document: document.pop(name)


def drop_data(name: str) -> Change:
    return lambda document: document["data"].pop(name)


NESTED_300 = b"[" * 300 + b"]" * 300


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="null value"),
        pytest.param(b"", id="empty"),
        pytest.param(json.dumps(flow_document()).encode().ljust(MAX_BYTES + 1), id="one byte too long"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(json.dumps(flow_document()).encode()[:-1] + b',"x":"\xc3"}', id="not UTF-8 in an ignored field"),
        pytest.param(json.dumps(flow_document()).encode()[:-1] + b',"x":"\xed\xa0\x80"}', id="a surrogate in UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + json.dumps(flow_document()).encode(), id="byte order mark"),
        pytest.param(json.dumps(flow_document()).encode("utf-16"), id="UTF-16"),
        pytest.param(b"[]", id="array"),
        pytest.param(b'"text"', id="string"),
        pytest.param(b"12", id="number"),
        pytest.param(b"1" * 5000, id="number of 5,000 digits"),
        pytest.param(b"true", id="boolean"),
        pytest.param(b"null", id="JSON null"),
        pytest.param(b"{", id="cut off"),
        pytest.param(json.dumps(flow_document()).encode() + b"{}", id="two objects"),
        pytest.param(b"{'type': 1}", id="single quotes"),
        pytest.param(b'{"type": "other", "x": NaN}', id="NaN is not JSON, whatever the type"),
        pytest.param(json.dumps(flow_document()).replace("0.82", "NaN").encode(), id="NaN"),
        pytest.param(json.dumps(flow_document()).replace("0.82", "-Infinity").encode(), id="Infinity"),
        pytest.param(b"[" * MAX_BYTES, id="deep nesting, never closed"),
        pytest.param(json.dumps(flow_document()).encode()[:-1] + b',"x":' + NESTED_300 + b"}", id="deep nesting"),
    ],
)
def test_malformed(value: bytes | None) -> None:
    assert refused(FLOW_MATCHED_TOPIC, value).reason == "malformed"


def test_the_longest_value_is_accepted() -> None:
    assert decode(FLOW_MATCHED_TOPIC, json.dumps(flow_document()).encode().ljust(MAX_BYTES), now=NOW).id == EVENT


def test_many_brackets_are_not_deep_nesting() -> None:
    document = flow_document() | {"x": [[]] * 2000, "y": "[{" * 2000, "z": '\\"' + "[" * 2000}
    assert flow(document).id == EVENT


@pytest.mark.parametrize(
    "kind",
    [
        "flowpilot.flow.matched.v2",
        "",
        "FLOWPILOT.FLOW.MATCHED.V1",
        "flowpilot.flow.matched.v1 ",
        "\0",
        "\ud800",
        "x" * 9000,
    ],
)
@pytest.mark.parametrize("rest", [{}, flow_document(), {"specversion": "0.3"}], ids=["alone", "good", "old version"])
def test_a_type_that_is_not_ours_is_unknown_whatever_else_is_wrong(kind: str, rest: Document) -> None:
    error = refused(FLOW_MATCHED_TOPIC, json.dumps(rest | {"type": kind}).encode())
    assert error.reason == "unknown_type"
    assert error.event_id == (EVENT if "id" in rest else None)


BAD_ENVELOPES = [
    *(pytest.param(drop(name), id=f"no {name}") for name in ("specversion", "id", "source", "type", "time", "data")),
    *(
        pytest.param(put(name, value), id=f"{name} is {value!r}")
        for name in ("specversion", "id", "source", "type", "time", "data")
        for value in (None, 1, True, [], "")
        if (name, value) != ("type", "")  # a string that is not ours
    ),
    pytest.param(put("specversion", "0.3"), id="other specversion"),
    pytest.param(put("specversion", "1.0.2"), id="longer specversion"),
    pytest.param(put("specversion", 1.0), id="specversion is a number"),
    pytest.param(put("data", "{}"), id="data is text"),
    pytest.param(put("id", EVENT.hex), id="id without hyphens"),
    pytest.param(put("id", f"{{{EVENT}}}"), id="id in braces"),
    pytest.param(put("id", EVENT.urn), id="id as URN"),
    pytest.param(put("id", f" {EVENT}"), id="id with a space"),
    pytest.param(put("id", f"{EVENT}0"), id="id with a digit more"),
    pytest.param(put("id", str(EVENT).replace("a", "\u0430")), id="id with a Cyrillic a"),
    pytest.param(put("time", "2026-03-18T09:30:00"), id="time without an offset"),
    pytest.param(put("time", "2026-03-18"), id="only a date"),
    pytest.param(put("time", "yesterday"), id="time in words"),
    pytest.param(put("time", 1_773_826_200), id="time is a number"),
    pytest.param(put("time", "2026-02-30T09:30:00Z"), id="no such day"),
    pytest.param(put("time", "1969-12-31T23:59:59.999999Z"), id="time before 1970"),
    pytest.param(put("time", "1970-01-01T00:00:00+00:01"), id="time before 1970 by its offset"),
    pytest.param(put("time", "2026-03-18T12:05:00.000001Z"), id="time more than five minutes ahead"),
    pytest.param(put("time", "2026-03-18T09:30:00-12:00"), id="time ahead by its offset"),
    pytest.param(put("time", "0001-01-01T00:00:00+14:00"), id="time before year one in UTC"),
    pytest.param(put("time", "9999-12-31T23:59:59-14:00"), id="time after year 9999 in UTC"),
]


@pytest.mark.parametrize("change", BAD_ENVELOPES)
@pytest.mark.parametrize(("topic", "make"), [(FLOW_MATCHED_TOPIC, flow_document), (PSA_PUSHED_TOPIC, psa_document)])
def test_an_invalid_envelope(topic: str, make: Callable[[], Document], change: Change) -> None:
    document = make()
    change(document)
    error = refused(topic, json.dumps(document).encode())
    assert error.reason == "invalid"
    assert error.event_id == (EVENT if document.get("id") == str(EVENT) else None)


@pytest.mark.parametrize("name", ["account_id", "session_id", "flow_id"])
@pytest.mark.parametrize("value", [None, 5, "", "x", SESSION.hex, SESSION.urn, [], {}], ids=repr)
def test_a_bad_id_in_flow_matched(name: str, value: object) -> None:
    document = flow_document()
    document["data"][name] = value
    assert refused(FLOW_MATCHED_TOPIC, json.dumps(document).encode()).reason == "invalid"


@pytest.mark.parametrize(
    "change",
    [
        *(pytest.param(drop_data(name), id=f"no {name}") for name in ("account_id", "session_id", "flow_id")),
        *(
            pytest.param(put_data("match_score", value), id=f"match_score {value!r}")
            for value in (-0.01, 1.01, 2, "0.5", True, False, [], {})
        ),
    ],
)
def test_invalid_flow_matched(change: Change) -> None:
    document = flow_document()
    change(document)
    assert refused(FLOW_MATCHED_TOPIC, json.dumps(document).encode()).reason == "invalid"


@pytest.mark.parametrize("number", ["1e999", "1" * 500, "1.0000001", "-1e-9"])
def test_a_number_out_of_range(number: str) -> None:
    value = json.dumps(flow_document()).replace("0.82", number).encode()
    assert refused(FLOW_MATCHED_TOPIC, value).reason == "invalid"


@pytest.mark.parametrize(
    "change",
    [
        *(pytest.param(drop_data(n), id=f"no {n}") for n in ("account_id", "activity_type", "psa_ticket_id")),
        *(
            pytest.param(put_data("hours_logged", value), id=f"time entry of {value!r} hours")
            for value in (None, -0.25, 1000.5, "1.5", True, [])
        ),
        pytest.param(drop_data("hours_logged"), id="time entry without hours"),
        *(
            pytest.param(lambda d, kind=kind: d["data"].update(activity_type=kind), id=f"hours on {kind}")
            for kind in ("note_posted", "status_updated")
        ),
        *(
            pytest.param(put_data("activity_type", value), id=f"activity_type {value!r}")
            for value in (None, "", "TIME_ENTRY_POSTED", "time_entry", 1)
        ),
        *(
            pytest.param(put_data("psa_ticket_id", value), id=f"ticket {str(value)[:12]!r}")
            for value in (
                None,
                "",
                " ",
                " \t\n\v\f\r",
                "\0",
                "48\00013",
                "48213\0",
                "x" * 201,
                48213,
                True,
                [],
                "\ud800",
            )
        ),
        *(pytest.param(put_data("session_id", v), id=f"session {v!r}") for v in ("", "x", 5, SESSION.hex, False)),
        pytest.param(put_data("account_id", None), id="account null"),
    ],
)
def test_invalid_psa_pushed(change: Change) -> None:
    document = psa_document()
    change(document)
    assert refused(PSA_PUSHED_TOPIC, json.dumps(document).encode()).reason == "invalid"


@pytest.mark.parametrize(
    ("topic", "document"), [(PSA_PUSHED_TOPIC, flow_document()), (FLOW_MATCHED_TOPIC, psa_document())]
)
def test_a_type_on_the_other_topic_is_invalid(topic: str, document: Document) -> None:
    error = refused(topic, json.dumps(document).encode())
    assert (error.reason, error.event_id) == ("invalid", EVENT)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2026-03-18T12:05:00Z", NOW + timedelta(minutes=5)),
        ("2026-03-18T15:15:00.5+05:45", datetime(2026, 3, 18, 9, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-03-18t09:30:00z", datetime(2026, 3, 18, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_time_within_the_bounds(time: str, expected: datetime) -> None:
    assert flow(flow_document() | {"time": time}).time == expected


@pytest.mark.parametrize("score", [0, 1, 0.0, 1.0, 0.5, None])
def test_a_match_score_within_the_bounds(score: float | None) -> None:
    document = flow_document()
    document["data"]["match_score"] = score
    event = flow(document)
    assert isinstance(event, FlowMatched)
    assert event.match_score == score


@pytest.mark.parametrize("hours", [0, 1000, 0.0001, 1.5])
def test_hours_within_the_bounds(hours: float) -> None:
    event = psa(psa_document(hours_logged=hours))
    assert isinstance(event, PsaPushed)
    assert event.hours_logged == hours


@pytest.mark.parametrize("ticket", ["x", "x" * 200, "😀" * 200, " 7 ", "a\nb", "\u00a0", "48213"], ids=repr)
def test_a_ticket_is_kept_as_it_is(ticket: str) -> None:
    event = psa(psa_document(psa_ticket_id=ticket))
    assert isinstance(event, PsaPushed)
    assert event.psa_ticket_id == ticket


@pytest.mark.parametrize("version", [1, 4, 5, 7])
def test_an_id_of_any_version_and_case(version: int) -> None:
    wanted = UUID(int=EVENT.int, version=version if version <= 5 else None)
    assert flow(flow_document() | {"id": str(wanted).upper()}).id == wanted


def test_nil_and_max_ids() -> None:
    for wanted in (UUID(int=0), UUID(int=2**128 - 1)):
        assert flow(flow_document() | {"id": str(wanted)}).id == wanted


def test_unknown_fields_are_ignored() -> None:
    document = flow_document() | {"trace_id": EVENT.hex, "data_base64": 1, "big": 10**400, "x": [None, {"type": 1}]}
    document["data"]["extra"] = EVENT.hex
    assert flow(document).id == EVENT


def test_an_absent_session_is_none() -> None:
    document = psa_document(activity_type="note_posted", hours_logged=None)
    del document["data"]["session_id"], document["data"]["hours_logged"]
    event = psa(document)
    assert isinstance(event, PsaPushed)
    assert (event.session_id, event.hours_logged) == (None, None)


def test_a_repeated_field_never_hides_a_bad_one() -> None:
    good = json.dumps(flow_document())
    for repeated in ('"id": 5', '"time": "never"', '"type": 5'):
        for text in (f"{{{repeated}, {good[1:]}", f"{good[:-1]}, {repeated}}}"):
            assert refused(FLOW_MATCHED_TOPIC, text.encode()).reason == "invalid"


def test_a_detail_fits_any_database_and_log() -> None:
    error = refused(FLOW_MATCHED_TOPIC, json.dumps({"type": "\0\ud800\u202e\x1b[31m" + "é" * 5000}).encode())
    assert error.detail.isprintable()
    assert len(error.detail) <= 300


def test_keys() -> None:
    assert key_of(FlowMatched(ACCOUNT, SESSION, FLOW)) == str(FLOW)
    assert key_of(PsaPushed(ACCOUNT, SESSION, "note_posted", "7")) == str(SESSION)
    assert key_of(PsaPushed(ACCOUNT, None, "note_posted", "7")) == "7"


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(FlowMatched(ACCOUNT, SESSION, FLOW, 1.5), id="score above one"),
        pytest.param(FlowMatched(ACCOUNT, SESSION, FLOW, float("nan")), id="score is NaN"),
        pytest.param(FlowMatched(ACCOUNT, WRONG, FLOW), id="no session"),
        pytest.param(FlowMatched(ACCOUNT, SESSION, FLOW, time=datetime(2026, 3, 18)), id="naive time"),  # noqa: DTZ001  the same
        pytest.param(PsaPushed(ACCOUNT, SESSION, "time_entry_posted", "7"), id="time entry without hours"),
        pytest.param(PsaPushed(ACCOUNT, SESSION, "time_entry_posted", "7", float("inf")), id="infinite hours"),
        pytest.param(PsaPushed(ACCOUNT, SESSION, "note_posted", "7", 1.0), id="note with hours"),
        pytest.param(PsaPushed(ACCOUNT, SESSION, "note_posted", " "), id="blank ticket"),
        pytest.param(PsaPushed(ACCOUNT, SESSION, "note_posted", "\ud800"), id="lone surrogate"),
        pytest.param(PsaPushed(ACCOUNT, SESSION, WRONG, "7"), id="unknown activity"),
        pytest.param(PsaPushed(NO_JSON, SESSION, "note_posted", "7"), id="no JSON type"),
    ],
)
def test_what_no_consumer_would_accept_is_not_encoded(event: Event) -> None:
    with pytest.raises(InvalidEventError):
        encode(event)


def test_a_trace_context_travels_in_the_envelope_and_changes_no_event() -> None:
    event = FlowMatched(ACCOUNT, SESSION, FLOW, time=NOW)
    context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    payload = encode(event, traceparent=context)
    assert json.loads(payload)["traceparent"] == context
    assert decode(FLOW_MATCHED_TOPIC, payload, now=NOW) == event
    with pytest.raises(InvalidEventError):
        encode(event, traceparent='"}')


def test_new_ids_are_version_7_and_sort_by_time() -> None:
    ids = [uuid7() for _ in range(1000)]
    assert {(i.version, i.variant) for i in ids} == {(7, "specified in RFC 4122")}
    assert [i.int >> 64 for i in ids] == sorted(i.int >> 64 for i in ids)
    assert len(set(ids)) == 1000


times = st.datetimes(datetime(1970, 1, 2), datetime(2026, 3, 18), timezones=st.just(UTC))  # noqa: DTZ001  bounds must be naive
tickets = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=200).filter(
    lambda text: text.strip(" \t\n\v\f\r")
)
flow_events = st.builds(
    FlowMatched,
    st.uuids(),
    st.uuids(),
    st.uuids(),
    st.none() | st.floats(0, 1),
    id=st.uuids(),
    time=times,
)
psa_events = st.builds(
    PsaPushed,
    st.uuids(),
    st.none() | st.uuids(),
    st.just("time_entry_posted"),
    tickets,
    st.floats(0, 1000),
    id=st.uuids(),
    time=times,
) | st.builds(
    PsaPushed,
    st.uuids(),
    st.none() | st.uuids(),
    st.sampled_from(["note_posted", "status_updated"]),
    tickets,
    id=st.uuids(),
    time=times,
)


@given(flow_events | psa_events)
def test_every_event_comes_back_as_it_was(event: Event) -> None:
    assert decode(topic_of(event), encode(event), now=NOW) == event


def decodes_or_is_refused(value: bytes) -> None:
    """Anything but an event or a DecodeError fails the test by being raised; and what decodes is JSON to Python too."""
    for topic in (FLOW_MATCHED_TOPIC, PSA_PUSHED_TOPIC):
        try:
            event = decode(topic, value, now=NOW)
        except DecodeError as error:
            str(error).encode()
        else:
            assert UUID(document_in(value)["id"]) == event.id


@given(st.binary(max_size=2000))
def test_no_bytes_raise_anything_else(value: bytes) -> None:
    decodes_or_is_refused(value)


@given(st.sampled_from([flow_document(), psa_document()]), st.data())
def test_no_damage_to_an_event_raises_anything_else(document: Document, data: st.DataObject) -> None:
    value = bytearray(json.dumps(document).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(value)))
        end = data.draw(st.integers(start, min(len(value), start + 20)))
        value[start:end] = data.draw(st.binary(max_size=8) | st.sampled_from([b"\\ud800", b"[[", b"1e999", b'"']))
    decodes_or_is_refused(bytes(value))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.uuids().map(str) | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([flow_document(), psa_document()]), st.data(), json_values)
def test_no_value_in_any_field_raises_anything_else(document: Document, data: st.DataObject, value: object) -> None:
    changed = json.loads(json.dumps(document))
    inside = changed["data"] if data.draw(st.booleans()) else changed
    inside[data.draw(st.sampled_from(sorted(inside)))] = value
    decodes_or_is_refused(json.dumps(changed).encode())
