"""Records that no well-behaved client sends."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy


class _BadName(str):
    """A header's name that leaves as bytes which are not UTF-8."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        del encoding, errors
        return b"\xff\xfe"


def produce_with_a_bad_header_name(bootstrap: str, topic: str, partition: int, values: list[bytes]) -> None:
    batch = _DefaultRecordBatchBuilderPy(
        magic=2,
        compression_type=0,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=1_000_000,
    )
    for offset, value in enumerate(values):
        batch.append(offset, timestamp=0, key=None, value=value, headers=[(_BadName("name"), b"value")])
    asyncio.run(_send(bootstrap, topic, partition, bytes(batch.build())))


async def _send(bootstrap: str, topic: str, partition: int, batch: bytes) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        # The test broker is one node: it leads every partition.
        (node,) = (broker.nodeId for broker in admin._client.cluster.brokers())  # noqa: SLF001
        answer = await admin._client.send(node, ProduceRequest(None, -1, 10_000, [(topic, [(partition, batch)])]))  # noqa: SLF001
        ((_, ((_, error, *_),)),) = answer.topics
        assert error == 0
    finally:
        await admin.close()
