"""confluent-kafka, one transaction per message."""

import os

import psycopg
from confluent_kafka import Consumer

from benchmarks.peers.clock import now
from services.events import FLOW_MATCHED_TOPIC, DecodeError, FlowMatched, decode


def main() -> None:
    """Consumes forever."""
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["BOOTSTRAP"],
            "group.id": os.environ["GROUP"],
            "auto.offset.reset": "earliest",
            "enable.auto.offset.store": False,
        }
    )
    consumer.subscribe([FLOW_MATCHED_TOPIC])
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        while True:
            message = consumer.poll(1.0)
            if message is None or message.error():
                continue
            try:
                event = decode(FLOW_MATCHED_TOPIC, message.value(), now=now())
            except DecodeError:
                continue
            assert isinstance(event, FlowMatched)
            with connection.transaction():
                first = connection.execute(
                    "insert into analytics.inbox (event_id) values (%s) on conflict do nothing returning 1", [event.id]
                ).fetchone()
                if first:
                    connection.execute(
                        "update trees set usage_count = usage_count + 1,"
                        " last_matched_at = greatest(last_matched_at, %s) where id = %s and account_id = %s",
                        [event.time, event.flow_id, event.account_id],
                    )
            consumer.store_offsets(message)


if __name__ == "__main__":
    main()
