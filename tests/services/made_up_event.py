"""A made-up event, as somebody would add it: what CONTRIBUTING.md's list of files asks for, file by file."""

from collections.abc import Callable
from pathlib import Path

Edit = Callable[[str], str]

_MODULE = '''"""`flowpilot.flow.rated.v1`."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from services.events.contract import EventContract
from services.events.envelope import SOURCE, CloudEvent, Occurrence

FLOW_RATED_TYPE: Final = "flowpilot.flow.rated.v1"
FLOW_RATED_TOPIC: Final = "flowpilot.flow-rated.v1"


class FlowRated(Occurrence, frozen=True, gc=False):
    """A reader rated a flow."""

    account_id: UUID
    flow_id: UUID
    stars: int


class FlowRatedData(Struct, frozen=True, gc=False):
    """The flow and its rating."""

    account_id: UUID
    flow_id: UUID
    stars: Annotated[int, Meta(ge=1, le=5)]


class FlowRatedEnvelope(CloudEvent, frozen=True, kw_only=True, gc=False, tag=FLOW_RATED_TYPE):
    """A reader rated a flow."""

    data: FlowRatedData


def _to_event(envelope: FlowRatedEnvelope, time: datetime) -> FlowRated:
    data = envelope.data
    return FlowRated(data.account_id, data.flow_id, data.stars, id=envelope.id, time=time)


def _to_envelope(event: FlowRated) -> FlowRatedEnvelope:
    data = FlowRatedData(event.account_id, event.flow_id, event.stars)
    return FlowRatedEnvelope(specversion="1.0", id=event.id, source=SOURCE, time=event.time, data=data)


FLOW_RATED: Final = EventContract(
    name="flow_rated",
    event_type=FLOW_RATED_TYPE,
    topic=FLOW_RATED_TOPIC,
    event=FlowRated,
    envelope=FlowRatedEnvelope,
    to_event=_to_event,
    to_envelope=_to_envelope,
    key=lambda event: str(event.flow_id),
    key_description="The flow's id.",
)
'''

_STATEMENT = """
-- Notes a batch of ratings in the inbox, and nothing else.
with record as materialized (
  select *
  from unnest(%(event_id)s) with ordinality as given (event_id, ordinal)
),
accepted as (
  insert into analytics.inbox (event_id)
  select distinct event_id from record order by event_id
  on conflict do nothing
  returning event_id
)
select
  (select count(*) from accepted) as accepted,
  (select count(*) from accepted) as written,
  array[]::bigint[] as dead_ordinals,
  array[]::text[] as dead_reasons
"""

_GOLDEN = (
    '{"type":"flowpilot.flow.rated.v1","specversion":"1.0","id":"0195a8f2-3c00-7000-8000-000000000004",'
    '"source":"/flowpilot","time":"2026-03-18T09:33:00Z","data":{"account_id":"0195a8f2-3c00-7000-8000-00000000000a",'
    '"flow_id":"0195a8f2-3c00-7000-8000-00000000000c","stars":5}}'
)


def _after(anchor: str, added: str) -> Edit:
    def edit(text: str) -> str:
        assert anchor in text, f"no {anchor!r} to add to"
        return text.replace(anchor, anchor + added, 1)

    return edit


def _all(*edits: Edit) -> Edit:
    def edit(text: str) -> str:
        for each in edits:
            text = each(text)
        return text

    return edit


STEPS: dict[str, Edit] = {
    "services/events/flow_rated.py": lambda _: _MODULE,
    "services/events/contracts.py": _all(
        _after(
            "from services.events.flow_matched import FLOW_MATCHED, FlowMatched\n",
            "from services.events.flow_rated import FLOW_RATED, FlowRated\n",
        ),
        _after("Event = FlowMatched | PsaPushed", " | FlowRated"),
        _after("= (FLOW_MATCHED, PSA_PUSHED", ", FLOW_RATED"),
        _after(
            "        case FlowMatched():\n            return FLOW_MATCHED\n",
            "        case FlowRated():\n            return FLOW_RATED\n",
        ),
    ),
    "services/events/__init__.py": _all(
        _after(
            "from services.events.flow_matched import FLOW_MATCHED_TOPIC, FLOW_MATCHED_TYPE, FlowMatched\n",
            "from services.events.flow_rated import FlowRated\n",
        ),
        _after('    "FlowMatched",\n', '    "FlowRated",\n'),
    ),
    "psa_event_consumer/apply/effects.py": _all(
        _after("from services.events import CONTRACTS, Event, FlowMatched,", " FlowRated,"),
        _after(
            '            return _flow_matched(cast("Sequence[FlowMatched]", events))\n',
            '        case FlowRated():\n            return {"event_id": uuid_array([event.id for event in events])}\n',
        ),
    ),
    "psa_event_consumer/apply/statements/flow_rated.sql": lambda _: _STATEMENT.lstrip(),
    "tests/services/golden/flow_rated.v1.json": lambda _: _GOLDEN,
}
"""The files in their order, each with what is done to its text."""


def add(checkout: Path, *, without: str | None = None) -> None:
    """Take the steps, but for one that is forgotten."""
    for name, edit in STEPS.items():
        if name != without:
            path = checkout / name
            path.write_text(edit(path.read_text() if path.exists() else ""))
