"""What is declared of an event, once, for everything that has to know it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from services.events.envelope import CloudEvent, Occurrence

E = TypeVar("E", bound=Occurrence)
W = TypeVar("W", bound=CloudEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventContract(Generic[E, W]):
    """One event: its names, its two forms, and how Kafka keeps it."""

    name: str
    """Also of its statement in `psa_event_consumer/apply/statements/`."""
    event_type: str
    """CloudEvents' `type`."""
    topic: str
    event: type[E]
    """As the main application makes it."""
    envelope: type[W]
    """As it travels; tagged by `type`."""
    to_event: Callable[[W, datetime], E]
    """Raises DecodeError (invalid) for a rule that types cannot say. The second argument is the time in UTC."""
    to_envelope: Callable[[E], W]
    key: Callable[[E], str]
    """The record's key: what has the same key stays in one partition and so in order."""
    key_description: str
    schema_rules: Mapping[str, Any] = field(default_factory=dict)
    """Added to the JSON Schema of `data`: what `to_event` tests beyond the types."""
    partitions: int = 12
    retention: timedelta = timedelta(days=7)

    @property
    def ids(self) -> tuple[str, ...]:
        """The fields of `data` that hold a UUID."""
        return tuple(each.name for each in msgspec.structs.fields(self._data) if each.type in (UUID, UUID | None))

    @property
    def data_name(self) -> str:
        """The name that `data` has in the JSON Schema."""
        return self._data.__name__

    @property
    def _data(self) -> type[msgspec.Struct]:
        (data,) = (each.type for each in msgspec.structs.fields(self.envelope) if each.name == "data")
        found: type[msgspec.Struct] = data
        return found
