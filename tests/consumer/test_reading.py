"""Whatever a batch holds, it is read with bounded memory, and costs nothing but itself."""

import hashlib
import tracemalloc
from collections.abc import Iterator

import cramjam
import pytest

from psa_event_consumer.apply.cut import FIRST_BYTES, KEPT_WHOLE, MAX_HEADERS, Cut
from psa_event_consumer.kafka.reading.expansion import BUDGET, FAST_BYTES, MAX_EXPANDED, UnreadableError, expanded
from psa_event_consumer.kafka.reading.fetching import Batches
from psa_event_consumer.kafka.reading.records import PlainRecord
from tests.consumer import bombs

MIB = 1024 * 1024
BOMB = 24 * MIB
each_codec = pytest.mark.parametrize("codec", [0, *bombs.CODECS.values()], ids=["none", *bombs.CODECS])


@pytest.fixture(autouse=True)
def _poll() -> None:
    BUDGET.renew()


def read(content: bytes) -> Iterator[PlainRecord]:
    batches = Batches(content)
    while batches.has_next():
        batch = batches.next_batch()
        assert batch.validate_crc()
        yield from batch


def cut(record: PlainRecord) -> Cut:
    assert isinstance(record.value, Cut), record
    return record.value


@each_codec
def test_a_small_batch_is_read_as_it_was_written(codec: int) -> None:
    content = bombs.batch(codec, [b"a", None, b"", b"x" * 70_000], headers=[("name", b"value"), ("", None)], key=b"k")
    records = list(read(content))
    assert [(each.offset, each.key, each.value) for each in records] == [
        (0, b"k", b"a"),
        (1, b"k", None),
        (2, b"k", b""),
        (3, b"k", b"x" * 70_000),
    ]
    assert {tuple(each.headers) for each in records} == {(("name", b"value"), ("", None))}
    assert BUDGET.held > 70_000


@pytest.mark.parametrize("codec", bombs.CODECS.values(), ids=bombs.CODECS)
def test_a_large_record_is_cut_and_its_neighbours_are_whole(codec: int) -> None:
    content = bombs.batch(codec, [b"before", bytes(BOMB), b"after"])
    tracemalloc.start()
    before, large, after = read(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (before.value, after.value) == (b"before", b"after")
    assert cut(large) == bytes(FIRST_BYTES)
    assert (cut(large).length, cut(large).sha256) == (BOMB, hashlib.sha256(bytes(BOMB)).digest())
    assert peak < 16 * MIB + 3 * len(content)


@pytest.mark.parametrize("codec", bombs.CODECS.values(), ids=bombs.CODECS)
def test_a_million_tiny_records_are_read_one_by_one(codec: int) -> None:
    count = 40_000
    content = bombs.batch(codec, [b"x" * 60] * count)
    tracemalloc.start()
    found = sum(1 for record in read(content) if record.value == b"x" * 60)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == count
    assert peak < 16 * MIB


@pytest.mark.parametrize("size", [0, FAST_BYTES], ids=["in a small batch", "in a large one"])
def test_headers_beyond_those_that_are_kept_are_not_read_and_cost_their_part(size: int) -> None:
    kept, beyond = b"\2h\x80\4" + b"x" * 256, b"\0\1" * 200_000
    payload = bombs.record(bytes(size), kept * MAX_HEADERS + beyond, 2**31 - 1 if size else 200_000 + MAX_HEADERS)
    first, following = read(bombs.with_payload(4, bombs.zstd(payload + bombs.record(b"following", offset=1)), 2))
    assert (len(first.headers), following.value) == (MAX_HEADERS, b"following")
    assert size + MAX_HEADERS * 257 < BUDGET.held
    assert BUDGET.is_spent == (size == 0), "as objects a small batch's are not small"


def test_a_large_key_is_cut() -> None:
    (record,) = read(bombs.batch(4, [b"v"], key=bytes(KEPT_WHOLE + 1)))
    assert isinstance(record.key, Cut)
    assert (record.key.length, record.value) == (KEPT_WHOLE + 1, b"v")


def test_a_name_that_is_not_utf8_is_replaced() -> None:
    payload = bytes([22, 0, 0, 0, 1, 2, ord("v"), 2, 4, 0xFF, 0xFE, 1])
    (record,) = read(bombs.with_payload(0, payload))
    assert (record.value, record.headers) == (b"v", (("\ufffd\ufffd", None),))


def test_what_expands_without_end_is_given_up() -> None:
    records = list(read(bombs.batch(4, [b"before", bytes(MAX_EXPANDED + MIB), b"after"])))
    assert [record.offset for record in records] == [0, 1]
    assert "offsets 1 to 2 cannot be read" in cut(records[1]).why


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bombs.with_payload(4, b"nonsense"), id="no zstd"),
        pytest.param(bombs.with_payload(3, b"nonsense"), id="no lz4"),
        pytest.param(bombs.with_payload(2, b"\xff\xff\xff\xff\x0fabc"), id="snappy that claims four gigabytes"),
        pytest.param(bombs.with_payload(1, b"nonsense"), id="no gzip"),
        pytest.param(bombs.with_payload(7, b"nonsense"), id="an unknown codec"),
        pytest.param(bombs.with_payload(4, bombs.zstd(b"\x80" * 20)), id="an integer without end"),
        pytest.param(bombs.with_payload(4, bombs.zstd(b"\x02")), id="a record that is cut off"),
        pytest.param(bombs.with_payload(0, b"\x7f" * 40), id="lengths that are nonsense"),
        pytest.param(bombs.with_payload(4, bombs.zstd(bytes(9)), count=2**31 - 1), id="a count that is nonsense"),
        pytest.param(bombs.with_payload(0, bombs.record(b"") * 100_001, count=100_001), id="more records than events"),
        pytest.param(
            bombs.with_payload(0, bytes([18, 0, 0, 0, 1, 2, 0, 2, 4, 255, 254, 1])), id="a length that is too short"
        ),
        pytest.param(bombs.with_payload(1, bombs.payload(1, bytes(1000)) * 2), id="two streams of gzip"),
        pytest.param(bombs.with_payload(3, bombs.payload(3, bytes(1000)) * 2), id="two frames of lz4"),
        pytest.param(
            bombs.with_payload(2, cramjam.snappy.compress_raw(bombs.record(bytes(5 * MIB)))), id="large snappy"
        ),
        pytest.param(
            bombs.with_payload(4, bombs.with_window(27, bombs.record(bytes(3 * MIB)))), id="a window to be held"
        ),
        pytest.param(bombs.doubly_compressed(), id="compressed twice"),
        pytest.param(bombs.legacy(1, 1, [bytes(BOMB)]), id="a large message of magic 1"),
        pytest.param(bombs.legacy(0, 2, [bytes(BOMB)]), id="a large message of magic 0"),
        pytest.param(b"\0" * 8 + (9).to_bytes(4) + b"\0" * 4 + b"\x09" + b"\0" * 4, id="a magic of the future"),
        pytest.param(b"\0" * 8 + (1).to_bytes(4) + b"\0", id="shorter than any batch"),
    ],
)
def test_what_cannot_be_read_is_one_record_that_says_so_and_the_log_goes_on(content: bytes) -> None:
    *_, unreadable, following = read(content + bombs.batch(0, [b"following"]))
    assert following.value == b"following"
    assert cut(unreadable).length == len(content)
    assert cut(unreadable).sha256 == hashlib.sha256(content).digest()
    assert cut(unreadable).why


@pytest.mark.parametrize("magic", [0, 1])
@pytest.mark.parametrize("codec", [0, 1, 2])
def test_old_formats_are_read(magic: int, codec: int) -> None:
    assert [record.value for record in read(bombs.legacy(magic, codec, [b"a", b"b"]))] == [b"a", b"b"]


def test_a_wrong_checksum_is_asked_for_again_before_it_is_believed() -> None:
    content = bytearray(bombs.batch(0, [b"a"]))
    content[-1] ^= 1
    assert not Batches(bytes(content)).next_batch().validate_crc()
    (record,) = read(bytes(content))
    assert "checksum" in cut(record).why


@each_codec
def test_no_piece_is_large(codec: int) -> None:
    payload = bombs.batch(codec, [bytes(8 * MIB)])[61:]
    assert max(map(len, expanded(codec, memoryview(payload)))) <= 4 * MIB


def test_a_window_larger_than_any_producers_is_refused() -> None:
    head = b"\x28\xb5\x2f\xfd" + b"\x00" + bytes([(31 - 10) << 3])
    with pytest.raises(UnreadableError):
        list(expanded(4, memoryview(head + b"\x03\x00\x00" + b"\0" * 20)))
