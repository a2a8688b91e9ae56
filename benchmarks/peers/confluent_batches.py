"""confluent-kafka with our statement: a batch a transaction, and Kafka's offsets as the position."""

import os
from contextlib import suppress

import psycopg
from confluent_kafka import Consumer

from benchmarks.peers.clock import now
from psa_event_consumer.apply import database, effects
from services.events import FLOW_MATCHED_TOPIC, DecodeError, Event, decode


def main() -> None:
    """Consumes forever."""
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["BOOTSTRAP"],
            "group.id": os.environ["GROUP"],
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([FLOW_MATCHED_TOPIC])
    with psycopg.connect(os.environ["DATABASE_URL"], options="-c plan_cache_mode=force_custom_plan -c jit=off") as db:
        database.register_arrays(db)
        while True:
            messages = [message for message in consumer.consume(5000, timeout=0.2) if not message.error()]
            events: list[Event] = []
            for message in messages:
                with suppress(DecodeError):
                    events.append(decode(FLOW_MATCHED_TOPIC, message.value(), now=now()))
            if events:
                with db.transaction():
                    db.execute(effects.STATEMENTS[FLOW_MATCHED_TOPIC], effects.parameters_of(events))
                consumer.commit(asynchronous=True)


if __name__ == "__main__":
    main()
