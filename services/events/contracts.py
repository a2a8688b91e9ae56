"""The one list of events. Codec, refusals, schemas, topics, metrics and the consumer's effects read it."""

from typing import Any, Final, assert_never

from services.events.contract import EventContract
from services.events.flow_matched import FLOW_MATCHED, FlowMatched
from services.events.psa_pushed import PSA_PUSHED, PsaPushed

Event = FlowMatched | PsaPushed

CONTRACTS: Final[tuple[EventContract[Any, Any], ...]] = (FLOW_MATCHED, PSA_PUSHED)
TOPICS: Final = tuple(contract.topic for contract in CONTRACTS)


def contract_of(event: Event) -> EventContract[Any, Any]:
    """Return the contract that the event is made by.

    Raises:
        AssertionError: it is no event of ours.
    """
    match event:
        case FlowMatched():
            return FLOW_MATCHED
        case PsaPushed():
            return PSA_PUSHED
        case _:
            assert_never(event)
