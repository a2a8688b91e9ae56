"""Every record ends as exactly one of applied, duplicate and dead letter."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from psycopg import AsyncConnection
from psycopg.errors import CheckViolation

from psa_event_consumer.apply.batch import Batch, Move
from psa_event_consumer.apply.offsets import FencedError
from psa_event_consumer.apply.transaction import apply_batch
from services.events import FLOW_MATCHED_TOPIC, FLOW_MATCHED_TYPE
from tests.consumer.applying import FakeRecord, apply, in_order, record_of
from tests.consumer.world import NOW, Tenant


async def test_matches_are_counted_and_the_newest_time_is_kept(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    ages = [timedelta(hours=2), timedelta(0), timedelta(hours=1)]
    outcome = await apply(consumer_connection, *in_order(*(world.matched(age=age) for age in ages)))
    assert (outcome.applied, outcome.duplicates, outcome.dead) == (3, 0, [])
    assert world.run("select usage_count, last_matched_at from trees") == [(3, NOW)]


async def test_an_older_event_never_moves_last_matched_at_back(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    await apply(consumer_connection, record_of(world.matched()))
    await apply(consumer_connection, record_of(world.matched(age=timedelta(days=3)), offset=1))
    assert world.run("select usage_count, last_matched_at from trees") == [(2, NOW)]


async def test_an_activity_is_appended_with_the_events_own_time(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    entry = world.pushed(time=NOW - timedelta(days=2), psa_ticket_id='quote " backslash \\ comma , brace } ünïcode')
    note = world.pushed(session_id=None, activity_type="note_posted", hours_logged=None)
    outcome = await apply(consumer_connection, *in_order(entry, note))
    assert outcome.applied == 2
    columns = "event_id, account_id, session_id, activity_type, psa_ticket_id, hours_logged, created_at"
    assert world.run(f"select {columns} from psa_activity_log order by created_at") == [
        (entry.id, world.account, world.session, "time_entry_posted", entry.psa_ticket_id, 1.5, entry.time),
        (note.id, world.account, None, "note_posted", "48213", None, note.time),
    ]


async def test_the_same_id_again_is_a_duplicate(world: Tenant, consumer_connection: AsyncConnection) -> None:
    matched, pushed = world.matched(), world.pushed()
    for offset in (0, 1):
        for event in (matched, pushed):
            outcome = await apply(consumer_connection, record_of(event, offset))
            assert (outcome.applied, outcome.duplicates) == ((1, 0) if offset == 0 else (0, 1))
    assert world.usage() == 1
    assert world.one("select count(*) from psa_activity_log") == 1
    assert world.one("select count(*) from analytics.inbox") == 2


async def test_of_duplicates_in_one_batch_the_lowest_partition_and_offset_applies(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    other_flow, event_id = world.add_flow(), uuid4()
    outcome = await apply(
        consumer_connection,
        record_of(world.matched(id=event_id, flow_id=other_flow), partition=1, offset=0),
        record_of(world.matched(id=event_id), partition=0, offset=7),
        record_of(world.matched(id=event_id, flow_id=other_flow), partition=0, offset=8),
    )
    assert (outcome.applied, outcome.duplicates) == (1, 2)
    assert (world.usage(), world.usage(other_flow)) == (1, 0)


async def test_an_id_applied_on_one_topic_is_a_duplicate_on_the_other(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    event_id = uuid4()
    await apply(consumer_connection, record_of(world.matched(id=event_id)))
    outcome = await apply(consumer_connection, record_of(world.pushed(id=event_id)))
    assert outcome.duplicates == 1
    assert world.one("select count(*) from psa_activity_log") == 0


async def test_an_activity_that_outlived_its_inbox_row_is_a_duplicate(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    event = world.pushed()
    await apply(consumer_connection, record_of(event))
    world.run("delete from analytics.inbox")
    outcome = await apply(consumer_connection, record_of(event, offset=1))
    assert (outcome.applied, outcome.duplicates) == (0, 1)


def _document(**changes: object) -> bytes:
    names = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/flowpilot",
        "type": FLOW_MATCHED_TYPE,
        "time": NOW.isoformat(),
        "data": {name: str(uuid4()) for name in ("account_id", "session_id", "flow_id")},
    }
    return json.dumps({**names, **changes}).encode()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(None, "malformed", id="tombstone"),
        pytest.param(b"", "malformed", id="empty"),
        pytest.param(b"{", "malformed", id="half a document"),
        pytest.param(b'"text"', "malformed", id="no object"),
        pytest.param(b"\xff\xfe{}", "malformed", id="not UTF-8"),
        pytest.param(b"{" + b" " * 70_000 + b"}", "malformed", id="too large"),
        pytest.param(b" " * 10_000_000, "malformed", id="ten megabytes"),
        pytest.param(_document(type="flowpilot.flow.matched.v2"), "unknown_type", id="a later version"),
        pytest.param(_document(type=1), "invalid", id="type is no string"),
        pytest.param(_document(specversion="0.3"), "invalid", id="other specversion"),
        pytest.param(_document(id="42"), "invalid", id="id is no uuid"),
        pytest.param(_document(time="2026-03-18T09:30:00"), "invalid", id="time without offset"),
        pytest.param(_document(time=(NOW + timedelta(hours=1)).isoformat()), "invalid", id="time ahead"),
        pytest.param(_document(data={}), "invalid", id="no data"),
        pytest.param(_document(), "unknown_flow", id="nothing known"),
    ],
)
async def test_a_record_that_cannot_be_applied_is_kept_with_its_bytes_and_reason(
    world: Tenant, consumer_connection: AsyncConnection, value: bytes | None, reason: str
) -> None:
    headers = [("trace", b"\x00\xff"), ("trace", None), ("nul\x00", b"")]
    bad = FakeRecord(value, offset=4, partition=3, key=b"\x00key", headers=headers)
    outcome = await apply(consumer_connection, bad, record_of(world.matched(), offset=5, partition=3))
    assert outcome.applied == 1, "the batch goes on"
    ((*stored, at),) = world.run(
        'select topic, partition, "offset", key, value, headers, reason, status, record_timestamp'
        " from analytics.dead_letter"
    )
    pairs = [["trace", "AP8="], ["trace", None], ["nul\ufffd", ""]]
    assert stored == [FLOW_MATCHED_TOPIC, 3, 4, b"\x00key", value, pairs, reason, "new"]
    assert at == datetime.fromtimestamp(bad.timestamp / 1000, UTC)
    assert world.one("select next_offset from analytics.consumer_offset") == 6


async def test_ids_of_dead_letters_are_known_where_the_record_has_one(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    named = UUID(int=7)
    records = [_document(id=str(named), type="x"), _document(id=str(named), specversion="2"), _document(id=str(named))]
    await apply(consumer_connection, *(FakeRecord(value, offset) for offset, value in enumerate([*records, b"{"])))
    assert world.run('select event_id from analytics.dead_letter order by "offset"') == [*3 * [(named,)], (None,)]


async def test_a_cloud_event_in_binary_mode_is_told_what_to_set(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    data = b'{"account_id": "%s"}' % str(world.account).encode()
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_type", b"flowpilot.flow.matched.v1"),
        ("content-type", b"application/json"),
    ]
    await apply(consumer_connection, FakeRecord(data, 0, headers=headers), FakeRecord(data, 1))
    binary, plain = (detail for (detail,) in world.run('select detail from analytics.dead_letter order by "offset"'))
    assert "send structured mode" in binary
    assert "structured" not in plain


def _old(record: FakeRecord) -> FakeRecord:
    age = timedelta(days=31)
    return FakeRecord(**{**vars(record), "timestamp": int((datetime.now(UTC) - age).timestamp() * 1000)})


async def test_the_tests_are_made_in_their_order(world: Tenant, consumer_connection: AsyncConnection) -> None:
    applied = world.matched()
    await apply(consumer_connection, record_of(applied))
    elsewhere, unknown = world.add_account(), uuid4()
    records = [
        (_old(FakeRecord(b"{")), "malformed"),
        (_old(FakeRecord(_document(type="other", specversion="0"))), "unknown_type"),
        (_old(FakeRecord(_document(specversion="0"))), "invalid"),
        (_old(record_of(applied)), "too_old"),
        (_old(record_of(world.matched(flow_id=unknown))), "too_old"),
        (record_of(world.matched(id=applied.id, flow_id=unknown)), "duplicate"),
        (record_of(world.matched(id=applied.id, account_id=elsewhere)), "duplicate"),
        (record_of(world.matched(flow_id=unknown, session_id=unknown, account_id=unknown)), "unknown_flow"),
        (record_of(world.matched(session_id=unknown, account_id=unknown)), "unknown_session"),
        (record_of(world.matched(account_id=unknown)), "account_mismatch"),
        (record_of(world.matched(account_id=elsewhere)), "account_mismatch"),
        (record_of(world.matched(session_id=world.add_session(account=elsewhere))), "account_mismatch"),
        (record_of(world.matched(flow_id=world.add_flow(account=elsewhere))), "account_mismatch"),
    ]
    placed = [FakeRecord(**{**vars(record), "offset": offset}) for offset, (record, _) in enumerate(records, 1)]
    outcome = await apply(consumer_connection, *placed)
    expected = [reason for _, reason in records]
    assert (outcome.applied, outcome.duplicates) == (0, expected.count("duplicate"))
    assert world.reasons() == [reason for reason in expected if reason != "duplicate"]
    assert world.usage() == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"session_id": UUID(int=1)}, "unknown_session"),
        ({"session_id": UUID(int=1), "account_id": UUID(int=1)}, "unknown_session"),
        ({"account_id": UUID(int=1)}, "account_mismatch"),
        ({"account_id": UUID(int=1), "session_id": None}, "account_mismatch"),
    ],
)
async def test_an_activity_that_names_nothing_of_its_account_is_a_dead_letter(
    world: Tenant, consumer_connection: AsyncConnection, changes: dict[str, UUID | None], reason: str
) -> None:
    await apply(consumer_connection, record_of(world.pushed(**changes)))
    assert world.reasons() == [reason]
    assert world.one("select count(*) from analytics.inbox") == 0, "a dead letter can be replayed"


async def test_a_copy_of_a_dead_letter_is_judged_by_itself(world: Tenant, consumer_connection: AsyncConnection) -> None:
    """As if each record came alone: where a batch ends must not decide what becomes of an event."""
    event_id, unknown = uuid4(), uuid4()
    bad, good = world.matched(id=event_id, flow_id=unknown), world.matched(id=event_id)
    outcome = await apply(consumer_connection, *in_order(bad, good, bad, good))
    assert (outcome.applied, outcome.duplicates) == (1, 2)
    assert world.dead() == [(0, 0, "unknown_flow")]


async def test_what_the_database_refuses_is_found_alone(world: Tenant, consumer_connection: AsyncConnection) -> None:
    events = [world.pushed(hours_logged=666.0 if index in {3, 8} else 1.0) for index in range(11)]
    with world.constraint("psa_activity_log", "hours_logged <> 666"):
        outcome = await apply(consumer_connection, *in_order(*events))
    assert (outcome.applied, len(outcome.dead)) == (9, 2)
    assert world.dead() == [(0, 3, "invalid"), (0, 8, "invalid")]
    assert "23514" in world.one("select min(detail) from analytics.dead_letter")


async def test_a_counter_at_its_end_buries_its_own_events_only(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    full = world.add_flow()
    world.run("update trees set usage_count = 2147483646 where id = %s", full)
    events = [world.matched(), world.matched(flow_id=full), world.matched(flow_id=full), world.matched()]
    outcome = await apply(consumer_connection, *in_order(*events))
    assert (outcome.applied, world.reasons()) == (3, ["invalid"])
    assert (world.usage(), world.usage(full)) == (2, 2_147_483_647)


async def test_a_fault_leaves_nothing_behind(world: Tenant, consumer_connection: AsyncConnection) -> None:
    """The dead letter cannot be written, so neither is the event beside it, nor the position."""
    with world.constraint("analytics.dead_letter", "false"), pytest.raises(CheckViolation):
        await apply(consumer_connection, record_of(world.matched()), FakeRecord(b"{", offset=1))
    assert world.usage() == 0
    assert world.one("select count(*) from analytics.inbox") == 0
    assert world.one("select next_offset from analytics.consumer_offset") == 0


async def test_a_position_that_another_consumer_moved_fences_us(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    await apply(consumer_connection, record_of(world.matched()), record_of(world.matched(), partition=1))
    world.run("update analytics.consumer_offset set next_offset = 9 where partition = 1")
    with pytest.raises(FencedError):
        await _apply_from(consumer_connection, world, starts={0: 1, 1: 1})
    assert world.usage() == 2
    assert world.run("select next_offset from analytics.consumer_offset order by partition") == [(1,), (9,)]


async def test_a_newer_epoch_fences_us(world: Tenant, consumer_connection: AsyncConnection) -> None:
    await apply(consumer_connection, record_of(world.matched()))
    world.run(
        "insert into analytics.consumer_offset (group_id, topic, topic_epoch, partition, next_offset)"
        " values ('test', %s, 1, 0, 0)",
        FLOW_MATCHED_TOPIC,
    )
    with pytest.raises(FencedError):
        await _apply_from(consumer_connection, world, starts={0: 1})
    assert world.usage() == 1


async def _apply_from(connection: AsyncConnection, world: Tenant, starts: dict[int, int]) -> None:
    batch = Batch(FLOW_MATCHED_TOPIC)
    for partition, start in starts.items():
        batch.moves.append(Move(partition, 0, start, start + 1, None))
        batch.events.append((record_of(world.matched(), start, partition), world.matched()))
    await apply_batch(connection, "test", batch)
