"""The transactional outbox: an event is stored with the change that it tells of, or not at all.

    with engine.begin() as connection:
        ...  # your own change
        add_event(connection, FlowMatched(account_id, session_id, flow_id))

`python -m services.outbox` is the relay that carries the rows to Kafka.
"""

from services.outbox.writer import add_event

__all__ = ["add_event"]
